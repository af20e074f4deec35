"""Which words are English, and how often the common ones are written."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping

from modelkit.normal_form import normal_form
from services.proofreader.english.word_files import (
    COMMON_WORDS,
    RARE_WORDS,
    common_words,
    fingerprint,
    rare_words,
)


class EnglishDictionary:
    """Knows words of letters, and the common ones that have an apostrophe too.

    Where the files of words were not made, it makes the same of the dictionaries, which takes seconds.
    """

    def __init__(self) -> None:
        common = COMMON_WORDS.read_text(encoding="utf-8") if COMMON_WORDS.exists() else common_words()
        words, counts = map(str.split, common.split("\n"))
        self._counts: Mapping[str, int] = dict(zip(words, map(int, counts), strict=True))
        self._rare = array("Q", RARE_WORDS.read_bytes() if RARE_WORDS.exists() else rare_words())
        self._letters = frozenset("".join(words))

    def __contains__(self, word: str) -> bool:
        return word in self._counts or self._is_rare(normal_form("NFC", word))

    def count(self, word: str) -> int:
        """Returns how often a common word is written, 0 for any other."""
        return self._counts.get(word, 0)

    def one_edit_away(self, word: str) -> Iterator[str]:
        """Yields the common words that one letter more, less or other, or two letters in turn, make of it."""
        return filter(self._counts.__contains__, set(self._edits(word)))

    def _edits(self, word: str) -> Iterator[str]:
        for place in range(len(word) + 1):
            before, after = word[:place], word[place:]
            yield from (before + letter + after for letter in self._letters)
            if after:
                yield before + after[1:]
                yield from (before + letter + after[1:] for letter in self._letters)
            if len(after) > 1:
                yield before + after[1] + after[0] + after[2:]

    def _is_rare(self, word: str) -> bool:
        number = fingerprint(word)
        place = bisect_left(self._rare, number)
        return place < len(self._rare) and self._rare[place] == number

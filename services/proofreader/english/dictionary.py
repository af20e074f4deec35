"""Which words are English, and how often the common ones are written.

`python -m bench.english_words` makes the files of two dictionaries: with both, a British or a new word is not
taken for a misspelt one. To load these themselves takes ten times as long.
"""

import gzip
import hashlib
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files

COMMON_WORDS_FILE = "common_words.txt.gz"
RARE_WORDS_FILE = "rare_words.bin"
# A word that is written less often is rare, and no correction.
COMMON = 100


class EnglishDictionary:
    """Knows words of letters, and the common ones that have an apostrophe too."""

    def __init__(self) -> None:
        folder = files(__package__)
        common = gzip.decompress(folder.joinpath(COMMON_WORDS_FILE).read_bytes()).decode()
        words, counts = map(str.split, common.split("\n"))
        self._counts: Mapping[str, int] = dict(zip(words, map(int, counts), strict=True))
        self._rare = array("Q", folder.joinpath(RARE_WORDS_FILE).read_bytes())
        self._letters = frozenset("".join(words))

    def __contains__(self, word: str) -> bool:
        return word in self._counts or self._is_rare(unicodedata.normalize("NFC", word))

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
        fingerprint = _fingerprint(word)
        place = bisect_left(self._rare, fingerprint)
        return place < len(self._rare) and self._rare[place] == fingerprint


def common_words(counts: Mapping[str, int]) -> bytes:
    """Returns a file's text of how often words are written: a line of words, and one of their counts."""
    common = sorted((word, count) for word, count in counts.items() if count >= COMMON)
    words, numbers = zip(*common, strict=True)
    return f"{' '.join(words)}\n{' '.join(map(str, numbers))}".encode()


def rare_words(words: Iterable[str]) -> bytes:
    """Returns a file's content that tells whether a word is one of these, though not which there are."""
    return array("Q", sorted(map(_fingerprint, words))).tobytes()


def _fingerprint(word: str) -> int:
    """Returns a number that another word shares with one of these once in 10^14 words."""
    digest = hashlib.blake2b(word.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")

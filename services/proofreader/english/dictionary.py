"""How often English words are written, by the list that pyspellchecker comes with."""

import gzip
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files


class EnglishDictionary:
    """Knows words and how often each is written. pyspellchecker itself takes twice as long to load."""

    def __init__(self) -> None:
        packed = files("spellchecker").joinpath("resources", "en.json.gz").read_bytes()
        self._counts: Mapping[str, int] = json.loads(gzip.decompress(packed))
        self._letters = frozenset("".join(self._counts))

    def __contains__(self, word: str) -> bool:
        return word in self._counts

    def count(self, word: str) -> int:
        """Returns how often a word is written, 0 for one that is not known."""
        return self._counts.get(word, 0)

    def one_edit_away(self, word: str) -> Iterator[str]:
        """Yields the words that one letter more, less or other, or two letters in turn, make of it."""
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

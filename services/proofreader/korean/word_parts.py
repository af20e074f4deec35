"""Tells which spellings may be Korean words by the forms of a dictionary, so that few need an analysis."""

import gzip
from collections.abc import Collection, Iterable, Iterator
from importlib.resources import files

from services.proofreader.hangul import is_syllable, syllables_beside, without_coda

# Hardly any form that is longer has no shorter one in it.
_LONGEST_FORM = 5
# The sets of forms, which have no white space in them, are lines of it.
_FILE = "word_parts.txt.gz"


class WordParts:
    """Holds the forms of a dictionary, and which of them are particles and endings."""

    def __init__(self, parts: Iterable[str], tails: Iterable[str], syllables: Iterable[str]) -> None:
        self._parts, self._tails = frozenset(parts), frozenset(("", *tails))
        self._syllables = frozenset(syllables)

    @classmethod
    def of_kiwi(cls) -> "WordParts":
        """Returns those of Kiwi's dictionary, as `python -m bench.word_parts` wrote them down."""
        lines = gzip.decompress(files(__package__).joinpath(_FILE).read_bytes()).decode().split("\n")
        return cls(*(line.split() for line in lines))

    @classmethod
    def of_forms(cls, forms: Iterable[tuple[str, bool]]) -> "WordParts":
        """Takes each form, and whether it is a particle or an ending, or holds one."""
        parts: set[str] = set()
        tails: set[str] = set()
        syllables: set[str] = set()
        for form, is_tail in forms:
            syllables.update(form)
            if 1 < len(form) <= _LONGEST_FORM:
                parts.add(form)
            if is_tail:
                # An ending may begin with the last consonant of the syllable before it.
                tails.add(form if is_syllable(form[:1]) else form[1:])
        return cls(parts, tails, syllables)

    def write(self) -> bytes:
        """Returns what `of_kiwi` reads."""
        sets = (self._parts, self._tails, self._syllables)
        lines = (" ".join(sorted(each)).strip() for each in sets)
        return gzip.compress("\n".join(lines).encode(), mtime=0)

    def plausible(self, word: str, places: Iterable[int], suspected: Collection[int]) -> Iterator[str]:
        """Yields the spellings with another letter in one place that a word of the dictionary may have.

        The changed syllable is in a form of two or more; or it is the first, or one of `suspected`, the
        places that the analysis made nothing of, and only particles and endings follow it.
        """
        for place in places:
            syllable, before, after = word[place], word[:place], word[place + 1 :]
            windows = [
                (before[start:], after[:end])
                for start in range(max(0, place - _LONGEST_FORM + 1), place + 1)
                for end in range(_LONGEST_FORM - (place - start))
                if place - start + end and end <= len(after)
            ]
            free = (place == 0 or place in suspected) and self._is_tail(after)
            for other in syllables_beside(syllable):
                if other in self._syllables and (
                    free or any(self._is_part(first + other + last) for first, last in windows)
                ):
                    yield before + other + after

    def _is_part(self, syllables: str) -> bool:
        """Returns whether it is a form, maybe with the first consonant of an ending."""
        return syllables in self._parts or syllables[:-1] + without_coda(syllables[-1]) in self._parts

    def _is_tail(self, rest: str) -> bool:
        return rest in self._tails or any(
            rest[:cut] in self._tails and rest[cut:] in self._tails for cut in range(1, len(rest))
        )

"""Folds a text: removes the differences that a copyist makes without noticing."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import regex

_QUOTATION_MARK = regex.compile(r"[\p{Quotation_Mark}`´]", regex.VERSION1)
_DASH = regex.compile(r"\p{Dash}")
# Stands for white space until it is one space: the compatibility forms of some characters begin with a space
# that is none.
_SPACE = "\n"
_REPEATED_SPACES = re.compile(r"\n\n+")
# The compatibility form of a single character can be a whole phrase, which no copyist writes for it.
_MAX_FORM_LENGTH = 4


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text, and where it came from.

    Attributes:
        text: The folded text.
        offsets: For each of its characters, the offset of the character that it came from.
    """

    text: str
    offsets: Sequence[int]

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """Returns where `[start, end)` of the original text is in the folded text."""
        return bisect_left(self.offsets, start), bisect_left(self.offsets, end)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Returns where `[start, end)` of the folded text, which is not empty, was in the original text."""
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> FoldedText:
    """Folds compatibility forms (NFKC), letter case, white space, quotation marks and dashes."""
    known = _FoldedCharacters()
    folded = text.translate(known)
    # No character vanishes, so all are as long as they were, or some became longer.
    offsets: Sequence[int] = range(len(text))
    if len(folded) > len(text):
        offsets = [offset for offset, each in enumerate(text) for _ in known[ord(each)]]
    spans = list(_without_repeated_spaces(folded))
    pieces = [folded[start:end] for start, end in spans]
    kept = [offsets[start:end] for start, end in spans]
    return FoldedText(
        "".join(pieces).replace(_SPACE, " "), kept[0] if len(kept) == 1 else list(chain.from_iterable(kept))
    )


class _FoldedCharacters(dict[int, str]):
    """The folded forms of the characters of one text, for `str.translate`."""

    def __missing__(self, code_point: int) -> str:
        form = _fold_character(chr(code_point))
        form = self[code_point] = _SPACE if form == " " else form
        return form


def _without_repeated_spaces(folded: str) -> Iterator[tuple[int, int]]:
    """Yields the spans between the spaces that follow another one, or nothing."""
    start = len(folded) - len(folded.lstrip(_SPACE))
    for match in _REPEATED_SPACES.finditer(folded, start):
        yield start, match.start() + 1
        start = match.end()
    yield start, len(folded)


def _fold_character(character: str) -> str:
    if character.isspace():
        return " "
    if _QUOTATION_MARK.match(character):
        return "'"
    if _DASH.match(character):
        return "-"
    form = unicodedata.normalize("NFKC", character)
    return (form if len(form) <= _MAX_FORM_LENGTH else character).casefold()

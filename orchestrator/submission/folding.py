"""Folds a text: removes the differences that a copyist makes without noticing."""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import regex

_QUOTATION_MARK = regex.compile(r"[\p{Quotation_Mark}`´]", regex.VERSION1)
_DASH = regex.compile(r"\p{Dash}")
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
    known: dict[str, str] = {}
    pieces: list[str] = []
    offsets: list[int] = []
    after_space = True
    for offset, character in enumerate(text):
        folded = known.get(character)
        if folded is None:
            folded = known[character] = _fold_character(character)
        if folded == " " and after_space:
            continue
        after_space = folded == " "
        pieces.append(folded)
        offsets += [offset] * len(folded)
    return FoldedText("".join(pieces), offsets)


def _fold_character(character: str) -> str:
    if character.isspace():
        return " "
    if _QUOTATION_MARK.match(character):
        return "'"
    if _DASH.match(character):
        return "-"
    form = unicodedata.normalize("NFKC", character)
    return (form if len(form) <= _MAX_FORM_LENGTH else character).casefold()

"""A text with the differences taken out that a copyist makes without noticing."""

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import regex

_QUOTE = regex.compile(r"[\p{Quotation_Mark}`´]", regex.VERSION1)
_DASH = regex.compile(r"\p{Dash}")
# Of one character; a few stand for whole phrases.
_LONGEST_FORM = 4


@dataclass(frozen=True, slots=True)
class Folding:
    """A folded text; its character `i` came from character `offsets[i]` of the text that was folded."""

    text: str
    offsets: Sequence[int]

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """Where `[start, end)` of the text that was folded is here."""
        return bisect_left(self.offsets, start), bisect_left(self.offsets, end)

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Where `[start, end)`, which is not empty, was in the text that was folded."""
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> Folding:
    """Takes out differences of form (NFKC), letter case, white space, quotation marks and dashes."""
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
    return Folding("".join(pieces), offsets)


def _fold_character(character: str) -> str:
    if character.isspace():
        return " "
    if _QUOTE.match(character):
        return "'"
    if _DASH.match(character):
        return "-"
    plain = unicodedata.normalize("NFKC", character)
    return (plain if len(plain) <= _LONGEST_FORM else character).casefold()

"""A text with the differences taken out that a copyist makes without noticing."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import regex

_QUOTE = regex.compile(r"[\p{Quotation_Mark}`´]", regex.VERSION1)
_DASH = regex.compile(r"\p{Dash}")


@dataclass(frozen=True, slots=True)
class Folding:
    """A folded text; its character `i` came from character `offsets[i]` of the text that was folded."""

    text: str
    offsets: Sequence[int]


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
    return unicodedata.normalize("NFKC", character).casefold()

"""Takes a text of any shape to a normal form of Unicode's, in time that grows with its length alone."""

import unicodedata
from typing import Literal

import regex

# Python puts the marks of one letter in order one by one, so that 100,000 of them take a quarter of a minute.
# Nobody writes more than these. Two letters of half width become marks, too.
_SURPLUS_MARKS = regex.compile(r"([\p{M}\uff9e\uff9f]{64})[\p{M}\uff9e\uff9f]++")


def normal_form(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Returns the normal form of a text, without the marks of a letter beyond the 64th."""
    return unicodedata.normalize(form, text if text.isascii() else _SURPLUS_MARKS.sub(r"\1", text))

"""Brings an answer in JSON to its end: which tokens end the string, the list or the object that is open."""

from collections.abc import Sequence
from enum import Enum, auto

import torch

_QUOTATION_MARK, _BACKSLASH, _COMMA, _BRACE = b'"\\,}'
_ENDS = frozenset(b'"]}')
_OF_NUMBERS = frozenset(b"0123456789.-")
# The first byte of a character of so many bytes in UTF-8 is at least this.
_FIRST_OF_TWO, _FIRST_OF_THREE, _FIRST_OF_FOUR = 0xC0, 0xE0, 0xF0


class Closing(Enum):
    """What of an answer is to be ended.

    NOTHING: It goes on as its model likes.
    LISTS_OF_OBJECTS: No list gets another object.
    EVERYTHING: Every string, list and object ends as soon as it may.
    """

    NOTHING = auto()
    LISTS_OF_OBJECTS = auto()
    EVERYTHING = auto()


class JsonStringState:
    """Tells whether the JSON so far ends inside a string, with a number, or with an object."""

    def __init__(self) -> None:
        self.is_open = False
        self.ends_number = False
        self.ends_object = False
        self._is_escaped = False
        self._missing_bytes = 0

    @property
    def is_inside_character(self) -> bool:
        """Whether the bytes so far end in the middle of a character or of an escape."""
        return self._is_escaped or self._missing_bytes > 0

    def take(self, text: bytes) -> bool:
        """Adds the bytes that come next; returns whether a string begins or ends with them."""
        crosses = False
        for byte in text:
            if self._is_escaped:
                self._is_escaped = False
            elif byte == _BACKSLASH:
                self._is_escaped = True
            elif byte == _QUOTATION_MARK:
                self.is_open = not self.is_open
                crosses = True
            if byte >= _FIRST_OF_TWO:
                self._missing_bytes = 1 + (byte >= _FIRST_OF_THREE) + (byte >= _FIRST_OF_FOUR)
            else:
                self._missing_bytes = max(0, self._missing_bytes - 1)
            self.ends_number = byte in _OF_NUMBERS and not self.is_open
            self.ends_object = byte == _BRACE and not self.is_open
        return crosses


class ClosingTokens:
    """The tokens that do nothing but end what is open, and those that go on after an object.

    Args:
        tokens: The bytes of each token.
    """

    def __init__(self, tokens: Sequence[bytes]) -> None:
        ends = [bool(each) and _ENDS.issuperset(each) for each in tokens]
        strings = [end and each[0] == _QUOTATION_MARK for end, each in zip(ends, tokens, strict=True)]
        self._ends_of_strings = torch.tensor(strings)
        self._ends_of_others = torch.tensor(ends) & ~self._ends_of_strings
        self._after_object = torch.tensor([each[:1] == bytes([_COMMA]) for each in tokens])
        self._over_object = torch.tensor([b"}," in each for each in tokens])

    def among(self, allowed: torch.Tensor, closing: Closing, state: JsonStringState) -> torch.Tensor:
        """Returns which of the allowed tokens end what is to be ended, or all of them if none does.

        Args:
            allowed: For each token whether it may come next; shape (vocabulary,).
            closing: What is to be ended.
            state: What the answer ends with so far.
        """
        # A number has an end of its own: its first digit alone would be another one.
        if closing is Closing.NOTHING or state.ends_number:
            return allowed
        if closing is Closing.EVERYTHING:
            wanted = allowed & (self._ends_of_strings if state.is_open else self._ends_of_others)
        else:
            wanted = allowed & ~(self._after_object if state.ends_object else self._over_object)
        return wanted if wanted.any() else allowed

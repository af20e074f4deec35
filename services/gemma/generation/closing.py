"""Brings an answer in JSON to its end: which tokens end the string, the list or the object that is open."""

from collections.abc import Sequence

import torch

_QUOTATION_MARK, _BACKSLASH = b'"\\'
_ENDS = frozenset(b'"]}')


class JsonStringState:
    """Tells whether the JSON so far ends inside a string."""

    def __init__(self) -> None:
        self.is_open = False
        self._is_escaped = False

    def take(self, text: bytes) -> None:
        """Adds the bytes that come next."""
        for byte in text:
            if self._is_escaped:
                self._is_escaped = False
            elif byte == _BACKSLASH:
                self._is_escaped = True
            elif byte == _QUOTATION_MARK:
                self.is_open = not self.is_open


class ClosingTokens:
    """The tokens that do nothing but end what is open.

    Args:
        tokens: The bytes of each token.
    """

    def __init__(self, tokens: Sequence[bytes]) -> None:
        ends = [bool(each) and _ENDS.issuperset(each) for each in tokens]
        strings = [end and each[0] == _QUOTATION_MARK for end, each in zip(ends, tokens, strict=True)]
        self._ends_of_strings = torch.tensor(strings)
        self._ends_of_others = torch.tensor(ends) & ~self._ends_of_strings

    def among(self, allowed: torch.Tensor, *, in_string: bool) -> torch.Tensor:
        """Returns which of the allowed tokens end something, or all of them if nothing can be ended now.

        Args:
            allowed: For each token whether it may come next; shape (vocabulary,).
            in_string: Whether a string is open.
        """
        ending = allowed & (self._ends_of_strings if in_string else self._ends_of_others)
        return ending if ending.any() else allowed

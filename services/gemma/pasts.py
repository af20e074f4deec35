"""The memory for keys and values: who has a part of it, and what may be taken over from another."""

import itertools
from collections.abc import Sequence

from services.gemma.attention import Past

# Ended answers whose keys and values are kept, for the next ones that begin with the same words.
_KEPT = 4


class Pasts:
    """Shares out room for `tokens` tokens."""

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens
        self._used: list[Past] = []
        self._ended: list[Past] = []

    def reserve(self, past: Past) -> bool:
        """Whether there is room for one more; if so it is taken. What is only kept makes way."""
        while self._taken + past.capacity > self._tokens and self._ended:
            del self._ended[0]
        if self._taken + past.capacity > self._tokens:
            return False
        self._used.append(past)
        return True

    def release(self, past: Past) -> None:
        """Gives room back."""
        self._used.remove(past)
        self._ended = [*self._ended, past][-_KEPT:]

    def forget(self) -> bool:
        """Frees what is only kept; says whether that was anything."""
        kept, self._ended = self._ended, []
        return bool(kept)

    def take_over(self, past: Past, prompt: Sequence[int]) -> None:
        """Begins with what is known of a prompt: never all of it, for its last token is asked about."""
        known = [(_common(each.tokens, prompt[:-1]), each) for each in (*self._used, *self._ended)]
        length, longest = max(known, key=lambda pair: pair[0])
        if length:
            past.begin_like(longest, length)

    @property
    def _taken(self) -> int:
        return sum(each.capacity for each in (*self._used, *self._ended))


def _common(left: Sequence[int], right: Sequence[int]) -> int:
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))

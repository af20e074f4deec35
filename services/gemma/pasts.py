"""The memory for keys and values: who has a part of it, and what may be taken over from another."""

import itertools
from collections.abc import Sequence

from services.gemma.kv_size import KvSize
from services.gemma.past import Past

# Ended answers whose keys and values are kept, for the next ones that begin with the same words.
_KEPT = 4


class Pasts:
    """Shares out so many bytes.

    A past is whole where there is room for it, so that the next one may begin with the same. Else its
    layers with a window keep what they see; only then what is kept of ended answers makes way.
    """

    def __init__(self, size: KvSize, free_bytes: int) -> None:
        self._size = size
        self._free_bytes = free_bytes
        self._used: list[Past] = []
        self._ended: list[Past] = []

    def reserve(self, past: Past) -> bool:
        """Whether there is room for one more; if so it is taken."""
        while not (self._fits(past, None) or self._fits(past, self._size.kept)):
            if not self._ended:
                return False
            del self._ended[0]
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
        length, longest = max((pair for pair in known if pair[1].can_lend(pair[0])), key=lambda pair: pair[0])
        if length:
            past.begin_like(longest, length)

    def _fits(self, past: Past, kept: int | None) -> bool:
        past.kept = kept
        taken = sum(
            self._size.of(each.capacity, whole=each.kept is None)
            for each in (*self._used, *self._ended, past)
        )
        return taken <= self._free_bytes


def _common(left: Sequence[int], right: Sequence[int]) -> int:
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))

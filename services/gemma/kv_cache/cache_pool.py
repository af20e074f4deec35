"""The memory for keys and values: who has a part of it, and what may be taken over from another."""

import itertools
from collections.abc import Iterable, Sequence

from services.gemma.kv_cache.sequence_cache import Past
from services.gemma.kv_cache.size import KvSize

# Ended answers whose keys and values are kept, for the next ones that begin with the same words.
_KEPT = 4
# The share of a prompt that one must save, where there is no room for another.
_WORTH_KEEPING = 0.25


class Pasts:
    """Shares out so many bytes.

    A past is whole while there is room for that, and is kept when its answer has ended. Else its layers with
    a window keep what they see, beside what is kept if it may begin like that.
    """

    def __init__(self, size: KvSize, free_bytes: int) -> None:
        self._size = size
        self._free_bytes = free_bytes
        self._used: list[Past] = []
        self._ended: list[Past] = []

    def reserve(self, past: Past, prompt: Sequence[int]) -> bool:
        """Whether there is room for one more; if so it is taken. What is only kept makes way."""
        if self._bytes(self._used) + self._size.of(past.capacity, whole=False) > self._free_bytes:
            return False
        while not self._place(past, prompt):
            del self._ended[0]
        self._used.append(past)
        return True

    def release(self, past: Past) -> None:
        """Gives room back."""
        self._used.remove(past)
        # Another one lends nothing: once it writes, its window is beyond its prompt.
        if past.kept is None:
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

    def _place(self, past: Past, prompt: Sequence[int]) -> bool:
        room = self._free_bytes - self._bytes(self._used + self._ended)
        if self._size.of(past.capacity, whole=True) <= room:
            past.kept = None
            return True
        past.kept = self._size.kept
        return self._bytes([past]) <= room and self._is_worth_keeping(prompt)

    def _bytes(self, pasts: Iterable[Past]) -> int:
        return sum(self._size.of(each.capacity, whole=each.kept is None) for each in pasts)

    def _is_worth_keeping(self, prompt: Sequence[int]) -> bool:
        """Whether what is kept, if anything, saves some of a prompt's reading."""
        longest = max((_common(each.tokens, prompt) for each in self._ended), default=len(prompt))
        return longest >= _WORTH_KEEPING * len(prompt)


def _common(left: Sequence[int], right: Sequence[int]) -> int:
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))

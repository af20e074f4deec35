"""Allocates the KV cache's budget to sequences, and finds prefixes that a new prompt can reuse."""

import itertools
from collections.abc import Iterable, Sequence

from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.kv_cache.size import KVCacheSize

# The most ended sequences whose caches are retained for the next prompts.
_MAX_RETAINED = 4
# Where memory is short, a retained cache stays if it saves a new prompt this share of its prefill.
_MIN_SAVED_SHARE = 0.25


class KVCachePool:
    """Allocates a fixed KV-cache budget to sequences.

    A sequence gets a full cache while there is room for one, and its cache is retained when it has ended.
    Without that room it gets a windowed cache, beside the retained ones if its prompt may reuse one of them.

    Args:
        size: How many bytes a sequence takes.
        budget_bytes: Bytes for all sequences, running and retained.
    """

    def __init__(self, size: KVCacheSize, budget_bytes: int) -> None:
        self._size = size
        self._budget_bytes = budget_bytes
        self._running: list[SequenceKVCache] = []
        self._retained: list[SequenceKVCache] = []

    def reserve(self, cache: SequenceKVCache, prompt: Sequence[int]) -> bool:
        """Reserves room for a sequence, evicting retained caches as needed; False if there is none."""
        running_bytes = self._bytes(self._running)
        if running_bytes + self._size.bytes_for(cache.capacity, windowed=True) > self._budget_bytes:
            return False
        while not self._fits_beside_retained(cache, prompt):
            del self._retained[0]
        self._running.append(cache)
        return True

    def release(self, cache: SequenceKVCache) -> None:
        """Ends a sequence. A full cache is retained for prompts that begin alike."""
        self._running.remove(cache)
        # A windowed cache has evicted its prompt, so it cannot serve as a prefix.
        if cache.windowed_tokens is None:
            self._retained = [*self._retained, cache][-_MAX_RETAINED:]

    def evict_retained(self) -> bool:
        """Frees all retained caches; returns whether there were any."""
        retained, self._retained = self._retained, []
        return bool(retained)

    def reuse_prefix(self, cache: SequenceKVCache, prompt: Sequence[int]) -> None:
        """Fills an empty cache, whose room is reserved, with the longest prefix that another one shares.

        The prompt's last token is never among it: the first answer token is sampled from its logits.
        """
        shared = [
            (_common_length(each.tokens, prompt[:-1]), each) for each in (*self._running, *self._retained)
        ]
        length, longest = max(
            (pair for pair in shared if pair[1].can_share(pair[0])), key=lambda pair: pair[0]
        )
        if length:
            cache.copy_prefix(longest, length)

    def _fits_beside_retained(self, cache: SequenceKVCache, prompt: Sequence[int]) -> bool:
        """Chooses between a full and a windowed cache; False if retained ones are to make way first."""
        free_bytes = self._budget_bytes - self._bytes(self._running + self._retained)
        if self._size.bytes_for(cache.capacity, windowed=False) <= free_bytes:
            cache.windowed_tokens = None
            return True
        cache.windowed_tokens = self._size.windowed_tokens
        return self._bytes([cache]) <= free_bytes and self._saves_prefill(prompt)

    def _bytes(self, caches: Iterable[SequenceKVCache]) -> int:
        return sum(
            self._size.bytes_for(each.capacity, windowed=each.windowed_tokens is not None) for each in caches
        )

    def _saves_prefill(self, prompt: Sequence[int]) -> bool:
        """Returns whether the retained caches, if any, save enough of a prompt's prefill to stay."""
        longest = max((_common_length(each.tokens, prompt) for each in self._retained), default=len(prompt))
        return longest >= _MIN_SAVED_SHARE * len(prompt)


def _common_length(left: Sequence[int], right: Sequence[int]) -> int:
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))

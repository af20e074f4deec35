"""Allocates the KV cache's budget to sequences, and finds prefixes that a new prompt can reuse."""

import itertools
from collections.abc import Iterable, Sequence

from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.kv_cache.size import KVCacheSize

# The most ended sequences whose caches are retained for the next prompts.
_MAX_RETAINED = 4
# Where memory is short, a cache is retained if it saves a new prompt this share of its prefill.
_MIN_SAVED_SHARE = 0.25


class KVCachePool:
    """Allocates a fixed KV-cache budget to sequences.

    A sequence gets a full cache while there is room for one, and its cache is retained when it has ended.
    Without that room it gets a windowed cache, beside the retained ones if its prompt may reuse one of them.
    Of a windowed cache a snapshot is retained, and a full one is shrunk to a snapshot where room is short.

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
            self._make_way(prompt)
        self._running.append(cache)
        return True

    def release(self, cache: SequenceKVCache) -> None:
        """Ends a sequence. A full cache is retained for prompts that begin alike."""
        self._running.remove(cache)
        # A windowed cache has evicted its prompt, so it cannot serve as a prefix.
        if cache.windowed_tokens is None:
            self._retain(cache)

    def retain_snapshot(self, cache: SequenceKVCache, length: int) -> None:
        """Retains a snapshot of a running sequence's first `length` tokens, if there is room for it.

        They are shared by prompts that are still to come. Older retained caches make way for it.
        """
        snapshot_bytes = self._size.bytes_for(length, windowed=True)
        if self._bytes(self._running) + snapshot_bytes > self._budget_bytes or not cache.can_share(length):
            return
        while self._bytes(self._running + self._retained) + snapshot_bytes > self._budget_bytes:
            del self._retained[0]
        self._retain(cache.snapshot(length, self._size.windowed_tokens))

    def evict_retained(self) -> bool:
        """Frees all retained caches; returns whether there were any."""
        retained, self._retained = self._retained, []
        return bool(retained)

    def reuse_prefix(self, cache: SequenceKVCache, prompt: Sequence[int]) -> None:
        """Fills an empty cache, whose room is reserved, with the longest prefix that another one shares.

        The prompt's last token is never among it: the first answer token is sampled from its logits.
        """
        longest = max((*self._running, *self._retained), key=lambda each: _reusable_length(each, prompt))
        if length := _reusable_length(longest, prompt):
            cache.copy_prefix(longest, length)
        if longest in self._retained:
            self._retained.remove(longest)
            self._retain(longest)

    def _fits_beside_retained(self, cache: SequenceKVCache, prompt: Sequence[int]) -> bool:
        """Chooses between a full and a windowed cache; False if retained ones are to make way first."""
        free_bytes = self._budget_bytes - self._bytes(self._running + self._retained)
        full_bytes = self._size.bytes_for(cache.capacity, windowed=False)
        if full_bytes <= free_bytes:
            cache.windowed_tokens = None
            return True
        cache.windowed_tokens = self._size.windowed_tokens
        has_room_for_full = full_bytes <= self._budget_bytes - self._bytes(self._running)
        return self._bytes([cache]) <= free_bytes and (not has_room_for_full or self._saves_prefill(prompt))

    def _make_way(self, prompt: Sequence[int]) -> None:
        """Shrinks or evicts the retained cache of which a prompt can reuse the least."""
        least = min(self._retained, key=lambda each: _reusable_length(each, prompt))
        length = _reusable_length(least, prompt)
        if least.windowed_tokens is None and saves_prefill(length, len(prompt)):
            least.shrink(length, self._size.windowed_tokens)
        else:
            self._retained.remove(least)

    def _retain(self, cache: SequenceKVCache) -> None:
        self._retained = [*self._retained, cache][-_MAX_RETAINED:]

    def _bytes(self, caches: Iterable[SequenceKVCache]) -> int:
        return sum(
            self._size.bytes_for(each.capacity, windowed=each.windowed_tokens is not None) for each in caches
        )

    def _saves_prefill(self, prompt: Sequence[int]) -> bool:
        """Returns whether the retained caches, if any, save enough of a prompt's prefill to stay."""
        lengths = (_reusable_length(each, prompt) for each in self._retained)
        return saves_prefill(max(lengths, default=len(prompt)), len(prompt))


def saves_prefill(tokens: int, prompt_tokens: int) -> bool:
    """Returns whether so many tokens that need not be read are worth the memory of their keys and values."""
    return tokens >= _MIN_SAVED_SHARE * prompt_tokens


def common_length(left: Sequence[int], right: Sequence[int]) -> int:
    """Returns how many tokens two sequences begin with alike."""
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _reusable_length(cache: SequenceKVCache, prompt: Sequence[int]) -> int:
    """Returns how many of a prompt's first tokens can be copied from a cache; never its last one."""
    length = common_length(cache.tokens, prompt[:-1])
    return length if cache.can_share(length) else 0

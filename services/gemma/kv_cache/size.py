"""Sizes the KV cache: bytes per token, bytes per sequence, and the longest sequence that fits a budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

# The most prompt tokens of one forward pass (chunked prefill), by the type of device. The sequences in
# decode wait for it, and a caller who leaves is noticed after it. An image is read in one chunk, for its
# tokens attend to each other.
PREFILL_CHUNK_TOKENS = {"cpu": 128, "cuda": 2048}


@dataclass(frozen=True, slots=True)
class KVCacheSize:
    """The size of one sequence's keys and values, for one model on one device.

    Attributes:
        full_bytes: Bytes per token in all layers with full attention together.
        sliding_bytes: Bytes per token in all layers with a sliding window together.
        windowed_tokens: How many tokens a sliding layer of a windowed cache holds: its window, and the
            longest chunk that is read at once.
    """

    full_bytes: int
    sliding_bytes: int
    windowed_tokens: int

    @classmethod
    def of_layers(
        cls,
        *,
        full_bytes: Sequence[int],
        sliding_bytes: Sequence[int],
        window: int,
        image_tokens: int,
        device: str,
    ) -> Self:
        """Sizes a model's cache by its layers.

        Args:
            full_bytes: Bytes of one token's keys and values in bf16, for each layer with full attention.
            sliding_bytes: The same, for each layer with a sliding window.
            window: That window, in tokens.
            image_tokens: The tokens of an image; 0 if no images are read.
            device: "cpu" or "cuda".
        """
        # Attention on a CPU copies one layer at a time to fp32, whose numbers take twice the bytes.
        fp32_bytes = 2 * max(*full_bytes, *sliding_bytes, 0) if device == "cpu" else 0
        return cls(
            full_bytes=sum(full_bytes) + fp32_bytes,
            sliding_bytes=sum(sliding_bytes),
            windowed_tokens=window + max(PREFILL_CHUNK_TOKENS[device], image_tokens),
        )

    def bytes_for(self, tokens: int, *, windowed: bool) -> int:
        """Bytes of a sequence of so many tokens, prompt and answer.

        A windowed cache evicts from its sliding layers what they can no longer attend to.
        """
        sliding_tokens = min(tokens, self.windowed_tokens) if windowed else tokens
        return self.full_bytes * tokens + self.sliding_bytes * sliding_tokens

    def max_tokens(self, budget_bytes: int) -> int:
        """Returns the longest sequence, prompt and answer, whose windowed cache fits the budget."""
        short = budget_bytes // (self.full_bytes + self.sliding_bytes)
        if short < self.windowed_tokens:
            return max(0, short)
        return (budget_bytes - self.sliding_bytes * self.windowed_tokens) // self.full_bytes

    def budget(self, free_bytes: int, sequences: int, context_tokens: int) -> int:
        """Bytes for the cache of all sequences: what is free, and no more than all of them can fill."""
        needed = sequences * self.bytes_for(context_tokens, windowed=False)
        return max(0, min(free_bytes, needed))

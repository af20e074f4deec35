"""The keys and values of one sequence's tokens."""

from dataclasses import dataclass

import torch


@dataclass(slots=True)
class LayerCache:
    """The keys and values of one layer.

    Attributes:
        keys_values: bf16, of shape (2, KV heads, capacity in tokens, head size).
        start: The position of the first token that it holds.
        window: How many tokens the layer attends to; None if to all.
    """

    keys_values: torch.Tensor
    start: int
    window: int | None


class SequenceKVCache:
    """The keys and values of one sequence.

    A full cache holds every token in every layer, so that another sequence may reuse a prefix of it. A
    windowed cache holds in its sliding layers what they can still attend to. A snapshot is a windowed cache
    that ends where prompts of a class part: another sequence may reuse all of it.

    Attributes:
        tokens: The token ids whose keys and values are cached. Each of an image's is its placeholder.
        capacity: The most tokens that the sequence may come to have.
        windowed_tokens: How many tokens a sliding layer of a windowed cache holds; None for a full cache.
        layers: The cache of each layer, by the layer's index.
    """

    def __init__(self, capacity: int) -> None:
        self.tokens: list[int] = []
        self.capacity = capacity
        self.windowed_tokens: int | None = None
        self.layers: dict[int, LayerCache] = {}

    def append(self, layer_index: int, keys_values: torch.Tensor, window: int | None) -> torch.Tensor:
        """Adds a chunk's keys and values to a layer, and returns all that the chunk attends to.

        They count once `tokens` has grown: until then a pass that failed may be made again.

        Args:
            layer_index: The layer's index.
            keys_values: The chunk's, of shape (2, KV heads, tokens of the chunk, head size).
            window: How many tokens the layer attends to; None if to all.

        Returns:
            From the first visible token to the chunk's last, of shape (2, KV heads, tokens, head size).
        """
        start = len(self.tokens)
        end = start + keys_values.shape[2]
        visible = first_visible(start, window)
        layer = self.layers.get(layer_index)
        if layer is None or end - layer.start > layer.keys_values.shape[2]:
            layer = layer or LayerCache(keys_values[:, :, :0], start, window)
            layer = self.layers[layer_index] = self._moved(layer, visible, start, end)
        layer.keys_values[:, :, start - layer.start : end - layer.start] = keys_values
        return self.appended(layer_index, keys_values.shape[2])

    def appended(self, layer_index: int, tokens: int) -> torch.Tensor:
        """Returns what `append` returned for a layer in this pass, for another layer that shares it.

        Args:
            layer_index: The index of the layer whose keys and values were appended.
            tokens: How many tokens the chunk has.
        """
        layer, start = self.layers[layer_index], len(self.tokens)
        visible = first_visible(start, layer.window)
        return layer.keys_values[:, :, visible - layer.start : start + tokens - layer.start]

    def can_share(self, length: int) -> bool:
        """Returns whether another sequence may reuse the first `length` tokens: none of them was evicted."""
        return all(each.start <= first_visible(length, each.window) for each in self.layers.values())

    def copy_prefix(self, other: "SequenceKVCache", length: int) -> None:
        """Copies another cache's first `length` tokens into this one, which is empty.

        If an allocation fails, this one stays empty.
        """
        layers = {}
        for index, layer in other.layers.items():
            start = layer.start if self.windowed_tokens is None else first_visible(length, layer.window)
            layers[index] = self._moved(layer, start, length, length)
        self.tokens, self.layers = other.tokens[:length], layers

    def snapshot(self, length: int, windowed_tokens: int) -> "SequenceKVCache":
        """Copies the first `length` tokens, which can be shared, into a snapshot.

        Args:
            length: In tokens.
            windowed_tokens: How many of them the snapshot's sliding layers hold, at the most.
        """
        snapshot = SequenceKVCache(length)
        snapshot.tokens, snapshot.layers = self.tokens, dict(self.layers)
        snapshot.shrink(length, windowed_tokens)
        return snapshot

    def shrink(self, length: int, windowed_tokens: int) -> None:
        """Becomes a snapshot of its first `length` tokens, which can be shared, one layer after the other.

        If an allocation fails, the layers that are left hold more than they need.
        """
        self.tokens, self.capacity, self.windowed_tokens = self.tokens[:length], length, windowed_tokens
        for index, layer in self.layers.items():
            start = layer.start if layer.window is None else max(layer.start, length - windowed_tokens)
            self.layers[index] = self._moved(layer, start, length, length)

    def _moved(self, layer: LayerCache, start: int, cached_end: int, end: int) -> LayerCache:
        """Copies the tokens from `start` to `cached_end` into a new allocation that has room up to `end`."""
        _, heads, _, head_size = layer.keys_values.shape
        capacity = self.capacity
        if layer.window and self.windowed_tokens is not None:
            capacity = min(capacity, max(self.windowed_tokens, end - start))
        # On a CPU, pages that nothing is written to take no memory.
        moved = layer.keys_values.new_empty((2, heads, capacity, head_size), dtype=torch.bfloat16)
        cached = layer.keys_values[:, :, start - layer.start : cached_end - layer.start]
        moved[:, :, : cached.shape[2]] = cached
        return LayerCache(moved, start, layer.window)


def first_visible(position: int, window: int | None) -> int:
    """Returns the position of the earliest token that the token at `position` attends to."""
    return 0 if window is None else max(0, position - window + 1)

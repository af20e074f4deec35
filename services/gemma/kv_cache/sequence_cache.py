"""The keys and values of one answer's tokens."""

from dataclasses import dataclass

import torch


@dataclass(slots=True)
class Held:
    """Of one layer.

    Attributes:
        pair: Keys and values, of shape (2, heads, tokens there is room for, head).
        first: The token that they begin with.
        window: How many tokens the layer sees; None: all.
    """

    pair: torch.Tensor
    first: int
    window: int | None


class Past:
    """All of them, if there is memory: the next answer may begin with the same. Else what is still seen.

    Attributes:
        tokens: What the keys and values are of. An image's are its mark, each of them.
        capacity: How many tokens may come to be.
        kept: How many a layer with a window holds; None: all.
        layers: What each layer holds.
    """

    def __init__(self, capacity: int) -> None:
        self.tokens: list[int] = []
        self.capacity = capacity
        self.kept: int | None = None
        self.layers: dict[int, Held] = {}

    def extended(self, layer: int, pair: torch.Tensor, window: int | None) -> torch.Tensor:
        """A layer's keys and values, from the first that a piece sees to its own.

        They count once `tokens` has grown: until then a piece may be read again.

        Args:
            layer: Its number.
            pair: The piece's, of shape (2, heads, tokens, head).
            window: How many tokens the layer sees; None: all.
        """
        start = len(self.tokens)
        end = start + pair.shape[2]
        seen = first_seen(start, window)
        held = self.layers.get(layer)
        if held is None or end - held.first > held.pair.shape[2]:
            held = self.layers[layer] = self._moved(
                held or Held(pair[:, :, :0], start, window), seen, start, end
            )
        held.pair[:, :, start - held.first : end - held.first] = pair
        return held.pair[:, :, seen - held.first : end - held.first]

    def can_lend(self, length: int) -> bool:
        """Whether another may begin with its first tokens."""
        return all(each.first <= first_seen(length, each.window) for each in self.layers.values())

    def begin_like(self, other: "Past", length: int) -> None:
        """Takes over another's first tokens; there are none yet.

        Without the memory for them, there still are none.
        """
        layers = {}
        for layer, held in other.layers.items():
            first = held.first if self.kept is None else first_seen(length, held.window)
            layers[layer] = self._moved(held, first, length, length)
        self.tokens, self.layers = other.tokens[:length], layers

    def _moved(self, held: Held, first: int, known_end: int, end: int) -> Held:
        """The same from another token on, with room for more."""
        _, heads, _, size = held.pair.shape
        room = self.capacity
        if held.window and self.kept is not None:
            room = min(room, max(self.kept, end - first))
        # Memory that is not written to is not taken, on a CPU.
        pair = held.pair.new_empty((2, heads, room, size), dtype=torch.bfloat16)
        known = held.pair[:, :, first - held.first : known_end - held.first]
        pair[:, :, : known.shape[2]] = known
        return Held(pair, first, held.window)


def first_seen(start: int, window: int | None) -> int:
    """The earliest token that the one at `start` sees."""
    return 0 if window is None else max(0, start - window + 1)

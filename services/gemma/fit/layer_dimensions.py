"""How big one decoder layer of a Gemma is."""

from dataclasses import dataclass

_BF16_BYTES = 2


@dataclass(frozen=True, slots=True)
class LayerDimensions:
    """The sizes of one decoder layer.

    Attributes:
        matrix_parameters: Parameters in its matrices.
        kv_bytes: Bytes that it caches for one token's keys and values, in bf16; 0 if it attends to those of
            an earlier layer.
        sliding: Whether it has a sliding window.
    """

    matrix_parameters: int
    kv_bytes: int
    sliding: bool

    @classmethod
    def of_sizes(
        cls, *, hidden: int, queries: int, keys: int, inner: int, sliding: bool
    ) -> "LayerDimensions":
        """Returns the dimensions of a layer with attention and a gated MLP, as those of Gemma 1, 2 and 3.

        Args:
            hidden: The model's hidden size.
            queries: All query heads together.
            keys: All KV heads together.
            inner: The MLP's inner size.
            sliding: Whether it has a sliding window.
        """
        return cls(hidden * (2 * queries + 2 * keys + 3 * inner), 2 * keys * _BF16_BYTES, sliding)

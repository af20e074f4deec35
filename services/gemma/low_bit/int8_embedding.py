"""The table of Gemma 4's per-layer embeddings in eight bits, of which a pass needs a few rows."""

import torch
from torch import nn
from typing_extensions import override

# The module that holds it in transformers' models.
PER_LAYER_TABLE = "model.embed_tokens_per_layer"
_MAX_CODE = 127
_MIN_SCALE = 1e-12


class Int8Embedding(nn.Module):
    """An embedding table whose rows are looked up in the mapped file of a quantised copy.

    A layer's part of a row shares a scale.

    Args:
        embedding: transformers' own, of which the shape and the scale matter.
        layers: How many layers share a row.

    Attributes:
        codes: int8, of shape (tokens, layers * size of a layer's part).
        scales: fp32, of shape (tokens, layers).
        output_type: What the rows are given out as.
    """

    codes: torch.Tensor
    scales: torch.Tensor

    def __init__(self, embedding: nn.Embedding, layers: int) -> None:
        super().__init__()
        tokens, width = embedding.weight.shape
        device = embedding.weight.device
        self.register_buffer("codes", torch.empty(tokens, width, dtype=torch.int8, device=device))
        self.register_buffer("scales", torch.empty(tokens, layers, dtype=torch.float32, device=device))
        self.output_type = torch.bfloat16
        self._embedding_scale = float(getattr(embedding, "scalar_embed_scale", 1.0))

    @staticmethod
    def quantized(rows: torch.Tensor, layers: int) -> dict[str, torch.Tensor]:
        """Quantises rows of a table; returns the buffers."""
        parts = rows.float().view(len(rows), layers, -1)
        scales = (parts.abs().amax(-1) / _MAX_CODE).clamp(min=_MIN_SCALE)
        codes = (parts / scales[..., None]).round().to(torch.int8)
        return {"codes": codes.flatten(1), "scales": scales}

    @override
    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Returns the tokens' rows, of shape (..., layers * size of a layer's part)."""
        scales = self.scales[ids] * self._embedding_scale
        parts = self.codes[ids].view(*scales.shape, -1) * scales[..., None]
        return parts.flatten(-2).to(self.output_type)

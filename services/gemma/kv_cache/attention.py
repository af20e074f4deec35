"""Attention for answers of different lengths in one pass: each looks back at its own tokens alone.

All tokens of a pass lie in one row, so that every matrix is read once for all answers. Only attention tells
them apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch.nn import functional
from transformers import AttentionInterface

from services.gemma.kv_cache.sequence_cache import Past, first_seen

ATTENTION = "chorus_pieces"


@dataclass(slots=True)
class Piece:
    """The next tokens of one answer.

    Attributes:
        rows: What they stand for if they are an image's, all of them; None: they are the vocabulary's.
    """

    past: Past
    tokens: list[int]
    rows: torch.Tensor | None = None
    _masks: dict[int | None, torch.Tensor] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """How many tokens stand before."""
        return len(self.past.tokens)

    def mask(self, window: int | None, device: torch.device) -> torch.Tensor:
        """Who sees whom, of shape (tokens, tokens from the first that is seen)."""
        if window not in self._masks:
            rows = torch.arange(self.start, self.start + len(self.tokens), device=device)[:, None]
            first = first_seen(self.start, window)
            columns = torch.arange(first, self.start + len(self.tokens), device=device)
            # The parts of an image see each other.
            seen = columns <= (rows if self.rows is None else rows[-1:])
            self._masks[window] = seen if window is None else seen & (columns > rows - window)
        return self._masks[window]


class Workspace:
    """Memory for keys and values in fp32, used again for each piece and layer.

    Fresh pages each time would take longer than what is written to them.
    """

    def __init__(self) -> None:
        self._numbers = torch.empty(0)

    def in_fp32(self, pair: torch.Tensor) -> torch.Tensor:
        """The same numbers, until the next call."""
        if pair.numel() > self._numbers.numel():
            self._numbers = torch.empty(pair.numel())
        return self._numbers[: pair.numel()].view(pair.shape).copy_(pair)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: None,  # noqa: ARG001 - it would be for rows of equal length
    *,
    scaling: float,
    pieces: Sequence[Piece],
    workspace: Workspace,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **others: Any,  # noqa: ARG001 - of other attentions
) -> tuple[torch.Tensor, None]:
    """Attention as transformers' models call it. Query, key and value: (1, heads, tokens, head)."""
    dtype = query.dtype
    # In bf16 it takes seven times as long on a CPU without AVX512_BF16.
    in_fp32 = query.device.type == "cpu"
    if in_fp32:
        query = query.float()
    sizes = [len(each.tokens) for each in pieces]
    pairs = torch.split(torch.cat((key, value)), sizes, dim=2)
    found = []
    for piece, queries, pair in zip(pieces, torch.split(query, sizes, dim=2), pairs, strict=True):
        seen = piece.past.extended(cast("int", module.layer_idx), pair, sliding_window)[:, None]
        keys, values = workspace.in_fp32(seen) if in_fp32 else seen
        # The only token of a piece sees all that is left.
        mask = None if len(piece.tokens) == 1 else piece.mask(sliding_window, query.device)
        if softcap is None:
            one = functional.scaled_dot_product_attention(
                queries, keys, values, attn_mask=mask, scale=scaling, enable_gqa=True
            )
        else:
            one = _capped(queries, keys, values, mask, scaling, softcap)
        found.append(one)
    return torch.cat(found, dim=2).transpose(1, 2).contiguous().to(dtype), None


def _capped(
    queries: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    mask: torch.Tensor | None,
    scaling: float,
    softcap: float,
) -> torch.Tensor:
    """As Gemma 2 has it."""
    repeats = queries.shape[1] // keys.shape[1]
    keys, values = keys.repeat_interleave(repeats, 1), values.repeat_interleave(repeats, 1)
    scores = torch.tanh(queries @ keys.transpose(2, 3) * scaling / softcap) * softcap
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1, dtype=torch.float32).to(queries.dtype) @ values


AttentionInterface.register(ATTENTION, attend)

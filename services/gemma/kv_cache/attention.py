"""Attention for sequences of different lengths in one forward pass.

The tokens of all sequences lie in one row, so that each weight is read once for all of them. Attention alone
tells the sequences apart: each chunk attends to the cache of its own sequence.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch.nn import functional
from transformers import AttentionInterface

from services.gemma.kv_cache.sequence_cache import SequenceKVCache, first_visible

# The name that transformers' models know this attention by.
PACKED_ATTENTION = "chorus_packed"


@dataclass(slots=True)
class TokenChunk:
    """The tokens of one sequence in one forward pass: a chunk of its prompt, later those of a decode step.

    Attributes:
        cache: The sequence's cache. It does not count these tokens yet.
        embeddings: What the tokens are embedded as, of shape (tokens, hidden size), if they are an image's,
            and then they are the whole image; None if they are looked up in the embedding table.
    """

    cache: SequenceKVCache
    tokens: list[int]
    embeddings: torch.Tensor | None = None
    _masks: dict[int | None, torch.Tensor] = field(default_factory=dict)

    @property
    def start(self) -> int:
        """The position of its first token in the sequence."""
        return len(self.cache.tokens)

    def attention_mask(self, window: int | None, device: torch.device) -> torch.Tensor:
        """Returns which token attends to which: bool, of shape (tokens, those from the first visible one)."""
        if window not in self._masks:
            end = self.start + len(self.tokens)
            queries = torch.arange(self.start, end, device=device)[:, None]
            keys = torch.arange(first_visible(self.start, window), end, device=device)
            # The tokens of an image attend to each other, later ones included.
            visible = keys <= (queries if self.embeddings is None else queries[-1:])
            self._masks[window] = visible if window is None else visible & (keys > queries - window)
        return self._masks[window]


class Float32Buffer:
    """One allocation in which attention on a CPU converts keys and values to fp32, chunk by chunk.

    Allocating fresh pages each time would take longer than converting.
    """

    def __init__(self) -> None:
        self._numbers = torch.empty(0)

    def converted(self, keys_values: torch.Tensor) -> torch.Tensor:
        """Returns the same numbers in fp32, which the next call overwrites."""
        if keys_values.numel() > self._numbers.numel():
            self._numbers = torch.empty(keys_values.numel())
        return self._numbers[: keys_values.numel()].view(keys_values.shape).copy_(keys_values)


def packed_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor | None,
    value: torch.Tensor | None,
    attention_mask: None,  # noqa: ARG001 - transformers passes it; each chunk makes its own
    *,
    scaling: float,
    chunks: Sequence[TokenChunk],
    fp32_buffer: Float32Buffer,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **others: Any,  # noqa: ARG001 - transformers passes what other attentions take
) -> tuple[torch.Tensor, None]:
    """Computes one layer's attention, in the signature that transformers' models call.

    Args:
        module: The layer's attention module, which has a `layer_idx`; and, if it attends to the keys and
            values of an earlier layer, that one's index as `shared_layer_idx`.
        query: Of shape (1, heads, tokens of all chunks, head size), or with each chunk's last token alone.
        key: Of shape (1, KV heads, tokens of all chunks, head size); unused if they are another layer's.
        value: Of the same shape as `key`.
        attention_mask: Unused.
        scaling: The factor on the scores.
        chunks: The chunks in the order of their tokens.
        fp32_buffer: Where keys and values are converted on a CPU.
        sliding_window: How many tokens the layer attends to; None if to all.
        softcap: The cap on the scores of Gemma 2; None for none.
        others: Unused.

    Returns:
        The attended values, of shape (1, tokens of `query`, heads, head size).
    """
    dtype = query.dtype
    # Measured on a CPU without AVX512_BF16: attention in bf16 takes seven times as long as in fp32.
    in_fp32 = query.device.type == "cpu"
    if in_fp32:
        query = query.float()
    lengths = [len(each.tokens) for each in chunks]
    last_alone = query.shape[2] < sum(lengths)
    if last_alone:
        lengths = [1] * len(chunks)
    layer_caches = _layer_caches(module, key, value, chunks, sliding_window)
    outputs = []
    for chunk, queries, cached in zip(chunks, torch.split(query, lengths, dim=2), layer_caches, strict=True):
        if last_alone and sliding_window:
            cached = cached[..., -sliding_window:, :]  # noqa: PLW2901 - what this one attends to
        keys, values = fp32_buffer.converted(cached) if in_fp32 else cached
        # A single token attends to all that the cache returns.
        mask = None if queries.shape[2] == 1 else chunk.attention_mask(sliding_window, query.device)
        if softcap is None:
            output = functional.scaled_dot_product_attention(
                queries, keys, values, attn_mask=mask, scale=scaling, enable_gqa=True
            )
        else:
            output = _softcapped_attention(queries, keys, values, mask, scaling, softcap)
        outputs.append(output)
    return torch.cat(outputs, dim=2).transpose(1, 2).contiguous().to(dtype), None


def share_keys_and_values(decoder: Any) -> None:
    """Tells the attention modules of a Gemma 4 that compute no keys and values whose they attend to.

    They are those of the last layer of the same type that computes its own. From the first such layer on, the
    last token of each chunk goes on alone: of the others nothing is left to cache.
    """
    owners: dict[str, int] = {}
    for attention in (layer.self_attn for layer in decoder.layers):
        if getattr(attention, "is_kv_shared_layer", False):
            attention.shared_layer_idx = owners[attention.layer_type]
            # transformers does the same for one sequence.
            decoder._maybe_slice_kv_shared_inputs = _last_rows  # noqa: SLF001
        elif hasattr(attention, "layer_type"):
            owners[attention.layer_type] = attention.layer_idx


def _last_rows(*inputs: Any, **_: Any) -> tuple[Any, ...]:
    """Keeps the rows whose logits are wanted, which the last of the inputs names.

    The others are hidden states, per-layer embeddings, the rotary embedding of each type of layer, and masks.
    """
    *rows, masks, kept = inputs
    return (*(_kept(each, kept) for each in rows), masks)


def _kept(rows: Any, kept: torch.Tensor) -> Any:
    if isinstance(rows, Mapping):
        return {name: tuple(part[:, kept] for part in each) for name, each in rows.items()}
    return None if rows is None else rows[:, kept]


def _layer_caches(
    module: torch.nn.Module,
    key: torch.Tensor | None,
    value: torch.Tensor | None,
    chunks: Sequence[TokenChunk],
    sliding_window: int | None,
) -> Iterator[torch.Tensor]:
    """Yields what each chunk attends to, of shape (2, 1, KV heads, tokens, head size), adding its own."""
    shared = cast("int | None", getattr(module, "shared_layer_idx", None))
    if shared is not None or key is None or value is None:
        for chunk in chunks:
            yield chunk.cache.appended(cast("int", shared), len(chunk.tokens))[:, None]
        return
    lengths = [len(each.tokens) for each in chunks]
    for chunk, added in zip(chunks, torch.split(torch.cat((key, value)), lengths, dim=2), strict=True):
        yield chunk.cache.append(cast("int", module.layer_idx), added, sliding_window)[:, None]


def _softcapped_attention(
    queries: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    mask: torch.Tensor | None,
    scaling: float,
    softcap: float,
) -> torch.Tensor:
    """Computes attention with Gemma 2's cap on the scores, which torch's own attention does not have."""
    repeats = queries.shape[1] // keys.shape[1]
    keys, values = keys.repeat_interleave(repeats, 1), values.repeat_interleave(repeats, 1)
    scores = torch.tanh(queries @ keys.transpose(2, 3) * scaling / softcap) * softcap
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf"))
    return torch.softmax(scores, dim=-1, dtype=torch.float32).to(queries.dtype) @ values


AttentionInterface.register(PACKED_ATTENTION, packed_attention)

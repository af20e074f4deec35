"""Layers in int4 do what transformers' own do with the same quantised weights."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    GemmaConfig,
    GemmaForCausalLM,
)

from services.gemma.four_bit.int4_linear import Int4Linear
from services.gemma.kv_cache.attention import TokenChunk
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.weights.quantize import quantize
from tests.fakes import tiny_gemma

LENGTH = 90
KINDS = [
    (GemmaForCausalLM, GemmaConfig, "sdpa"),
    # Caps its scores and its logits.
    (Gemma2ForCausalLM, Gemma2Config, "eager"),
    (Gemma3ForCausalLM, None, "sdpa"),
]


def multiplied_out(weight: torch.Tensor) -> torch.Tensor:
    """The weights that a quantised matrix stands for."""
    buffers = Int4Linear.quantized(weight)
    numbers, zeros = (
        torch.stack((each & 15, each >> 4), dim=-1).flatten(-2).float()
        for each in (buffers["packed"], buffers["zeros"])
    )
    steps = numbers - zeros[:, : numbers.shape[1], None]
    return (steps * buffers["scales"][..., None]).flatten(1)[:, : weight.shape[1]]


@pytest.mark.parametrize(("kind", "config", "attention"), KINDS)
def test_logits_are_those_of_the_same_weights_in_transformers(
    tmp_path: Path, kind: Any, config: Any, attention: str
) -> None:
    folder = tmp_path / "tiny-it"
    if config:
        tiny_gemma.build_older(folder, kind, config)
    else:
        tiny_gemma.build(folder)
    exact: Any = kind.from_pretrained(folder, dtype=torch.float32, attn_implementation=attention)
    # Its own, no longer the embedding.
    exact.lm_head.weight = torch.nn.Parameter(exact.lm_head.weight.detach().clone())
    for each in exact.modules():
        if isinstance(each, torch.nn.Linear):
            each.weight.data = multiplied_out(each.weight.data)
    quantize(folder, tmp_path / "copies", "int4", lambda done, of: None)
    gemma = tiny_gemma.loaded(folder, GEMMA_CACHE_DIR=str(tmp_path / "copies"), GEMMA_PRECISION="int4")
    tokens = torch.randint(5, 300, (LENGTH,), generator=torch.Generator().manual_seed(8)).tolist()
    with torch.inference_mode():
        wanted = exact(torch.tensor([tokens])).logits[0]
        prefixes = [TokenChunk(SequenceKVCache(LENGTH), tokens[:end]) for end in range(1, LENGTH + 1)]
        found = gemma.forward_pass.run(prefixes)
    # Activations in eight bits; without norms after attention they make the most of it, in the first Gemma.
    assert (found - wanted).std() < 0.06 * wanted.std()

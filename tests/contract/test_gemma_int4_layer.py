"""Layers of whole numbers do what transformers' own do with the same quantised weights."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import load_file
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    GemmaConfig,
    GemmaForCausalLM,
)

from services.gemma.fit.resources import MachineResources
from services.gemma.kv_cache.attention import TokenChunk
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.low_bit.form import linear_layers, quantized_form
from services.gemma.weights.quantize import quantize
from services.gemma.weights.quantized_checkpoint import QuantizedCheckpoint
from tests.fakes import tiny_gemma

LENGTH = 90
KINDS = [
    (GemmaForCausalLM, GemmaConfig, "sdpa", "int4h8"),
    # Caps its scores and its logits.
    (Gemma2ForCausalLM, Gemma2Config, "eager", "int4"),
    (Gemma3ForCausalLM, None, "sdpa", "int4"),
    (Gemma3ForCausalLM, None, "sdpa", "int8"),
]


def take_weights(model: torch.nn.Module, copy: QuantizedCheckpoint, precision: str) -> None:
    """Gives a model the weights that a copy of it stands for."""
    buffers: dict[str, torch.Tensor] = {}
    for file in copy.folder.glob("*.safetensors"):
        buffers |= load_file(file)
    # Its norms are its own.
    model.load_state_dict({name: each for name, each in buffers.items() if "norm" in name}, strict=False)
    form: Any = quantized_form(precision)
    for name, linear in linear_layers(model).items():
        own = {key.removeprefix(f"{name}."): buffers[key] for key in buffers if key.startswith(f"{name}.")}
        linear.weight.data = form.linear_class(name).dequantized(own, linear.in_features)


@pytest.mark.parametrize("resources", [tiny_gemma.ROOMY, tiny_gemma.WITH_PROMPT_KERNEL])
@pytest.mark.parametrize(("kind", "config", "attention", "precision"), KINDS)
def test_logits_are_those_of_the_same_weights_in_transformers(
    tmp_path: Path, kind: Any, config: Any, attention: str, precision: str, resources: MachineResources
) -> None:
    if resources.prompt_kernel:
        tiny_gemma.require_prompt_kernel()
    folder = tmp_path / "tiny-it"
    if config:
        tiny_gemma.build_older(folder, kind, config)
    else:
        tiny_gemma.build(folder)
    exact: Any = kind.from_pretrained(folder, dtype=torch.float32, attn_implementation=attention)
    # Its own, no longer the embedding.
    exact.lm_head.weight = torch.nn.Parameter(exact.lm_head.weight.detach().clone())
    copy = quantize(folder, tmp_path / "copies", precision, lambda done, of: None)
    take_weights(exact, copy, precision)
    copies = str(tmp_path / "copies")
    gemma = tiny_gemma.loaded(folder, resources=resources, GEMMA_CACHE_DIR=copies, GEMMA_PRECISION=precision)
    tokens = torch.randint(5, 300, (LENGTH,), generator=torch.Generator().manual_seed(8)).tolist()
    with torch.inference_mode():
        wanted = exact(torch.tensor([tokens])).logits[0]
        prefixes = [TokenChunk(SequenceKVCache(LENGTH), tokens[:end]) for end in range(1, LENGTH + 1)]
        found = gemma.forward_pass.run(prefixes)
    # Activations in eight bits; without norms after attention they make the most of it, in the first Gemma.
    assert (found - wanted).std() < 0.06 * wanted.std()

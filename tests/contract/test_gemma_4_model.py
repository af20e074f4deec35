"""Gemma 4 in each of its forms: the numbers of transformers' own, in fp32 and in four bits."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import load_file
from torch.nn.functional import kl_div, log_softmax
from transformers import AutoModelForCausalLM

from services.gemma.generation.runner import GemmaRunner
from services.gemma.kv_cache.attention import TokenChunk
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.low_bit.int8_embedding import Int8Embedding
from services.gemma.weights import calibration
from services.gemma.weights.quantize import quantize
from services.gemma.weights.quantized_checkpoint import find_quantized
from tests.contract.test_gemma_int4_layer import take_weights
from tests.fakes import tiny_gemma, tiny_gemma_4

# Beyond the sliding window of 16.
LENGTHS = (50, 7, 33)
PROMPT, CHUNK = 30, 11
LAYERS = 7
PRECISIONS = ("int8", "int4h8", "int4", "nf4")


def silent(done: int, of: int) -> None:
    pass


@pytest.fixture(scope="module", params=tiny_gemma_4.FORMS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_gemma_4.build(tmp_path_factory.mktemp("gemma-4") / f"tiny-{request.param}-it", request.param)


@pytest.fixture(scope="module")
def exact(folder: Path) -> Any:
    """transformers' own, in fp32."""
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


@pytest.fixture(scope="module")
def copies(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of its copies in all precisions."""
    cache = tmp_path_factory.mktemp("copies")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibration, "_ROWS_OF_SMALL", 16)
        for precision in PRECISIONS:
            quantize(folder, cache, precision, silent)
    return cache


def texts() -> list[list[int]]:
    random = torch.Generator().manual_seed(8)
    return [torch.randint(5, 300, (length,), generator=random).tolist() for length in LENGTHS]


def wanted(model: Any) -> list[torch.Tensor]:
    """The logits after each token of each text."""
    with torch.inference_mode():
        return [model(torch.tensor([text])).logits[0] for text in texts()]


def found(gemma: GemmaRunner, *, windowed: bool = False) -> list[torch.Tensor]:
    """The same, of the texts in one batch: prompts in chunks, then token by token."""
    caches = [SequenceKVCache(len(text)) for text in texts()]
    logits: list[list[torch.Tensor]] = [[] for _ in caches]
    for cache in caches:
        cache.windowed_tokens = 16 + CHUNK if windowed else None
    while running := [at for at, text in enumerate(texts()) if len(caches[at].tokens) < len(text)]:
        chunks = []
        for at in running:
            start = len(caches[at].tokens)
            end = min(start + CHUNK, PROMPT) if start < PROMPT else start + 1
            chunks.append(TokenChunk(caches[at], texts()[at][start:end]))
        with torch.inference_mode():
            passed = gemma.forward_pass.run(chunks)
        for at, chunk, last in zip(running, chunks, passed, strict=True):
            logits[at] += [torch.empty(0)] * (len(chunk.tokens) - 1) + [last]
            caches[at].tokens += chunk.tokens
    # Of a chunk the last token alone has logits.
    rows = [[row for row in each if row.numel()] for each in logits]
    return [torch.stack(each) for each in rows]


def compared(gemma: GemmaRunner, exact: Any, *, windowed: bool = False) -> list[tuple[Any, Any]]:
    """Pairs of the logits that were found with those that were wanted at the same tokens."""
    pairs = []
    for text, whole, logits in zip(texts(), wanted(exact), found(gemma, windowed=windowed), strict=True):
        prompt = min(len(text), PROMPT)
        ends = {*range(CHUNK - 1, prompt, CHUNK), prompt - 1, *range(prompt, len(text))}
        pairs.append((logits, whole[sorted(ends)]))
    return pairs


def error(pairs: list[tuple[Any, Any]]) -> float:
    """How far logits are off, in parts of their size."""
    return max(float((near - far).std() / far.std()) for near, far in pairs)


# A full cache, and one that holds what sliding layers can still attend to.
@pytest.mark.parametrize("windowed", [False, True])
def test_logits_are_those_of_transformers(folder: Path, exact: Any, *, windowed: bool) -> None:
    gemma = tiny_gemma.loaded(folder)
    assert error(compared(gemma, exact, windowed=windowed)) < 0.04
    # With the same weights in fp32, keys and values alone are rounded.
    model: Any = gemma.model
    model.float()
    assert error(compared(gemma, exact, windowed=windowed)) < 0.006


@pytest.mark.parametrize("windowed", [False, True])
def test_in_int4_they_are_those_of_the_weights_that_the_copy_stands_for(
    folder: Path, copies: Path, *, windowed: bool
) -> None:
    copy = find_quantized(copies, folder)["int4"]
    gemma = tiny_gemma.loaded(folder, GEMMA_CACHE_DIR=str(copies), GEMMA_PRECISION="int4")
    multiplied: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    # Its own, no longer the embedding.
    multiplied.lm_head.weight = torch.nn.Parameter(multiplied.lm_head.weight.detach().clone())
    take_weights(multiplied, copy, "int4")
    # Activations in eight bits.
    assert error(compared(gemma, multiplied, windowed=windowed)) < 0.06


@pytest.mark.parametrize("precision", PRECISIONS)
def test_low_bits_say_nearly_the_same(
    folder: Path,
    copies: Path,
    exact: Any,
    precision: str,
    record_property: Callable[[str, object], None],
) -> None:
    gemma = tiny_gemma.loaded(folder, GEMMA_CACHE_DIR=str(copies), GEMMA_PRECISION=precision)
    pairs = compared(gemma, exact)
    near, far = (log_softmax(torch.cat(each), dim=-1) for each in zip(*pairs, strict=True))
    divergence = float(kl_div(near, far, log_target=True, reduction="batchmean"))
    same = float((near.argmax(-1) == far.argmax(-1)).float().mean())
    record_property("KL divergence, nats", round(divergence, 3))
    record_property("best token the same", round(same, 2))
    # Random weights keep less of their meaning in four bits than trained ones: .13 to .95 were seen.
    assert 0 < divergence < 1.5
    shuffled = kl_div(near.roll(1, 0), far, log_target=True, reduction="batchmean")
    assert divergence < shuffled / 4


def test_layers_that_share_keys_and_values_cache_none(folder: Path) -> None:
    gemma = tiny_gemma.loaded(folder)
    cache = SequenceKVCache(20)
    with torch.inference_mode():
        gemma.forward_pass.run([TokenChunk(cache, texts()[0][:20])])
    owners = LAYERS - gemma.model.config.num_kv_shared_layers
    assert sorted(cache.layers) == list(range(owners))
    # What the plan counts is what is cached.
    numbers = sum(each.keys_values[:, :, :1].numel() for each in cache.layers.values())
    planned = gemma.cache_pool._size
    widest = max(each.keys_values[:, :, :1].numel() for each in cache.layers.values())
    assert planned.full_bytes + planned.sliding_bytes == 2 * numbers + 4 * widest


def test_the_table_is_written_in_eight_bits_row_by_row(tmp_path: Path) -> None:
    folder = tiny_gemma_4.build(tmp_path / "tiny-it", "E4B")
    table = load_file(folder / "model.safetensors")["model.embed_tokens_per_layer.weight"]
    copy = quantize(folder, tmp_path / "copies", "int8", silent)
    tensors: dict[str, torch.Tensor] = {}
    for file in copy.folder.glob("*.safetensors"):
        tensors |= load_file(file)
    codes, scales = (tensors[f"model.embed_tokens_per_layer.{name}"] for name in ("codes", "scales"))
    assert (codes.dtype, codes.shape, scales.shape) == (torch.int8, table.shape, (len(table), LAYERS))
    near = codes.view(*scales.shape, -1) * scales[..., None]
    assert ((near.flatten(1) - table).std() / table.std()) < 0.01
    assert "model.embed_tokens_per_layer.weight" not in tensors
    gemma = tiny_gemma.loaded(folder, GEMMA_CACHE_DIR=str(tmp_path / "copies"))
    module = gemma.model.get_submodule("model.embed_tokens_per_layer")
    assert isinstance(module, Int8Embedding)
    with torch.inference_mode():
        rows = module(torch.tensor([[3, 9]]))
    torch.testing.assert_close(rows[0], 4 * near[[3, 9]].flatten(1))


def test_of_a_chunk_the_last_token_alone_goes_through_layers_that_share(tmp_path: Path) -> None:
    gemma: Any = tiny_gemma.loaded(tiny_gemma_4.build(tmp_path / "tiny-it", "E2B"))
    rows: dict[int, int] = {}
    for index, layer in enumerate(gemma.model.model.layers):
        layer.register_forward_pre_hook(
            lambda _layer, inputs, index=index: rows.update({index: inputs[0].shape[1]})
        )
    with torch.inference_mode():
        gemma.forward_pass.run([TokenChunk(SequenceKVCache(50), text[:7]) for text in texts()])
    assert list(rows.values()) == [21] * 3 + [3] * 4


@pytest.mark.parametrize("precision", ["bf16", "int4"])
def test_of_a_multimodal_folder_the_text_tower_is_taken(tmp_path: Path, precision: str) -> None:
    alone = tiny_gemma_4.build(tmp_path / "text-it", "E2B")
    whole = tiny_gemma_4.build_multimodal(tmp_path / "whole-it")
    names = load_file(whole / "model.safetensors").keys()
    assert any(name.startswith("model.audio_tower.") for name in names)
    assert "model.language_model.layers.6.self_attn.k_proj.weight" in names
    logits = []
    for folder in (alone, whole):
        if precision == "int4":
            quantize(folder, tmp_path / "copies", precision, silent)
        gemma = tiny_gemma.loaded(folder, GEMMA_CACHE_DIR=str(tmp_path / "copies"), GEMMA_PRECISION=precision)
        logits.append(torch.cat(found(gemma)))
    torch.testing.assert_close(*logits)

"""The compiled kernel for prompts multiplies as onnxruntime's does, whatever the shape and the threads."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch

from services.gemma.fit.resources import PROMPT_KERNEL_LIBRARY
from services.gemma.kv_cache.attention import TokenChunk
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.low_bit.int4_linear import Int4Linear
from services.gemma.low_bit.prompt_kernel import PackedMatrix, PromptKernel
from services.gemma.weights.quantize import quantize
from tests.contract.test_gemma_int4 import opened
from tests.fakes import tiny_gemma, tiny_gemma_4

RESOURCES = (tiny_gemma.ROOMY, tiny_gemma.WITH_PROMPT_KERNEL)
# Fewer groups and columns than the kernel takes at once, as many, and more; a group that is not whole.
SHAPES = [(16, 64), (64, 256), (65, 700), (150, 2560), (40, 2700)]


@pytest.fixture(autouse=True)
def built() -> None:
    tiny_gemma.require_prompt_kernel()


@pytest.mark.parametrize(("outputs", "inputs"), SHAPES)
@pytest.mark.parametrize("rows", [1, 8, 13])
def test_it_multiplies_as_onnxruntime_does(rows: int, outputs: int, inputs: int, tmp_path: Path) -> None:
    torch.manual_seed(6)
    weight, numbers = torch.randn(outputs, inputs) * torch.rand(outputs, 1), torch.randn(rows, inputs)
    numbers[0] = 0
    matrix = PackedMatrix(**Int4Linear.quantized(weight))
    wanted = opened(weight, tmp_path)(numbers)
    # A number half way between two codes may be rounded to either.
    tolerance = 1e-2 * wanted.std().item()
    for threads in (1, 2, 3):
        found = PromptKernel(PROMPT_KERNEL_LIBRARY, threads).multiply(numbers, matrix)
        torch.testing.assert_close(found, wanted, rtol=0, atol=tolerance)
        assert (found - wanted).std() <= 1e-3 * wanted.std()


def test_a_row_is_the_same_to_the_bit_alone_and_among_others() -> None:
    torch.manual_seed(7)
    kernel = PromptKernel(PROMPT_KERNEL_LIBRARY, 1)
    matrix, rows = PackedMatrix(**Int4Linear.quantized(torch.randn(70, 3000))), torch.randn(21, 3000)
    together = kernel.multiply(rows, matrix)
    for row, among in zip(rows, together, strict=True):
        assert torch.equal(kernel.multiply(row[None], matrix)[0], among)


def test_the_greatest_numbers_and_codes_do_not_overflow() -> None:
    kernel, ones = PromptKernel(PROMPT_KERNEL_LIBRARY, 1), torch.ones(8, 2560)
    for weight in (1.0, -1.0):
        matrix = PackedMatrix(**Int4Linear.quantized(torch.full((64, 2560), weight)))
        for sign in (1, -1):
            found = kernel.multiply(sign * ones, matrix)
            torch.testing.assert_close(found, torch.full((8, 64), sign * weight * 2560), rtol=1e-4, atol=0)


@pytest.mark.parametrize("form", tiny_gemma_4.FORMS)
def test_a_gemma_4_reads_a_prompt_as_without_it(form: str, tmp_path: Path) -> None:
    folder = tiny_gemma_4.build(tmp_path / "tiny-it", form)
    quantize(folder, tmp_path / "copies", "int4", lambda done, of: None)
    logits = [prompt_logits(folder, tmp_path / "copies", each) for each in RESOURCES]
    # In these random models a code that is rounded the other way goes on through all layers.
    assert (logits[1] - logits[0]).std() < 0.06 * logits[0].std()


def prompt_logits(folder: Path, copies: Path, resources: Any) -> torch.Tensor:
    """The logits after a prompt in two chunks that the kernel reads, and one that onnxruntime does."""
    gemma = tiny_gemma.loaded(
        folder, resources=resources, GEMMA_CACHE_DIR=str(copies), GEMMA_PRECISION="int4"
    )
    tokens = torch.randint(5, 300, (100,), generator=torch.Generator().manual_seed(9)).tolist()
    cache, logits = SequenceKVCache(len(tokens)), []
    for start, end in ((0, 40), (40, 90), (90, 100)):
        with torch.inference_mode():
            logits.append(gemma.forward_pass.run([TokenChunk(cache, tokens[start:end])]))
        cache.tokens += tokens[start:end]
    return torch.cat(logits)

"""The KV cache where memory is short: sliding layers hold their window alone, and no answer changes."""

import random
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch

from services.gemma.fit.model_dimensions import ModelDimensions
from services.gemma.fit.preflight import all_plans
from services.gemma.fit.resources import ComputeDevice, MachineResources
from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.generation_request import ChatMessage, GenerationRequest, SamplingParameters
from services.gemma.kv_cache.cache_pool import KVCachePool
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.kv_cache.size import KVCacheSize
from services.gemma.weights.quantize import quantize
from tests.fakes import tiny_gemma

WINDOW, WINDOWED = 16, 24
SIZE = KVCacheSize(full_bytes=1, sliding_bytes=10, windowed_tokens=WINDOWED)
LONG, ANOTHER = (
    GenerationRequest(
        (ChatMessage("user", "The rubric. " * 60 + end),),
        SamplingParameters(temperature=0, max_output_tokens=300),
    )
    for end in ("One", "Two")
)


def short_of_memory(
    folder: Path, full_tokens: int, windowed_tokens: int, precision: str, **variables: Any
) -> GemmaRunner:
    """A tiny Gemma with memory for a full cache and a windowed one of so many tokens."""
    plans = all_plans(ModelDimensions.of_folder(folder, ""), tiny_gemma.ROOMY, 8)
    plan = next(each for each in plans if each.precision == precision)
    size = plan.kv_cache_size
    needed = (
        size.bytes_for(full_tokens, windowed=False)
        + size.bytes_for(windowed_tokens, windowed=True)
        - size.bytes_for(1024, windowed=True)
    )
    resources = MachineResources(ComputeDevice("cpu", plan.memory_bytes + needed, 1.0), 0)
    return tiny_gemma.loaded(folder, resources=resources, GEMMA_PRECISION=precision, **variables)


@pytest.mark.parametrize("precision", ["bf16", "int4"])
def test_an_answer_is_the_same_with_little_memory(tmp_path: Path, precision: str) -> None:
    folder = tiny_gemma.build(tmp_path / "tiny-gemma-it")
    quantize(folder, tmp_path / "copies", "int4", lambda done, of: None)
    copies: dict[str, Any] = {"GEMMA_CACHE_DIR": str(tmp_path / "copies")}
    roomy = tiny_gemma.loaded(folder, GEMMA_PRECISION=precision, **copies)
    expected = [tiny_gemma.write_all(roomy, each) for each in (LONG, ANOTHER)]
    gemma = short_of_memory(folder, 1050, 1050, precision, **copies)
    assert tiny_gemma.write_all(gemma, LONG) == expected[0]
    # The first one's full cache is retained, and its prefix is reused each time.
    for _ in range(2):
        sequence = gemma.begin(ANOTHER)
        assert gemma.admit(sequence)
        gemma.step([sequence])
        assert len(sequence.cache.tokens) > 700
        # The tiny model's window, and a chunk of a prompt.
        assert sequence.cache.windowed_tokens == 64 + 128
        gemma.release(sequence)
        assert tiny_gemma.write_all(gemma, ANOTHER) == expected[1]


def test_a_chunk_attends_to_the_same_in_a_full_and_in_a_windowed_cache() -> None:
    draw = random.Random(6)  # noqa: S311 - no secret
    full, windowed = SequenceKVCache(400), SequenceKVCache(400)
    windowed.windowed_tokens = WINDOWED
    while len(full.tokens) < 350:
        count = draw.choice([1, 1, 1, 5, 8, 40])
        added = torch.randn(2, 1, count, 4).bfloat16()
        for layer, window in ((0, WINDOW), (1, None)):
            expected = full.append(layer, added, window)
            # A pass that failed is made again.
            for _ in range(2):
                assert torch.equal(windowed.append(layer, added, window), expected)
        for cache in (full, windowed):
            cache.tokens += [0] * count
        # A pass that fails in the middle leaves one layer with a chunk that never counts.
        windowed.append(0, torch.randn(2, 1, 40, 4).bfloat16(), WINDOW)
    assert windowed.layers[0].keys_values.shape[2] < WINDOW + 40


@pytest.mark.parametrize("source_window", [None, WINDOWED])
@pytest.mark.parametrize("target_window", [None, WINDOWED])
def test_a_prefix_is_reused_unless_it_was_evicted(
    source_window: int | None, target_window: int | None
) -> None:
    source, target = SequenceKVCache(120), SequenceKVCache(130)
    source.windowed_tokens, target.windowed_tokens = source_window, target_window
    keys_values = torch.randn(2, 1, 110, 4).bfloat16()
    for start in range(0, 100, 5):
        source.append(0, keys_values[:, :, start : start + 5], WINDOW)
        source.tokens += range(start, start + 5)
    assert source.can_share(99)
    assert source.can_share(40) == (source_window is None)
    target.copy_prefix(source, 97)
    assert target.tokens == list(range(97))
    expected = keys_values[:, :, 97 - WINDOW + 1 : 107]
    assert torch.equal(target.append(0, keys_values[:, :, 97:107], WINDOW), expected)


def reserved(pool: KVCachePool, prompt: list[int]) -> SequenceKVCache:
    cache = SequenceKVCache(100)
    assert pool.reserve(cache, prompt)
    cache.tokens += prompt
    return cache


def test_a_retained_cache_that_saves_prefill_stays_while_another_fits_beside_it() -> None:
    pool = KVCachePool(
        SIZE, budget_bytes=SIZE.bytes_for(100, windowed=False) + SIZE.bytes_for(100, windowed=True)
    )
    rubric, another = [1] * 50, [2] * 50
    first = reserved(pool, [*rubric, 3])
    pool.release(first)
    for end in (4, 5, 6):
        cache = reserved(pool, [*rubric, end])
        assert cache.windowed_tokens == WINDOWED
        # A sequence that has no room at all evicts nothing.
        assert not pool.reserve(SequenceKVCache(1000), rubric)
        pool.release(cache)
    # No retained cache has a prefix of this one: they are evicted.
    assert reserved(pool, another).windowed_tokens is None


def test_with_no_prefix_to_reuse_there_is_room_for_more_windowed_caches() -> None:
    pool = KVCachePool(SIZE, budget_bytes=3 * SIZE.bytes_for(100, windowed=True))
    assert [reserved(pool, [number]).windowed_tokens for number in range(3)] == [WINDOWED] * 3
    assert not pool.reserve(SequenceKVCache(100), [4])


def test_the_longest_sequence_is_the_one_that_fits() -> None:
    for size in range(0, 1000, 7):
        longest = SIZE.max_tokens(size)
        assert SIZE.bytes_for(longest, windowed=True) <= size < SIZE.bytes_for(longest + 1, windowed=True)

"""Keys and values where memory is short: layers with a window hold what they see, and no answer changes."""

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


def short_of_memory(folder: Path, whole: int, scarce: int, precision: str, **variables: Any) -> GemmaRunner:
    """A tiny Gemma with the memory for two answers of so many tokens, with their prompts."""
    every = all_plans(ModelDimensions.of_folder(folder, ""), tiny_gemma.ROOMY, 8)
    plan = next(each for each in every if each.precision == precision)
    size = plan.kv_cache_size
    needed = (
        size.bytes_for(whole, windowed=False)
        + size.bytes_for(scarce, windowed=True)
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
    # The whole first one stays, and lends its beginning each time.
    for _ in range(2):
        sequence = gemma.begin(ANOTHER)
        assert gemma.admit(sequence)
        gemma.step([sequence])
        assert len(sequence.cache.tokens) > 700
        # The tiny model's window, and a piece of a prompt.
        assert sequence.cache.windowed_tokens == 64 + 128
        gemma.release(sequence)
        assert tiny_gemma.write_all(gemma, ANOTHER) == expected[1]


def test_a_piece_sees_the_same_whatever_is_held() -> None:
    draw = random.Random(6)  # noqa: S311 - no secret
    whole, scarce = SequenceKVCache(400), SequenceKVCache(400)
    scarce.windowed_tokens = WINDOWED
    while len(whole.tokens) < 350:
        count = draw.choice([1, 1, 1, 5, 8, 40])
        added = torch.randn(2, 1, count, 4).bfloat16()
        for layer, window in ((0, WINDOW), (1, None)):
            expected = whole.append(layer, added, window)
            # A pass that failed is made again.
            for _ in range(2):
                assert torch.equal(scarce.append(layer, added, window), expected)
        for cache in (whole, scarce):
            cache.tokens += [0] * count
        # A pass that fails in the middle leaves one layer with a piece that never counts.
        scarce.append(0, torch.randn(2, 1, 40, 4).bfloat16(), WINDOW)
    assert scarce.layers[0].keys_values.shape[2] < WINDOW + 40


@pytest.mark.parametrize("source_window", [None, WINDOWED])
@pytest.mark.parametrize("target_window", [None, WINDOWED])
def test_a_beginning_is_taken_over_if_it_is_still_held(
    source_window: int | None, target_window: int | None
) -> None:
    known, fresh = SequenceKVCache(120), SequenceKVCache(130)
    known.windowed_tokens, fresh.windowed_tokens = source_window, target_window
    keys_values = torch.randn(2, 1, 110, 4).bfloat16()
    for start in range(0, 100, 5):
        known.append(0, keys_values[:, :, start : start + 5], WINDOW)
        known.tokens += range(start, start + 5)
    assert known.can_share(99)
    assert known.can_share(40) == (source_window is None)
    fresh.copy_prefix(known, 97)
    assert fresh.tokens == list(range(97))
    expected = keys_values[:, :, 97 - WINDOW + 1 : 107]
    assert torch.equal(fresh.append(0, keys_values[:, :, 97:107], WINDOW), expected)


def reserved(pool: KVCachePool, prompt: list[int]) -> SequenceKVCache:
    cache = SequenceKVCache(100)
    assert pool.reserve(cache, prompt)
    cache.tokens += prompt
    return cache


def test_what_others_may_begin_with_stays_while_another_fits_beside_it() -> None:
    pool = KVCachePool(
        SIZE, budget_bytes=SIZE.bytes_for(100, windowed=False) + SIZE.bytes_for(100, windowed=True)
    )
    rubric, another = [1] * 50, [2] * 50
    first = reserved(pool, [*rubric, 3])
    pool.release(first)
    for end in (4, 5, 6):
        cache = reserved(pool, [*rubric, end])
        assert cache.windowed_tokens == WINDOWED
        # What has no room at all drives nothing out.
        assert not pool.reserve(SequenceKVCache(1000), rubric)
        pool.release(cache)
    # Nothing begins like this one: what is kept makes way.
    assert reserved(pool, another).windowed_tokens is None


def test_with_nothing_to_begin_with_there_is_room_for_more_that_hold_less() -> None:
    pool = KVCachePool(SIZE, budget_bytes=3 * SIZE.bytes_for(100, windowed=True))
    assert [reserved(pool, [number]).windowed_tokens for number in range(3)] == [WINDOWED] * 3
    assert not pool.reserve(SequenceKVCache(100), [4])


def test_the_longest_answer_is_that_which_fits() -> None:
    for size in range(0, 1000, 7):
        longest = SIZE.max_tokens(size)
        assert SIZE.bytes_for(longest, windowed=True) <= size < SIZE.bytes_for(longest + 1, windowed=True)

"""Keys and values where memory is short: layers with a window hold what they see, and no answer changes."""

import random
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch

from services.gemma.fit.model_dimensions import Shape
from services.gemma.fit.preflight import plans
from services.gemma.fit.resources import Device, Resources
from services.gemma.generation.runner import Gemma
from services.gemma.interface.local_model import Job, Message, Sampling
from services.gemma.kv_cache.cache_pool import Pasts
from services.gemma.kv_cache.sequence_cache import Past
from services.gemma.kv_cache.size import KvSize
from services.gemma.weights.quantize import quantize
from tests.fakes import tiny_gemma

WINDOW, KEPT = 16, 24
SIZE = KvSize(full_bytes=1, sliding_bytes=10, kept=KEPT)
LONG, ANOTHER = (
    Job((Message("user", "The rubric. " * 60 + end),), Sampling(temperature=0, max_output_tokens=300))
    for end in ("One", "Two")
)


def short_of_memory(folder: Path, whole: int, scarce: int, precision: str, **variables: Any) -> Gemma:
    """A tiny Gemma with the memory for two answers of so many tokens, with their prompts."""
    every = plans(Shape.of_folder(folder, ""), tiny_gemma.ROOMY, 8)
    plan = next(each for each in every if each.precision == precision)
    size = plan.kv_size
    needed = size.of(whole, whole=True) + size.of(scarce, whole=False) - size.of(1024, whole=False)
    resources = Resources(Device("cpu", plan.memory_bytes + needed, 1.0), 0)
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
        writing = gemma.begin(ANOTHER)
        assert gemma.admit(writing)
        gemma.step([writing])
        assert len(writing.past.tokens) > 700
        # The tiny model's window, and a piece of a prompt.
        assert writing.past.kept == 64 + 128
        gemma.release(writing)
        assert tiny_gemma.write_all(gemma, ANOTHER) == expected[1]


def test_a_piece_sees_the_same_whatever_is_held() -> None:
    draw = random.Random(6)  # noqa: S311 - no secret
    whole, scarce = Past(400), Past(400)
    scarce.kept = KEPT
    while len(whole.tokens) < 350:
        count = draw.choice([1, 1, 1, 5, 8, 40])
        pair = torch.randn(2, 1, count, 4).bfloat16()
        for layer, window in ((0, WINDOW), (1, None)):
            expected = whole.extended(layer, pair, window)
            # A pass that failed is made again.
            for _ in range(2):
                assert torch.equal(scarce.extended(layer, pair, window), expected)
        for past in (whole, scarce):
            past.tokens += [0] * count
        # A pass that fails in the middle leaves one layer with a piece that never counts.
        scarce.extended(0, torch.randn(2, 1, 40, 4).bfloat16(), WINDOW)
    assert scarce.layers[0].pair.shape[2] < WINDOW + 40


@pytest.mark.parametrize("giver", [None, KEPT])
@pytest.mark.parametrize("taker", [None, KEPT])
def test_a_beginning_is_taken_over_if_it_is_still_held(giver: int | None, taker: int | None) -> None:
    known, fresh = Past(120), Past(130)
    known.kept, fresh.kept = giver, taker
    pairs = torch.randn(2, 1, 110, 4).bfloat16()
    for start in range(0, 100, 5):
        known.extended(0, pairs[:, :, start : start + 5], WINDOW)
        known.tokens += range(start, start + 5)
    assert known.can_lend(99)
    assert known.can_lend(40) == (giver is None)
    fresh.begin_like(known, 97)
    assert fresh.tokens == list(range(97))
    expected = pairs[:, :, 97 - WINDOW + 1 : 107]
    assert torch.equal(fresh.extended(0, pairs[:, :, 97:107], WINDOW), expected)


def reserved(pasts: Pasts, prompt: list[int]) -> Past:
    past = Past(100)
    assert pasts.reserve(past, prompt)
    past.tokens += prompt
    return past


def test_what_others_may_begin_with_stays_while_another_fits_beside_it() -> None:
    pasts = Pasts(SIZE, free_bytes=SIZE.of(100, whole=True) + SIZE.of(100, whole=False))
    rubric, another = [1] * 50, [2] * 50
    first = reserved(pasts, [*rubric, 3])
    pasts.release(first)
    for end in (4, 5, 6):
        past = reserved(pasts, [*rubric, end])
        assert past.kept == KEPT
        # What has no room at all drives nothing out.
        assert not pasts.reserve(Past(1000), rubric)
        pasts.release(past)
    # Nothing begins like this one: what is kept makes way.
    assert reserved(pasts, another).kept is None


def test_with_nothing_to_begin_with_there_is_room_for_more_that_hold_less() -> None:
    pasts = Pasts(SIZE, free_bytes=3 * SIZE.of(100, whole=False))
    assert [reserved(pasts, [number]).kept for number in range(3)] == [KEPT] * 3
    assert not pasts.reserve(Past(100), [4])


def test_the_longest_answer_is_that_which_fits() -> None:
    for size in range(0, 1000, 7):
        longest = SIZE.most_tokens(size)
        assert SIZE.of(longest, whole=False) <= size < SIZE.of(longest + 1, whole=False)

"""Keys and values where memory is short: layers with a window hold what they see, and no answer changes."""

import random
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch

from services.gemma.gemma import Gemma
from services.gemma.kv_size import KvSize
from services.gemma.model import Job, Message, Sampling
from services.gemma.past import Past
from services.gemma.pasts import Pasts
from services.gemma.preflight import plans
from services.gemma.quantizing import quantize
from services.gemma.resources import Device, Resources
from services.gemma.shape import Shape
from tests.fakes import tiny_gemma

WINDOW, KEPT = 16, 24
SIZE = KvSize(full_bytes=1, sliding_bytes=10, kept=KEPT)
LONG = Job((Message("user", "The rubric. " * 60),), Sampling(temperature=0, max_output_tokens=300))


def short_of_memory(folder: Path, longest: int, **variables: Any) -> Gemma:
    """A tiny Gemma that has just the memory for an answer of so many tokens, with its prompt."""
    plan = plans(Shape.of_folder(folder, ""), tiny_gemma.ROOMY, 8)[0 if variables else 1]
    size = plan.kv_size
    free = plan.memory_bytes - size.of(1024, whole=False) + size.of(longest, whole=False)
    return tiny_gemma.loaded(folder, resources=Resources(Device("cpu", free, 1.0), 0), **variables)


@pytest.mark.parametrize("precision", ["bf16", "int4"])
def test_an_answer_is_the_same_with_little_memory(tmp_path: Path, precision: str) -> None:
    folder = tiny_gemma.build(tmp_path / "tiny-gemma-it")
    variables: dict[str, Any] = {}
    if precision == "int4":
        quantize(folder, tmp_path / "copies", "int4", lambda done, of: None)
        variables = {"GEMMA_CACHE_DIR": str(tmp_path / "copies"), "GEMMA_PRECISION": "int4"}
    expected = tiny_gemma.write_all(tiny_gemma.loaded(folder, **variables), LONG)
    gemma = short_of_memory(folder, 1200, **variables)
    writing = gemma.begin(LONG)
    assert gemma.admit(writing)
    # The tiny model's window, and a piece of a prompt.
    assert writing.past.kept == 64 + 128
    gemma.release(writing)
    assert tiny_gemma.write_all(gemma, LONG) == expected
    # Of its end another may still take over the most.
    assert tiny_gemma.write_all(gemma, LONG) == expected


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


def test_what_is_seen_no_more_goes_before_what_others_may_begin_with() -> None:
    pasts = Pasts(SIZE, free_bytes=SIZE.of(100, whole=True) + SIZE.of(100, whole=False))
    first, second, third = Past(100), Past(100), Past(100)
    assert pasts.reserve(first)
    assert pasts.reserve(second)
    assert (first.kept, second.kept) == (None, KEPT)
    assert not pasts.reserve(third)
    pasts.release(first)
    assert pasts.reserve(third)
    assert third.kept is None


def test_the_longest_answer_is_that_which_fits() -> None:
    for size in range(0, 1000, 7):
        longest = SIZE.most_tokens(size)
        assert SIZE.of(longest, whole=False) <= size < SIZE.of(longest + 1, whole=False)

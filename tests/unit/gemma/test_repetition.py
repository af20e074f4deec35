"""What a loop is, and what is none."""

import itertools
import random

import pytest

from services.gemma.generation.repetition import RepetitionDetector, TextNgrams


def seen_after(tokens: list[int]) -> int | None:
    """How many tokens it took to notice a loop."""
    detector = RepetitionDetector()
    return next((count for count, token in enumerate(tokens, start=1) if detector.repeats(token)), None)


@pytest.mark.parametrize("period", [1, 2, 7, 40, 48])
def test_the_same_again_and_again_is_noticed(period: int) -> None:
    beginning = list(range(1000, 1300))
    loop = list(itertools.islice(itertools.cycle(range(period)), 1000))
    found = seen_after(beginning + loop)
    assert found is not None
    assert len(beginning) < found <= len(beginning) + 250


def test_a_loop_that_counts_on_is_noticed() -> None:
    # "… sentence 1. … sentence 2. …": one token in thirty is new.
    tokens = [each for number in range(20) for each in [*range(29), 1000 + number]]
    assert seen_after(tokens) is None
    tokens = [each for number in range(20) for each in [*range(9), *range(9), *range(9), 1000 + number % 2]]
    assert seen_after(tokens) is not None


def test_a_text_that_goes_on_is_none() -> None:
    rng = random.Random(1)  # noqa: S311 - a text, no secret
    assert seen_after([rng.randrange(40) for _ in range(5000)]) is None
    # A line of dashes, and the same sentence three times.
    assert (
        seen_after([*range(500), *[7] * 100, *range(500, 900), *[*range(60)] * 3, *range(900, 1400)]) is None
    )


def test_it_keeps_no_more_than_its_window() -> None:
    detector = RepetitionDetector()
    for token in range(10_000):
        detector.repeats(token)
    assert len(detector._counts) == len(detector._ngrams) < 200


def test_a_text_may_say_five_tokens_twice_and_not_six() -> None:
    ngrams = TextNgrams()
    for token in [1, 2, 3, 4, 5, 6, 9, 1, 2, 3, 4]:
        assert not ngrams.repeating()
        ngrams.take(token)
    ngrams.take(5)
    assert ngrams.repeating() == {6}
    ngrams.take(7)
    assert not ngrams.repeating()
    for token in [1, 2, 3, 4, 5]:
        ngrams.take(token)
    assert ngrams.repeating() == {6, 7}

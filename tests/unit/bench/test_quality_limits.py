"""The figures of the real Gemma's copies are held, and the page's are within what holds them."""

import re
from pathlib import Path

import pytest

from bench.gemma.quality_limits import MOST_LOST, beyond_limits

PAGE = Path(__file__).parents[3] / "docs/gemma.md"


def test_what_is_within_its_limits_passes() -> None:
    assert beyond_limits(MOST_LOST) == []
    assert beyond_limits({("nf4", "en"): 3.0}) == []


@pytest.mark.parametrize("lost", [0.0081, float("nan")])
def test_what_loses_more_is_named(lost: float) -> None:
    (said,) = beyond_limits({**MOST_LOST, ("int8", "en"): lost})
    assert said == f"int8 loses {lost:.4f} nats in en, more than 0.0080"


@pytest.mark.parametrize("form", ["int8", "int4h8"])
def test_the_limits_are_those_of_the_page(form: str) -> None:
    row = re.search(rf"^\| {form} \| (\.\d+) / (\.\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert row
    for language, figure in zip(("en", "ko"), row.groups(), strict=True):
        assert 1 < MOST_LOST[form, language] / float(figure) < 1.15

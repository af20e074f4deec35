import json
import math

import pytest

from bench.corpora import (
    KOREAN_PARAGRAPHS,
    ORDINARY_WORKS_APART,
    SHORT_ANSWERS,
    STEERING_4_APART,
    STEERING_AUTHORS_APART,
    STEERING_READERS,
    texts,
)
from bench.injection.readers import _shares, _weighted


def test_a_text_stands_for_as_many_as_there_are_of_its_kind() -> None:
    odds = {"a": 6.0, "b": 1.0, "c": 3.0, "d": 9.0, **dict.fromkeys("efghij", -math.inf)}
    said = _weighted(odds, {"a": False, "b": True, "e": False, "f": True, "g": False})
    assert [each.count for each in said] == [2, 2, 2, 2, 2]
    classifier, model, one, two, three = _shares(said)
    assert (classifier, model, one, two) == pytest.approx((0.4, 0.4, 0.6, 0.6))
    assert three == pytest.approx(0.4)


def test_what_the_model_read_is_kept_apart() -> None:
    apart = (STEERING_4_APART, STEERING_AUTHORS_APART, ORDINARY_WORKS_APART, KOREAN_PARAGRAPHS, SHORT_ANSWERS)
    known = {name for file in apart for name in texts(file)}
    rows = [json.loads(line) for line in STEERING_READERS.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 985
    assert {row["id"] for row in rows} <= known

import json

import pytest

from chorus.feedback.v1 import feedback_pb2
from modelkit.answer_form.schema import MAX_IMPROVEMENTS, MAX_STRENGTHS
from orchestrator.answer.point_stream import PointStreamParser
from tests.unit.answer.answers import RUBRIC, TEXT, answer, check, point, reading, score

VALUE = answer(
    [
        point(observation="Ünï 한국어 😀"),
        point(quote="Whales sing in the deep and cold sea"),
        point(quote="I like cats.", observation="Again"),
    ],
    [score("content", 3)],
)


def read(raw: str, size: int) -> list[feedback_pb2.Point]:
    reader = PointStreamParser(reading(), RUBRIC)
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)]
    return [each for piece in pieces for each in reader.feed(piece)]


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_the_points_that_hold_come_as_they_are_complete(size: int) -> None:
    raw = json.dumps(VALUE, ensure_ascii=False)
    assert read(raw, size) == list(check(VALUE).points)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_so_they_do_within_a_code_fence(size: int) -> None:
    raw = f"\n```json\n{json.dumps(VALUE, ensure_ascii=False)}\n```"
    assert read(raw, size) == list(check(VALUE).points)


def test_a_point_comes_before_the_answer_ends() -> None:
    raw = json.dumps(VALUE)
    reader = PointStreamParser(reading(), RUBRIC)
    middle = raw.index("Whales")
    assert [each.id for each in reader.feed(raw[:middle])] == ["p1"]
    assert [each.id for each in reader.feed(raw[middle:])] == ["p3"]


@pytest.mark.parametrize("raw", ["no JSON", '{"points": [1, null, {}]}', '{"points": "none"}', "[]", "}{"])
def test_what_is_no_answer_gives_no_points(raw: str) -> None:
    assert read(raw + raw, 1) == []


def test_what_came_before_the_break_stands() -> None:
    raw = json.dumps(VALUE)
    cut = raw[: raw.index("Whales")] + "\x00"
    reader = PointStreamParser(reading(), RUBRIC)
    assert [each.id for each in reader.feed(cut)] == ["p1"]
    assert reader.feed(raw) == []


def test_the_event_loop_checks_no_more_points_than_were_asked_for() -> None:
    raw = json.dumps(answer([point(observation=f"Number {number}.") for number in range(1000)]))
    assert len(read(raw, len(raw))) == MAX_IMPROVEMENTS + MAX_STRENGTHS


def test_early_points_whose_quotations_take_too_much_work_are_left_out() -> None:
    text = TEXT + " Nobody knows why whales sing in the deep sea." * 2000
    reader = PointStreamParser(reading(text), RUBRIC)
    near = point(quote="Nobody knows why the wales sang in the depths of the see.")
    raw = json.dumps(answer([*[near] * 8, point()]))
    assert [each.id for each in reader.feed(raw)] == []
    assert [each.id for each in reader.feed("")] == []

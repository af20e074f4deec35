"""The answer form as a local model is held to it: within what the form allows, and with an end everywhere."""

import copy
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric
from modelkit.answer_form.decoding import decoding_schema
from modelkit.answer_form.schema import WORK_LANGUAGE_KEY, answer_schema

RUBRIC = Rubric(
    criteria=[
        Criterion(id="a", levels=[Level(score=0.1), Level(score=4)]),
        Criterion(id="b", levels=[Level(score=1), Level(score=2), Level(score=3)]),
    ]
)
TEXTS = {"observation": "x y", "reason": "x", "next_step": "", "quote": "", "suggested_rewrite": ""}
POINT = {
    "id": "p1",
    "criterion_id": "",
    "issue": "other",
    "polarity": "strength",
    "sentence_ids": ["S1"],
    "severity": "minor",
    **TEXTS,
}
SCORE = {"criterion_id": "a", "observable": True, "evidence_quotes": ["x"], "rationale": "x", "score": 3.25}
ANSWER: dict[str, Any] = {
    "work_language": "ko",
    "injection": {"suspected": False, "quote": ""},
    "points": [POINT, POINT | {"id": "p2"}],
    "criteria": [SCORE, SCORE | {"criterion_id": "b", "score": 1}],
    "summary": {"goal": "", "strengths": "", "next": ""},
}


def asked(*, short: bool = False, work_language: str = "ko-KR") -> dict[str, Any]:
    return dict(json.loads(answer_schema(RUBRIC, "en", work_language=work_language, short=short)))


def accepts(schema: Any, answer: dict[str, Any]) -> bool:
    return bool(Draft202012Validator(schema).is_valid(answer))


def changed(path: str, value: Any) -> dict[str, Any]:
    answer = copy.deepcopy(ANSWER)
    *parents, last = (int(each) if each.isdigit() else each for each in path.split("."))
    node: Any = answer
    for each in parents:
        node = node[each]
    node[last] = value
    return answer


def test_a_usual_answer_keeps_to_both() -> None:
    assert accepts(asked(), ANSWER)
    assert accepts(decoding_schema(asked()), ANSWER)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("work_language", "en"),
        ("injection.quote", "nothing is suspected"),
        ("injection", {"suspected": True, "quote": "x" * 301}),
        ("points", []),
        ("points.0.observation", ""),
        ("points.0.observation", "punctuation"),
        ("points.0.observation", " x"),
        ("criteria.0.evidence_quotes", [""]),
        ("points", [POINT | {"id": f"p{number}"} for number in range(1, 14)]),
        ("points.1.id", "p1"),
        ("points.0.observation", "x " * 201),
        ("points.0.suggested_rewrite", "x" * 401),
        ("points.0.quote", "x" * 301),
        ("points.0.sentence_ids", ["S1"] * 9),
        ("points.0.sentence_ids", ["the first one"]),
        ("criteria", [SCORE]),
        ("criteria", [SCORE, SCORE]),
        ("criteria.0.score", 4.5),
        ("criteria.0.score", 2000000),
        ("criteria.1.score", 0.5),
        ("criteria.0.evidence_quotes", ["x"] * 4),
        ("criteria.0.rationale", "x" * 401),
        ("summary.goal", "x" * 401),
    ],
)
def test_what_runs_away_keeps_to_the_form_alone(path: str, value: Any) -> None:
    answer = changed(path, value)
    assert accepts(asked(), answer)
    assert not accepts(decoding_schema(asked()), answer)


def test_the_short_form_has_three_points() -> None:
    points = decoding_schema(asked(short=True))["properties"]["points"]["prefixItems"]
    assert len(points) == 3
    assert "suggested_rewrite" not in points[0]["properties"]


@pytest.mark.parametrize(
    ("code", "said"), [("ko", "ko"), ("EN-gb", "en"), ("vi", "other"), ("", None), ("kok", "other")]
)
def test_the_language_of_the_work_is_the_one_that_is_known(code: str, said: str | None) -> None:
    schema = asked(work_language=code)
    assert schema.get(WORK_LANGUAGE_KEY) == said
    language = decoding_schema(schema)["properties"]["work_language"]
    assert language == ({"const": said} if said else schema["properties"]["work_language"])


def test_another_schema_is_left_as_it_is() -> None:
    other = {"type": "object", "properties": {"points": {"type": "string"}}}
    assert decoding_schema(other) is other
    for path, value in (
        ("properties.criteria", {}),
        ("required", []),
        ("$id", "x"),
        ("properties.points", True),
    ):
        spoilt: Any = asked()
        *parents, last = path.split(".")
        (spoilt[parents[0]] if parents else spoilt)[last] = value
        assert decoding_schema(spoilt) is spoilt


@pytest.mark.parametrize("ranges", [None, 3, [[1, 2]], [["a", 2], [2, 1]], [[], []]])
def test_ranges_that_are_none_bound_nothing(ranges: Any) -> None:
    criteria = decoding_schema(asked() | {"x-score-ranges": ranges})["properties"]["criteria"]["prefixItems"]
    assert [each["properties"]["score"] for each in criteria] == [{"type": "number", "multipleOf": 0.01}] * 2


@pytest.mark.parametrize(
    ("language", "text", "accepted"),
    [
        ("ko", "주장이 분명해요.", True),
        ("ko-KR", "'recieve'는 틀렸어요.", True),
        ("ko", "The claim is clear.", False),
        ("en", "The claim is clear.", True),
        ("ko", "1.0, 1.0, 2.0", False),
        ("en", "1.0, 1.0, 2.0", False),
    ],
)
def test_feedback_begins_as_its_language_does(language: str, text: str, *, accepted: bool) -> None:
    schema = decoding_schema(json.loads(answer_schema(RUBRIC, language)))
    for path in ("points.0.observation", "points.0.reason", "criteria.0.rationale", "summary.next"):
        korean = changed("points", [POINT | {"observation": "가 나", "reason": "가"}])
        korean["criteria"] = [each | {"rationale": "가"} for each in ANSWER["criteria"]]
        *parents, last = (int(each) if each.isdigit() else each for each in path.split("."))
        node: Any = korean
        for each in parents:
            node = node[each]
        node[last] = text
        assert accepts(schema, korean) == accepted, path

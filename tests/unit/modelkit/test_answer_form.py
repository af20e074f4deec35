import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric
from modelkit.answer_form.issues import ISSUES
from modelkit.answer_form.schema import LANGUAGE_KEY, SCHEMA_ID, SCORE_RANGES_KEY, answer_schema
from modelkit.json_schema.answer_schema import MAX_SCHEMA_BYTES, AnswerSchema
from orchestrator.rubrics.default import default_rubric
from orchestrator.rubrics.rubric import MAX_CRITERIA, MAX_ID, violations
from tests.unit.answer.answers import RUBRIC, answer, point, score

ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "enum"}


def schema(*, short: bool = False) -> dict[str, Any]:
    return dict(json.loads(answer_schema(RUBRIC, "en", short=short)))


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]:
        yield from nodes(child)


@pytest.mark.parametrize("short", [False, True])
def test_only_what_every_provider_takes_is_used(short: bool) -> None:
    top = schema(short=short)
    Draft202012Validator.check_schema(top)
    assert top.pop("$id") == SCHEMA_ID
    assert top.pop(LANGUAGE_KEY) == "en"
    assert len(top.pop(SCORE_RANGES_KEY)) == len(RUBRIC.criteria)
    del top["$schema"]
    for node in nodes(top):
        assert set(node) <= ALLOWED
        if node["type"] == "object":
            assert node["required"] == list(node["properties"])
            assert node["additionalProperties"] is False


def test_the_forms_differ_in_rewrites_and_the_summary() -> None:
    long, short = schema(), schema(short=True)
    assert set(long["properties"]) - set(short["properties"]) == {"summary"}
    points = [each["properties"]["points"]["items"]["properties"] for each in (long, short)]
    assert set(points[0]) - set(points[1]) == {"suggested_rewrite"}


def test_evidence_stands_before_the_score() -> None:
    fields = list(schema()["properties"]["criteria"]["items"]["properties"])
    assert fields.index("evidence_quotes") < fields.index("rationale") < fields.index("score")


def test_the_criteria_and_issues_are_closed_lists() -> None:
    validator = Draft202012Validator(schema())
    assert validator.is_valid(answer([point(), point(criterion_id="")], [score("content", 3)]))
    assert not validator.is_valid(answer([point(criterion_id="elegance")]))
    assert not validator.is_valid(answer([point(issue="elegance")]))
    assert not validator.is_valid(answer([], [score("", 3)]))
    korean = json.loads(answer_schema(default_rubric("ko"), "ko"))
    enum = korean["properties"]["points"]["items"]["properties"]["issue"]["enum"]
    assert enum == list(ISSUES)


def test_the_longest_rubric_makes_a_schema_that_every_server_reads() -> None:
    # A control character takes six bytes in JSON.
    criteria = [
        Criterion(id=f"{number:02}".ljust(MAX_ID, "\x01"), levels=[Level(score=1), Level(score=2)])
        for number in range(MAX_CRITERIA)
    ]
    rubric = Rubric(criteria=criteria)
    assert not violations(rubric)
    text = answer_schema(rubric, "ko")
    assert len(text) < MAX_SCHEMA_BYTES / 2
    AnswerSchema.parse(text)

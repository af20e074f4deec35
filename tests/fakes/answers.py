"""Answers that a fake model gives: valid for the schema of the request, with quotes from the submission."""

import json
import re
from collections.abc import Mapping
from typing import Any

from chorus.model.v1 import model_service_pb2
from tests.fakes.providers.schema_instance import instance

_SENTENCE = re.compile(r"\[S(\d+)\] (.*?)\s*(?=\[S\d+\] |\Z)", re.DOTALL)
_MAX_QUOTE = 300

Json = Any


def good_answer(request: model_service_pb2.GenerateRequest, *, nth: int, voice: str) -> str:
    """What a model says that does its work; models differ by `nth` in scores and by `voice` in words."""
    if not request.output_format.HasField("json_schema"):
        return f"{voice} answers in plain words."
    return _dump(_answer(request, nth=nth, voice=voice))


def lying_answer(request: model_service_pb2.GenerateRequest, *, voice: str) -> str:
    """A valid answer, none of whose quotes is in the submission."""
    answer = _answer(request, nth=0, voice=voice)
    for number, point in enumerate(answer.get("points", ())):
        point["quote"] = f"Words that nobody wrote, number {number}, 아무도 쓰지 않은 문장"
    for criterion in answer.get("criteria", ()):
        criterion["evidence_quotes"] = ["Words that nobody wrote either"]
    return _dump(answer)


def _answer(request: model_service_pb2.GenerateRequest, *, nth: int, voice: str) -> Json:
    schema = json.loads(request.output_format.json_schema)
    documents = {part.document.title: part.document for turn in request.turns for part in turn.parts}
    answer = instance(schema)
    if not isinstance(answer, dict) or "points" not in answer or "submission" not in documents:
        return answer
    submission = documents["submission"]
    sentences = _SENTENCE.findall(submission.text) or [("", submission.text)]
    point_schema = schema["properties"]["points"]["items"]
    (first_number, first), (last_number, last) = sentences[0], sentences[-1]
    language = submission.language_code
    answer["work_language"] = language if language in {"ko", "en"} else "other"
    answer["points"] = [
        _filled(
            point_schema,
            id="p1",
            issue="reason_weak",
            polarity="improvement",
            sentence_ids=[f"S{first_number}"] if first_number else [],
            quote=first[:_MAX_QUOTE],
            observation=f"{voice}: this claim stands alone.",
            reason="A reader wants to know why.",
            next_step="Add a reason.",
            severity="moderate",
        ),
        _filled(
            point_schema,
            id="p2",
            issue="conclusion",
            polarity="strength",
            sentence_ids=[f"S{last_number}"] if last_number else [],
            quote=last[:_MAX_QUOTE],
            observation=f"{voice}: the text comes to an end.",
            reason="A reader knows what to keep.",
            severity="minor",
        ),
    ]
    rubric = json.loads(documents["rubric"].text) if "rubric" in documents else {}
    criterion_schema = schema["properties"]["criteria"]["items"]
    answer["criteria"] = [
        _filled(
            criterion_schema,
            criterion_id=criterion["id"],
            observable=True,
            evidence_quotes=[first[:_MAX_QUOTE]],
            rationale=f"{voice}: seen in the first sentence.",
            score=_score(criterion, nth),
        )
        for criterion in rubric.get("criteria", ())
    ]
    return answer


def _score(criterion: Mapping[str, Json], nth: int) -> float:
    """The level above the middle, and from there up with `nth`; ProtoJSON leaves a score of 0 out."""
    levels = [float(each.get("score", 0)) for each in criterion.get("levels", ())] or [
        1.0,
        2.0,
        3.0,
        4.0,
        5.0,
    ]
    return levels[min(len(levels) // 2 + nth % 2, len(levels) - 1)]


def _filled(schema: Mapping[str, Json], **values: Json) -> Json:
    """The least value of an object's schema, with those of `values` that its fields take."""
    record = instance(schema)
    for key, value in values.items():
        if key in record and value in schema["properties"][key].get("enum", [value]):
            record[key] = value
    return record


def _dump(answer: Json) -> str:
    return json.dumps(answer, ensure_ascii=False)

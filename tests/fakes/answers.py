"""Answers that a fake model gives: valid for the schema of the request, with quotes from the submission."""

import json
import re
from collections.abc import Mapping
from typing import Any

from google.protobuf import json_format

from chorus.feedback.v1 import submission_pb2
from chorus.model.v1 import content_pb2, model_service_pb2
from modelkit.answer_form.schema import MAX_QUOTE
from tests.fakes.providers.schema_instance import instance

_SENTENCE = re.compile(r"\[S(\d+)\] (.*?)\s*(?=\[S\d+\] |\Z)", re.DOTALL)

Json = Any

# A sound review of any text, without a point.
SCORES_ALONE = json.dumps(
    {
        "work_language": "en",
        "injection": {"suspected": False, "quote": ""},
        "points": [],
        "criteria": [
            {
                "criterion_id": "content",
                "observable": True,
                "evidence_quotes": [],
                "rationale": "Good.",
                "score": 4,
            }
        ],
        "summary": {"goal": "", "strengths": "", "next": ""},
    }
)


def good_answer(request: model_service_pb2.GenerateRequest, *, nth: int, voice: str) -> str:
    """What a model says that does its work; models differ by `nth` in scores and by `voice` in words."""
    if not request.output_format.HasField("json_schema"):
        return f"{voice} answers in plain words."
    return _dump(_answer(request, nth=nth, voice=voice))


def lying_answer(request: model_service_pb2.GenerateRequest, *, voice: str) -> str:
    """A valid answer, none of whose quotes is in the submission."""
    answer = _answer(request, nth=0, voice=voice)
    if _is_answer(answer):
        for number, point in enumerate(answer["points"]):
            point["quote"] = f"Words that nobody wrote, number {number}, 아무도 쓰지 않은 문장"
        for criterion in answer["criteria"]:
            criterion["evidence_quotes"] = ["Words that nobody wrote either"]
    return _dump(answer)


def _answer(request: model_service_pb2.GenerateRequest, *, nth: int, voice: str) -> Json:
    schema = json.loads(request.output_format.json_schema)
    documents = {part.document.title: part.document for turn in request.turns for part in turn.parts}
    answer = instance(schema)
    points, criteria = (_items(schema, name) for name in ("points", "criteria"))
    if not _is_answer(answer) or not points or not criteria or "submission" not in documents:
        return answer
    submission = documents["submission"]
    sentences = _SENTENCE.findall(submission.text) or [("", submission.text)]
    (first_number, first), (last_number, last) = sentences[0], sentences[-1]
    language = submission.language_code
    answer["work_language"] = language if language in {"ko", "en"} else "other"
    answer["points"] = [
        _filled(
            points,
            id="p1",
            issue="reason_weak",
            polarity="improvement",
            sentence_ids=[f"S{first_number}"] if first_number else [],
            quote=first[:MAX_QUOTE],
            observation=f"{voice}: this claim stands alone.",
            reason="A reader wants to know why.",
            next_step="Add a reason.",
            severity="moderate",
        ),
        _filled(
            points,
            id="p2",
            issue="conclusion",
            polarity="strength",
            sentence_ids=[f"S{last_number}"] if last_number else [],
            quote=last[:MAX_QUOTE],
            observation=f"{voice}: the text comes to an end.",
            reason="A reader knows what to keep.",
            severity="minor",
        ),
    ]
    answer["criteria"] = [
        _filled(
            criteria,
            criterion_id=criterion.id,
            observable=True,
            evidence_quotes=[first[:MAX_QUOTE]],
            rationale=f"{voice}: seen in the first sentence.",
            score=_score(criterion, nth),
        )
        for criterion in _rubric(documents).criteria
    ]
    return answer


def _rubric(documents: Mapping[str, content_pb2.Document]) -> submission_pb2.Rubric:
    """The rubric of the request; one without criteria if it has none that can be read."""
    try:
        return json_format.Parse(documents["rubric"].text, submission_pb2.Rubric())
    except (KeyError, json_format.ParseError):
        return submission_pb2.Rubric()


def _score(criterion: submission_pb2.Criterion, nth: int) -> float:
    """The level above the middle, and from there up with `nth`."""
    levels = [each.score for each in criterion.levels] or [1.0, 2.0, 3.0, 4.0, 5.0]
    return levels[min(len(levels) // 2 + nth % 2, len(levels) - 1)]


def _filled(schema: Mapping[str, Json], **values: Json) -> Json:
    """The least value of an object's schema, with those of `values` that its fields take."""
    record = instance(schema)
    if not isinstance(record, dict):
        return record
    for key, value in values.items():
        if key in schema.get("required", ()) and value in schema["properties"][key].get("enum", [value]):
            record[key] = value
    return record


def _is_answer(answer: Json) -> bool:
    """Whether it has the lists that an answer of the merge's form has."""
    return isinstance(answer, dict) and all(
        isinstance(answer.get(name), list) for name in ("points", "criteria")
    )


def _items(schema: Json, name: str) -> Json:
    """The schema of a list's items if that is an object whose properties are objects too, else None."""
    try:
        items = schema["properties"][name]["items"]
        sound = all(isinstance(each, dict) for each in items["properties"].values())
    except (KeyError, TypeError, AttributeError):
        return None
    return items if sound else None


def _dump(answer: Json) -> str:
    return json.dumps(answer, ensure_ascii=False)

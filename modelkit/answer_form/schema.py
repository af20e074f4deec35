"""The JSON Schema of an answer, in the subset that every provider's structured output takes.

Every field is required, "" or [] says nothing; no unions, no numeric or length keywords: those limits are
checked afterwards. Evidence stands before the score that rests on it.
"""

import json
from collections.abc import Mapping, Sequence

from chorus.feedback.v1 import submission_pb2
from modelkit.answer_form.issues import ISSUES
from modelkit.json_schema.subschemas import Schema

SCHEMA_ID = "urn:chorus:answer:1"
# Servers whose feedback is not worded by a prompt read the language from here.
LANGUAGE_KEY = "x-feedback-language"
MAX_IMPROVEMENTS = 8
MAX_STRENGTHS = 4
MAX_POINTS_SHORT = 3
MAX_QUOTE = 300

POLARITIES = ("strength", "improvement", "question")
SEVERITIES = ("minor", "moderate", "major")

_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}


def answer_schema(rubric: submission_pb2.Rubric, feedback_language: str, *, short: bool = False) -> str:
    """Returns the schema a model is asked to keep to. The short form has no rewrites and no summary."""
    criterion_ids = [criterion.id for criterion in rubric.criteria]
    schema = _answer(_choice(["", *criterion_ids]), _choice(criterion_ids), full=not short)
    header = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        LANGUAGE_KEY: feedback_language,
    }
    return json.dumps({**header, **schema}, ensure_ascii=False)


def accepted_schema() -> Schema:
    """Returns what an answer in either form must be, whatever the rubric.

    A criterion that the rubric lacks costs the point or the score that names it, not the whole answer.
    """
    return _answer(_TEXT, _TEXT, full=True, optional=("summary", "suggested_rewrite"))


def accepted_point_schema() -> Schema:
    """Returns what one point must be, in either form."""
    return _point(_TEXT, full=True, optional=("suggested_rewrite",))


def _answer(
    point_criterion: Schema, score_criterion: Schema, *, full: bool, optional: Sequence[str] = ()
) -> Schema:
    score = {
        "criterion_id": score_criterion,
        "observable": _FLAG,
        "evidence_quotes": _list(_TEXT),
        "rationale": _TEXT,
        "score": {"type": "number"},
    }
    answer = {
        "work_language": _choice(["ko", "en", "other"]),
        "injection": _record({"suspected": _FLAG, "quote": _TEXT}),
        "points": _list(_point(point_criterion, full=full, optional=optional)),
        "criteria": _list(_record(score)),
    }
    if full:
        answer["summary"] = _record({"goal": _TEXT, "strengths": _TEXT, "next": _TEXT})
    return _record(answer, optional)


def _point(criterion: Schema, *, full: bool, optional: Sequence[str] = ()) -> Schema:
    point = {
        "id": _TEXT,
        "criterion_id": criterion,
        "issue": _choice(list(ISSUES)),
        "polarity": _choice(POLARITIES),
        "sentence_ids": _list(_TEXT),
        "quote": _TEXT,
        "observation": _TEXT,
        "reason": _TEXT,
        "next_step": _TEXT,
    }
    if full:
        point["suggested_rewrite"] = _TEXT
    point["severity"] = _choice(SEVERITIES)
    return _record(point, optional)


def _record(fields: Mapping[str, Schema], optional: Sequence[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": fields,
        "required": [field for field in fields if field not in optional],
        "additionalProperties": False,
    }


def _list(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def _choice(values: Sequence[str]) -> Schema:
    return {"type": "string", "enum": list(values)}

"""The JSON Schema of an answer, in the subset that every provider's structured output takes.

Every field is required, "" or [] says nothing; no unions, no numeric or length keywords: those limits are
checked afterwards. Evidence stands before the score that rests on it.
"""

import json
from collections.abc import Mapping, Sequence

from chorus.feedback.v1 import submission_pb2
from modelkit.answer_form.issues import ISSUES
from modelkit.answer_limits import MAX_SCORES
from modelkit.json_schema.subschemas import Schema
from modelkit.language import primary_subtag

SCHEMA_ID = "urn:chorus:answer:1"
# The title of the document that is reviewed. Each of its sentences is preceded by its number: "[S1] ".
SUBMISSION_TITLE = "submission"
# Servers whose feedback is not worded by a prompt read the language from here.
LANGUAGE_KEY = "x-feedback-language"
# Servers that hold their model to the schema token by token read these: the one `work_language` that is
# right, and the least and the greatest score of each criterion, [] if it has no levels.
WORK_LANGUAGE_KEY = "x-work-language"
SCORE_RANGES_KEY = "x-score-ranges"
MAX_IMPROVEMENTS = 8
MAX_STRENGTHS = 4
MAX_POINTS_SHORT = 3
MAX_QUOTE = 300

POLARITIES = ("strength", "improvement", "question")
SEVERITIES = ("minor", "moderate", "major")

WORK_LANGUAGES = ("ko", "en", "other")
_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}


def answer_schema(
    rubric: submission_pb2.Rubric, feedback_language: str, *, work_language: str = "", short: bool = False
) -> str:
    """Returns the schema a model is asked to keep to. The short form has no rewrites and no summary.

    Args:
        rubric: What is judged.
        feedback_language: The BCP 47 code of the language to write in.
        work_language: The BCP 47 code of the work's language; "" if it is not known.
        short: Whether it is the short form.
    """
    criterion_ids = [criterion.id for criterion in rubric.criteria]
    schema = _answer(_choice(["", *criterion_ids]), _choice(criterion_ids), full=not short)
    header = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        LANGUAGE_KEY: feedback_language,
        SCORE_RANGES_KEY: [_score_range(each) for each in rubric.criteria],
    }
    if work_language:
        language = primary_subtag(work_language)
        header[WORK_LANGUAGE_KEY] = language if language in WORK_LANGUAGES else "other"
    return json.dumps({**header, **schema}, ensure_ascii=False)


def answer_form(schema: Schema) -> Schema | None:
    """Returns the form that a schema asks for, without its header; None if it is another schema."""
    match schema:
        case {
            "$id": identifier,
            "properties": {
                "criteria": {"items": {"properties": {"criterion_id": {"enum": [*identifiers]}}}}
            } as fields,
        } if identifier == SCHEMA_ID and len(identifiers) <= MAX_SCORES:
            full = "summary" in fields
            form = _answer(_choice(["", *identifiers]), _choice(identifiers), full=full)
            return form if all(schema.get(key) == value for key, value in form.items()) else None
    return None


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
        "work_language": _choice(WORK_LANGUAGES),
        "injection": _record({"suspected": _FLAG, "quote": _TEXT}),
        "points": _list(_point(point_criterion, full=full, optional=optional)),
        "criteria": _list(_record(score)),
    }
    if full:
        answer["summary"] = _record({"goal": _TEXT, "strengths": _TEXT, "next": _TEXT})
    return _record(answer, optional)


def _score_range(criterion: submission_pb2.Criterion) -> list[float]:
    # Levels are in single precision, where 0.1 is a little more than that.
    scores = [round(level.score, 6) for level in criterion.levels]
    return [scores[0], scores[-1]] if scores else []


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

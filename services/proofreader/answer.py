"""Writes findings as the JSON that the answer's schema describes."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from modelkit.answer_form.schema import MAX_IMPROVEMENTS, MAX_QUOTE, MAX_STRENGTHS
from modelkit.json_schema.answer_schema import AnswerSchema
from services.proofreader.finding import MINOR, MODERATE, STRENGTH, Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.wording import word, word_unread

_SEVERITIES = (MODERATE, MINOR)


def write_answer(
    submission: ParsedText,
    findings: Iterable[Finding],
    schema: AnswerSchema,
    feedback_language: str,
    *,
    unread_from: int | None = None,
) -> list[str]:
    """Returns the answer in pieces, each point in one of its own.

    Criteria are left unjudged; fields and issues that the schema does not name are left out. The summary says
    no more than from where on the words were not looked up, if there was no time for all of them.

    Raises:
        BadOutput: The schema asks for fields or values that a reviewer does not have.
    """
    issues = _choices(schema.schema, "points", "issue")
    chosen = select(each for each in findings if each.issue in issues)
    point_fields = _fields(schema.schema, "points")
    points = [
        {key: value for key, value in point.items() if key in point_fields}
        for point in (
            _point(number, each, submission, feedback_language) for number, each in enumerate(chosen, start=1)
        )
    ]
    parts = {
        "work_language": submission.language,
        "injection": {"suspected": False, "quote": ""},
        "points": points,
        "criteria": [_unjudged(each) for each in _choices(schema.schema, "criteria", "criterion_id")],
        "summary": {
            "goal": "",
            "strengths": "",
            "next": "" if unread_from is None else word_unread(submission, unread_from, feedback_language),
        },
    }
    top_fields = _properties(schema.schema)
    answer = {key: value for key, value in parts.items() if key in top_fields}
    schema.check_value(answer)
    return list(_pieces(answer))


def select(findings: Iterable[Finding]) -> list[Finding]:
    """Returns the most useful findings first, not all of one issue, within the answer's limits."""
    by_issue: dict[tuple[bool, str], list[Finding]] = defaultdict(list)
    for each in sorted(findings, key=lambda each: (_SEVERITIES.index(each.severity), each.start, each.end)):
        by_issue[each.polarity == STRENGTH, each.issue].append(each)
    strengths = _in_turn([group for (strength, _), group in by_issue.items() if strength])
    improvements = _in_turn([group for (strength, _), group in by_issue.items() if not strength])
    return improvements[:MAX_IMPROVEMENTS] + strengths[:MAX_STRENGTHS]


def _in_turn(groups: Sequence[Sequence[Finding]]) -> list[Finding]:
    longest = max(map(len, groups), default=0)
    return [group[turn] for turn in range(longest) for group in groups if turn < len(group)]


def _point(number: int, finding: Finding, submission: ParsedText, language: str) -> dict[str, object]:
    worded = word(finding, language)
    return {
        "id": f"p{number}",
        "criterion_id": "",
        "issue": finding.issue,
        "polarity": finding.polarity,
        "sentence_ids": submission.sentence_ids(finding.start, finding.end),
        "quote": _quote(submission.text[finding.start : finding.end]),
        "observation": worded.observation,
        "reason": worded.reason,
        "next_step": worded.next_step,
        "suggested_rewrite": finding.rewrite,
        "severity": finding.severity,
    }


def _quote(words: str) -> str:
    """Returns the words, or as many whole ones as a quotation may hold."""
    if len(words) <= MAX_QUOTE:
        return words
    return words[: words.rfind(" ", 0, MAX_QUOTE + 1)] if " " in words[:MAX_QUOTE] else words[:MAX_QUOTE]


def _unjudged(criterion_id: str) -> dict[str, object]:
    return {
        "criterion_id": criterion_id,
        "observable": False,
        "evidence_quotes": [],
        "rationale": "",
        "score": 0,
    }


def _pieces(answer: Mapping[str, object]) -> Iterator[str]:
    separator = "{"
    for key, value in answer.items():
        yield f"{separator}{_dump(key)}:"
        separator = ","
        if isinstance(value, list):
            yield "["
            yield from (("," if number else "") + _dump(each) for number, each in enumerate(value))
            yield "]"
        else:
            yield _dump(value)
    yield "}"


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _properties(schema: object, *path: str) -> Mapping[str, object]:
    """Returns the properties of an object's schema, or of one inside it; none where it has another shape."""
    for step in (*path, "properties"):
        schema = schema.get(step) if isinstance(schema, Mapping) else None
    return schema if isinstance(schema, Mapping) else {}


def _fields(schema: object, array: str) -> Mapping[str, object]:
    return _properties(_properties(schema).get(array), "items")


def _choices(schema: object, array: str, field: str) -> list[str]:
    described = _fields(schema, array).get(field)
    choices = described.get("enum") if isinstance(described, Mapping) else None
    return [each for each in choices if isinstance(each, str)] if isinstance(choices, list) else []

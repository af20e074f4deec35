"""Makes answers as a model writes them."""

import json
from typing import Any

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from chorus.model.v1 import generation_pb2
from orchestrator.answer.check import check_answer
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading, read_submission

TEXT = "Cats are good pets. Dogs are  bad because they bark at “everyone” all the time. I like cats."
RUBRIC = default_rubric("en")


def reading(text: str = TEXT, language: str = "en") -> SubmissionReading:
    return read_submission(submission_pb2.Submission(text=text, language_code=language))


def point(**changes: Any) -> dict[str, Any]:
    return {
        "id": "a",
        "criterion_id": "content",
        "issue": "evidence_missing",
        "polarity": "improvement",
        "sentence_ids": ["S1"],
        "quote": "Cats are good pets.",
        "observation": "No reason is given.",
        "reason": "A reader will ask why.",
        "next_step": "Say why.",
        "suggested_rewrite": "",
        "severity": "major",
    } | changes


def score(criterion_id: str, value: float, **changes: Any) -> dict[str, Any]:
    return {
        "criterion_id": criterion_id,
        "observable": True,
        "evidence_quotes": [],
        "rationale": "because",
        "score": value,
    } | changes


def answer(
    points: list[dict[str, Any]], criteria: list[dict[str, Any]] | None = None, **changes: Any
) -> dict[str, Any]:
    return {
        "work_language": "en",
        "injection": {"suspected": False, "quote": ""},
        "points": points,
        "criteria": criteria or [],
        "summary": {"goal": "To argue.", "strengths": "Clear.", "next": "Give reasons."},
    } | changes


def check(
    value: dict[str, Any], *, text: str = TEXT, include_raw: bool = False
) -> feedback_pb2.ModelFeedback:
    return check_answer(
        json.dumps(value), generation_pb2.FINISH_REASON_STOP, reading(text), RUBRIC, include_raw=include_raw
    )

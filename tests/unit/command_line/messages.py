"""Messages by hand, and what a person would see of them."""

import io
from typing import Any

from google.protobuf import duration_pb2
from rich.console import Console, RenderableType

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from chorus.model.v1 import generation_pb2

KOREAN_TEXT = "교복은 없애야 한다.\n책을 많이 읽는 학생은 반드시 성적이 오른다.\n끝이 난다."
ENGLISH_TEXT = "A garden helps.\r\nKids who grow vegetables never eat junk food.\r\nThe end."

MEASURED = generation_pb2.USAGE_BASIS_MEASURED
ESTIMATED = generation_pb2.USAGE_BASIS_ESTIMATED
UNKNOWN = generation_pb2.USAGE_BASIS_UNKNOWN


def plain(renderable: RenderableType, width: int = 1000) -> str:
    """What a pipe gets: no colour, wrapped only at `width`."""
    out = io.StringIO()
    Console(file=out, width=width, markup=False, highlight=False, emoji=False).print(renderable)
    return out.getvalue()


def seconds(value: float) -> duration_pb2.Duration:
    duration = duration_pb2.Duration()
    duration.FromNanoseconds(round(value * 1e9))
    return duration


def usage(
    nanos: int | None = None, basis: generation_pb2.UsageBasis.ValueType = MEASURED
) -> generation_pb2.Usage:
    return generation_pb2.Usage(input_tokens=1200, output_tokens=640, cost_usd_nanos=nanos, basis=basis)


def anchor(text: str, quote: str) -> feedback_pb2.Anchor:
    start = text.index(quote)
    return feedback_pb2.Anchor(
        start=start, end=start + len(quote), quote=quote, match=feedback_pb2.Anchor.MATCH_EXACT
    )


def improvement(text: str, quote: str) -> feedback_pb2.Point:
    return feedback_pb2.Point(
        id="p1",
        criterion_id="evidence",
        issue="evidence_missing",
        polarity=feedback_pb2.POLARITY_IMPROVEMENT,
        severity=feedback_pb2.SEVERITY_MAJOR,
        anchor=anchor(text, quote),
        observation="Nothing bears this out.",
        reason="A reader doubts it.",
        next_step="Look for a study.",
        suggested_rewrite="Many of them eat less of it.",
    )


def strength() -> feedback_pb2.Point:
    return feedback_pb2.Point(
        id="p2",
        issue="claim_unclear",
        polarity=feedback_pb2.POLARITY_STRENGTH,
        severity=feedback_pb2.SEVERITY_MODERATE,
        observation="The claim stands first.",
    )


def merged_point(
    name: str,
    point: feedback_pb2.Point,
    models: list[str],
    agreement: merged_pb2.Agreement.ValueType,
    *,
    families: int = 1,
    contradicts: tuple[str, ...] = (),
) -> merged_pb2.MergedPoint:
    return merged_pb2.MergedPoint(
        id=name,
        members=[merged_pb2.MergedPoint.Member(model=model, point=point) for model in models],
        families=families,
        agreement=agreement,
        contradicts=contradicts,
    )


def rubric() -> submission_pb2.Rubric:
    levels = [submission_pb2.Level(score=1), submission_pb2.Level(score=5)]
    return submission_pb2.Rubric(
        criteria=[
            submission_pb2.Criterion(id="claim", title="Claim", levels=levels),
            submission_pb2.Criterion(id="evidence", title="Reasons", levels=levels),
            submission_pb2.Criterion(id="norms", title="Conventions", levels=levels),
        ]
    )


def asked(text: str, **fields: Any) -> feedback_service_pb2.GetFeedbackRequest:
    return feedback_service_pb2.GetFeedbackRequest(submission=submission_pb2.Submission(text=text), **fields)


def answered(*models: str) -> list[feedback_pb2.ModelResult]:
    return [feedback_pb2.ModelResult(model=each, feedback=feedback_pb2.ModelFeedback()) for each in models]


def response(merged: merged_pb2.MergedFeedback) -> feedback_service_pb2.GetFeedbackResponse:
    return feedback_service_pb2.GetFeedbackResponse(
        merged=merged, rubric=rubric(), usage=usage(1_900_000), feedback_id="fb-1"
    )

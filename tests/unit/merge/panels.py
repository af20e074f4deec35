"""Makes opinions to merge."""

from collections.abc import Sequence

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.answer.quote_verification import sentences_of_point
from orchestrator.merge.merge import merge
from orchestrator.merge.opinion import Opinion
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission

# The text has six sentences of one length, which start at 0, 20, 40 and so on.
TEXT = "".join(f"Sentence numbers {number}. " for number in "123456")
READING = read_submission(submission_pb2.Submission(text=TEXT, language_code="en"))
RUBRIC = default_rubric("en")

IMPROVEMENT = feedback_pb2.POLARITY_IMPROVEMENT
STRENGTH = feedback_pb2.POLARITY_STRENGTH
QUESTION = feedback_pb2.POLARITY_QUESTION


def point(
    identifier: str = "p1",
    *,
    place: tuple[int, int] | None = (0, 18),
    issue: str = "evidence_missing",
    criterion: str = "content",
    polarity: feedback_pb2.Polarity.ValueType = IMPROVEMENT,
    severity: feedback_pb2.Severity.ValueType = feedback_pb2.SEVERITY_MODERATE,
    match: feedback_pb2.Anchor.Match.ValueType = feedback_pb2.Anchor.MATCH_EXACT,
    observation: str = "There is no evidence here.",
    next_step: str = "",
    suggested_rewrite: str = "",
    sentence_ids: Sequence[str] = (),
) -> feedback_pb2.Point:
    anchor = READING.anchor(*place, match) if place else None
    return feedback_pb2.Point(
        id=identifier,
        criterion_id=criterion,
        issue=issue,
        polarity=polarity,
        severity=severity,
        anchor=anchor,
        observation=observation,
        next_step=next_step,
        suggested_rewrite=suggested_rewrite,
        sentences=sentences_of_point(READING, sentence_ids, anchor),
    )


def scores(
    *values: float | None, rubric: submission_pb2.Rubric = RUBRIC
) -> list[feedback_pb2.CriterionScore]:
    return [
        feedback_pb2.CriterionScore(criterion_id=criterion.id, score=value)
        for criterion, value in zip(rubric.criteria, values, strict=False)
    ]


def opinion(
    model: str,
    *points: feedback_pb2.Point,
    family: str = "",
    given: Sequence[feedback_pb2.CriterionScore] = (),
    is_rule_based: bool = False,
) -> Opinion:
    feedback = feedback_pb2.ModelFeedback(points=points, scores=given)
    return Opinion(model, family or f"family of {model}", "1", feedback, is_rule_based)


def merged(
    *opinions: Opinion, rubric: submission_pb2.Rubric = RUBRIC, language: str = "en"
) -> merged_pb2.MergedFeedback:
    return merge(READING, rubric, opinions, feedback_language=language)


def models(each: merged_pb2.MergedPoint) -> set[str]:
    return {member.model for member in each.members}

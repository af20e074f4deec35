"""What is wrong with a person's decisions on a feedback."""

from collections.abc import Iterator, Mapping

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from modelkit.generate_request import Violation
from orchestrator.servicers.rater_check import (
    anchor_violations,
    rater_violations,
    size_violations,
    text_violations,
)
from rpckit.errors import InvalidRequest

MAX_POINTS = 1000

# With these a person brings words, or a score, of their own.
_OWN = frozenset({decision_pb2.DECISION_EDITED, decision_pb2.DECISION_ADDED})
_POINT_TEXTS = ("id", "issue", "observation", "reason", "next_step", "suggested_rewrite")


def check_decisions(
    decisions: decision_pb2.Decisions, response: feedback_service_pb2.GetFeedbackResponse
) -> None:
    """Checks a person's decisions by the feedback that they are about.

    Raises:
        InvalidRequest: It names every field that is wrong.
    """
    found = dict(size_violations("decisions", decisions))
    found |= {f"decisions.{field}": wrong for field, wrong in _violations(decisions, response)}
    if found:
        raise InvalidRequest(found)


def _violations(
    decisions: decision_pb2.Decisions, response: feedback_service_pb2.GetFeedbackResponse
) -> Iterator[Violation]:
    yield from rater_violations("rater", decisions.rater)
    if len(decisions.points) > MAX_POINTS:
        yield "points", f"{len(decisions.points)}, more than {MAX_POINTS}"
        return
    criteria = {each.id: each for each in response.rubric.criteria}
    if len(decisions.scores) > len(criteria):
        yield "scores", f"{len(decisions.scores)}, but the rubric has {len(criteria)} criteria"
        return
    known_points = {each.id for each in response.merged.points}
    seen: set[str] = set()
    for place, point in enumerate(decisions.points):
        for field, wrong in _point_violations(point, known_points, criteria, seen):
            yield f"points[{place}].{field}", wrong
    merged_scores = {each.criterion_id: each for each in response.merged.scores}
    seen.clear()
    for place, score in enumerate(decisions.scores):
        for field, wrong in _score_violations(score, merged_scores, criteria, seen):
            yield f"scores[{place}].{field}", wrong


def _point_violations(
    decided: decision_pb2.PointDecision,
    known_points: set[str],
    criteria: Mapping[str, submission_pb2.Criterion],
    seen: set[str],
) -> Iterator[Violation]:
    yield from _decision_violations(decided.decision)
    if decided.decision == decision_pb2.DECISION_ADDED:
        if decided.point_id:
            yield "point_id", "set, but the person added the point"
    elif decided.point_id not in known_points:
        yield "point_id", "no point of this feedback"
    elif decided.point_id in seen:
        yield "point_id", "decided twice"
    seen.add(decided.point_id)
    is_own = decided.decision in _OWN
    if decided.HasField("point") != is_own:
        yield "point", "missing" if is_own else "set, but the point is neither edited nor added"
    elif is_own:
        for field, wrong in _own_point_violations(decided.point, criteria):
            yield f"point.{field}", wrong


def _own_point_violations(
    point: feedback_pb2.Point, criteria: Mapping[str, submission_pb2.Criterion]
) -> Iterator[Violation]:
    if not point.observation.strip():
        yield "observation", "empty"
    for field in _POINT_TEXTS:
        yield from text_violations(field, getattr(point, field))
    if point.criterion_id and point.criterion_id not in criteria:
        yield "criterion_id", "not in the rubric that was used"
    if point.polarity not in feedback_pb2.Polarity.values()[1:]:
        yield "polarity", f"{point.polarity} is no Polarity"
    if point.severity not in feedback_pb2.Severity.values()[1:]:
        yield "severity", f"{point.severity} is no Severity"
    if point.HasField("anchor"):
        yield from anchor_violations("anchor", point.anchor)


def _score_violations(
    decided: decision_pb2.ScoreDecision,
    merged_scores: Mapping[str, merged_pb2.MergedScore],
    criteria: Mapping[str, submission_pb2.Criterion],
    seen: set[str],
) -> Iterator[Violation]:
    yield from _decision_violations(decided.decision)
    yield from text_violations("rationale", decided.rationale)
    if decided.criterion_id not in criteria:
        yield "criterion_id", "not in the rubric that was used"
        return
    if decided.criterion_id in seen:
        yield "criterion_id", "decided twice"
    seen.add(decided.criterion_id)
    is_added = decided.decision == decision_pb2.DECISION_ADDED
    if merged_scores[decided.criterion_id].HasField("score") == is_added:
        yield "decision", "the panel gave a score" if is_added else "the panel gave no score: it can be added"
    is_own = decided.decision in _OWN
    if decided.HasField("score") != is_own:
        yield "score", "missing" if is_own else "set, but the score is neither edited nor added"
    elif is_own:
        levels = criteria[decided.criterion_id].levels
        if not levels[0].score <= decided.score <= levels[-1].score:
            yield "score", f"not from {levels[0].score:g} to {levels[-1].score:g}"


def _decision_violations(decision: decision_pb2.Decision.ValueType) -> Iterator[Violation]:
    if decision not in decision_pb2.Decision.values()[1:]:
        yield "decision", f"{decision} is no Decision"

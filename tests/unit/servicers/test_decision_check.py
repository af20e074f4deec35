import pytest

from chorus.feedback.v1.decision_pb2 import (
    DECISION_ADDED,
    DECISION_EDITED,
    DECISION_KEPT,
    DECISION_REJECTED,
    Decisions,
    PointDecision,
    ScoreDecision,
)
from chorus.feedback.v1.feedback_pb2 import POLARITY_STRENGTH, SEVERITY_MINOR, Anchor, Point
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.merged_pb2 import MergedFeedback, MergedPoint, MergedScore
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric
from orchestrator.servicers.decision_check import check_decisions
from rpckit.errors import InvalidRequest

LEVELS = [Level(score=1), Level(score=5)]
RESPONSE = GetFeedbackResponse(
    rubric=Rubric(criteria=[Criterion(id=each, levels=LEVELS) for each in ("scored", "open")]),
    merged=MergedFeedback(
        points=[MergedPoint(id="p"), MergedPoint(id="q")],
        scores=[MergedScore(criterion_id="scored", score=3), MergedScore(criterion_id="open")],
    ),
)
OWN = Point(observation="말했다", polarity=POLARITY_STRENGTH, severity=SEVERITY_MINOR)


def own(**fields: object) -> Point:
    point = Point(**fields)  # type: ignore[arg-type]
    merged = Point()
    merged.CopyFrom(OWN)
    merged.MergeFrom(point)
    return merged


def points(*decisions: PointDecision) -> Decisions:
    return Decisions(rater="t", points=decisions)


def scores(*decisions: ScoreDecision) -> Decisions:
    return Decisions(rater="t", scores=decisions)


def added(point: Point) -> Decisions:
    return points(PointDecision(decision=DECISION_ADDED, point=point))


@pytest.mark.parametrize(
    ("decisions", "fields"),
    [
        (Decisions(), ["rater"]),
        (points(PointDecision(point_id="p")), ["points[0].decision"]),
        (points(PointDecision(point_id="p", decision=9)), ["points[0].decision"]),  # type: ignore[arg-type]
        (points(PointDecision(decision=DECISION_KEPT)), ["points[0].point_id"]),
        (points(PointDecision(point_id="x", decision=DECISION_REJECTED)), ["points[0].point_id"]),
        (points(*[PointDecision(point_id="p", decision=DECISION_KEPT)] * 2), ["points[1].point_id"]),
        (points(PointDecision(point_id="p", decision=DECISION_KEPT, point=OWN)), ["points[0].point"]),
        (points(PointDecision(point_id="p", decision=DECISION_REJECTED, point=OWN)), ["points[0].point"]),
        (points(PointDecision(point_id="p", decision=DECISION_EDITED)), ["points[0].point"]),
        (points(PointDecision(decision=DECISION_ADDED)), ["points[0].point"]),
        (
            points(PointDecision(point_id="p", decision=DECISION_ADDED, point=OWN)),
            ["points[0].point_id"],
        ),
        (
            added(Point()),
            ["points[0].point.observation", "points[0].point.polarity", "points[0].point.severity"],
        ),
        (added(own(polarity=7)), ["points[0].point.polarity"]),
        (added(own(severity=-7)), ["points[0].point.severity"]),
        (added(own(criterion_id="x")), ["points[0].point.criterion_id"]),
        (added(own(anchor=Anchor(start=1, end=0))), ["points[0].point.anchor"]),
        (added(own(anchor=Anchor(end=100_001, quote="x"))), ["points[0].point.anchor"]),
        (added(own(anchor=Anchor(end=2, quote="🙂"))), ["points[0].point.anchor.quote"]),
        (scores(ScoreDecision(criterion_id="x", decision=DECISION_KEPT)), ["scores[0].criterion_id"]),
        (
            scores(*[ScoreDecision(criterion_id="scored", decision=DECISION_KEPT)] * 2),
            ["scores[1].criterion_id"],
        ),
        (scores(ScoreDecision(criterion_id="scored")), ["scores[0].decision"]),
        (
            scores(ScoreDecision(criterion_id="scored", decision=DECISION_ADDED, score=2)),
            ["scores[0].decision"],
        ),
        (scores(ScoreDecision(criterion_id="open", decision=DECISION_KEPT)), ["scores[0].decision"]),
        (scores(ScoreDecision(criterion_id="scored", decision=DECISION_KEPT, score=2)), ["scores[0].score"]),
        (scores(ScoreDecision(criterion_id="scored", decision=DECISION_EDITED)), ["scores[0].score"]),
        (scores(ScoreDecision(criterion_id="open", decision=DECISION_ADDED, score=0)), ["scores[0].score"]),
        (
            scores(ScoreDecision(criterion_id="open", decision=DECISION_ADDED, score=float("nan"))),
            ["scores[0].score"],
        ),
    ],
)
def test_malformed_decisions_name_their_fields(decisions: Decisions, fields: list[str]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_decisions(decisions, RESPONSE)
    assert list(caught.value.metadata) == [f"decisions.{field}" for field in fields]


def test_sound_decisions_pass() -> None:
    check_decisions(Decisions(rater="t"), RESPONSE)
    anchored = own(criterion_id="open", anchor=Anchor(start=3, end=4, quote="🙂"))
    check_decisions(
        points(
            PointDecision(point_id="p", decision=DECISION_EDITED, point=anchored),
            PointDecision(point_id="q", decision=DECISION_REJECTED),
            *[PointDecision(decision=DECISION_ADDED, point=OWN)] * 2,
        ),
        RESPONSE,
    )
    check_decisions(
        scores(
            ScoreDecision(criterion_id="scored", decision=DECISION_EDITED, score=5, rationale="왜냐하면"),
            ScoreDecision(criterion_id="open", decision=DECISION_ADDED, score=1),
        ),
        RESPONSE,
    )

"""The limits of what is asked, and what people say, about a stored feedback."""

from collections.abc import Iterator
from functools import partial

from chorus.feedback.v1.decision_pb2 import (
    DECISION_ADDED,
    DECISION_KEPT,
    Decisions,
    PointDecision,
    ScoreDecision,
)
from chorus.feedback.v1.feedback_pb2 import POLARITY_STRENGTH, SEVERITY_MINOR, Anchor, CriterionScore, Point
from chorus.feedback.v1.feedback_service_pb2 import (
    DeleteFeedbackRequest,
    GetStoredFeedbackRequest,
    RecordDecisionsRequest,
    RecordScoresRequest,
)
from orchestrator.review import request_check as review
from orchestrator.servicers import decision_check, rater_check, stored_feedbacks
from tests.contract.limits.limit import (
    CRITERIA,
    FEEDBACK,
    FEEDBACK_ID,
    Limit,
    at_most,
    padded,
    span,
)


def people_limits() -> Iterator[Limit]:
    """Yields those of ids, scores and decisions."""
    yield from _stored()
    yield from _scores()
    yield from _decisions()


def _stored() -> Iterator[Limit]:
    most = stored_feedbacks.MAX_FEEDBACK_ID
    for request in (
        GetStoredFeedbackRequest,
        RecordScoresRequest,
        RecordDecisionsRequest,
        DeleteFeedbackRequest,
    ):
        yield Limit(
            f"{FEEDBACK}{request.DESCRIPTOR.name}.feedback_id",
            span(1, most),
            "feedback_id",
            [request(feedback_id="가"), request(feedback_id="가" * most)],
            [request(feedback_id=""), request(feedback_id="가" * (most + 1))],
        )


def _anchor(length: int) -> Anchor:
    return Anchor(end=length, quote="a" * length)


def _scores() -> Iterator[Limit]:
    def of(*scores: CriterionScore, rater: str = "r") -> RecordScoresRequest:
        return RecordScoresRequest(feedback_id=FEEDBACK_ID, rater=rater, scores=scores)

    score = partial(CriterionScore, criterion_id=CRITERIA[0], score=1)

    def sized(size: int) -> RecordScoresRequest:
        request = of(score(evidence=[_anchor(review.MAX_TEXT)] * 10))
        place = request.scores[0].evidence.add()
        padded(request, size - 20, lambda length: place.CopyFrom(_anchor(length)))
        padded(request, size, lambda length: setattr(request.scores[0], "rationale", "a" * length))
        assert request.ByteSize() == size
        return request

    one_each = [CriterionScore(criterion_id=each, score=1) for each in CRITERIA]
    yield Limit(
        FEEDBACK + "RecordScoresRequest",
        f"at most {rater_check.MAX_SAID_BYTES // 2**20} MiB",
        "scores",
        [sized(rater_check.MAX_SAID_BYTES)],
        [sized(rater_check.MAX_SAID_BYTES + 1)],
    )
    yield Limit(
        FEEDBACK + "RecordScoresRequest.rater",
        span(1, rater_check.MAX_RATER),
        "rater",
        [of(score(), rater="가" * rater_check.MAX_RATER)],
        [of(score(), rater=""), of(score(), rater="가" * (rater_check.MAX_RATER + 1))],
    )
    yield Limit(FEEDBACK + "RecordScoresRequest.scores", "at least 1", "scores", [of(score())], [of()])
    yield Limit(
        FEEDBACK + "RecordScoresRequest.scores",
        "at most one",
        "scores",
        [of(*one_each)],
        [of(*one_each, score())],
    )
    most = rater_check.MAX_SAID
    yield Limit(
        FEEDBACK + "CriterionScore.rationale",
        at_most(most),
        "scores[0].rationale",
        [of(score(rationale="가" * most))],
        [of(score(rationale="가" * (most + 1)))],
    )
    most = rater_check.MAX_EVIDENCE
    yield Limit(
        FEEDBACK + "CriterionScore.evidence",
        at_most(most),
        "scores[0].evidence",
        [of(score(evidence=[_anchor(1)] * most))],
        [of(score(evidence=[_anchor(1)] * (most + 1)))],
    )
    yield Limit(
        FEEDBACK + "Anchor.start",
        "not negative",
        "scores[0].evidence[0]",
        [of(score(evidence=[_anchor(2)]))],
        [of(score(evidence=[Anchor(start=-1, end=1, quote="ab")]))],
    )
    yield Limit(
        FEEDBACK + "Anchor.end",
        at_most(review.MAX_TEXT),
        "scores[0].evidence[0]",
        [of(score(evidence=[_anchor(review.MAX_TEXT)]))],
        [of(score(evidence=[_anchor(review.MAX_TEXT + 1)]))],
    )


def _decisions() -> Iterator[Limit]:
    def of(**fields: object) -> RecordDecisionsRequest:
        decisions = Decisions(**{"rater": "r"} | fields)  # type: ignore[arg-type]
        return RecordDecisionsRequest(feedback_id=FEEDBACK_ID, decisions=decisions)

    def added(**fields: str) -> PointDecision:
        own = {"observation": "o", "polarity": POLARITY_STRENGTH, "severity": SEVERITY_MINOR} | fields
        return PointDecision(decision=DECISION_ADDED, point=Point(**own))  # type: ignore[arg-type]

    def sized(size: int) -> RecordDecisionsRequest:
        long = dict.fromkeys(("reason", "next_step", "issue"), "a" * rater_check.MAX_SAID)
        request = of(points=[added(**long)] * (size // 13_000) + [added()] * 30)
        for point in request.decisions.points[-30:]:
            room = size - request.decisions.ByteSize()
            point.point.reason = "a" * min(max(room - 10, 0), rater_check.MAX_SAID)
        last = request.decisions.points[-1].point
        padded(request.decisions, size, lambda length: setattr(last, "observation", "a" * (length + 1)))
        assert request.decisions.ByteSize() == size
        return request

    yield Limit(
        FEEDBACK + "RecordDecisionsRequest.decisions",
        f"at most {rater_check.MAX_SAID_BYTES // 2**20} MiB",
        "decisions",
        [sized(rater_check.MAX_SAID_BYTES)],
        [sized(rater_check.MAX_SAID_BYTES + 1)],
    )
    yield Limit(
        FEEDBACK + "Decisions.rater",
        span(1, rater_check.MAX_RATER),
        "decisions.rater",
        [of(), of(rater="가" * rater_check.MAX_RATER)],
        [of(rater=""), of(rater="가" * (rater_check.MAX_RATER + 1))],
    )
    most = decision_check.MAX_POINTS
    yield Limit(
        FEEDBACK + "Decisions.points",
        at_most(most),
        "decisions.points",
        [of(points=[added()] * most)],
        [of(points=[added()] * (most + 1))],
    )
    one_each = [ScoreDecision(criterion_id=each, decision=DECISION_KEPT) for each in CRITERIA]
    yield Limit(
        FEEDBACK + "Decisions.scores",
        "at most one",
        "decisions.scores",
        [of(scores=one_each)],
        [of(scores=[*one_each, one_each[0]])],
    )
    most = rater_check.MAX_SAID
    for field in ("id", "issue", "observation", "reason", "next_step", "suggested_rewrite"):
        yield Limit(
            FEEDBACK + "PointDecision.point",
            at_most(most),
            f"decisions.points[0].point.{field}",
            [of(points=[added(**{field: "가" * most})])],
            [of(points=[added(**{field: "가" * (most + 1)})])],
        )
    score = partial(ScoreDecision, criterion_id=CRITERIA[0], decision=DECISION_KEPT)
    yield Limit(
        FEEDBACK + "ScoreDecision.rationale",
        at_most(most),
        "decisions.scores[0].rationale",
        [of(scores=[score(rationale="가" * most)])],
        [of(scores=[score(rationale="가" * (most + 1))])],
    )

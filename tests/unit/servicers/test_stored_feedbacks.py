from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from chorus.feedback.v1.decision_pb2 import DECISION_ADDED, Decisions, PointDecision
from chorus.feedback.v1.feedback_pb2 import (
    POLARITY_STRENGTH,
    SEVERITY_MINOR,
    Anchor,
    CriterionScore,
    Point,
)
from chorus.feedback.v1.feedback_service_pb2 import (
    GetFeedbackResponse,
    RecordDecisionsRequest,
    RecordScoresRequest,
)
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.servicers.rater_check import MAX_SAID
from orchestrator.servicers.stored_feedbacks import StoredFeedbacks
from orchestrator.store.sqlite import SqliteStore
from rpckit.errors import FeedbackNotFound, InvalidRequest

LEVELS = [Level(score=1), Level(score=5)]
RUBRIC = Rubric(criteria=[Criterion(id="c", levels=LEVELS)])
RESPONSE = GetFeedbackResponse(feedback_id="f1", rubric=RUBRIC)
ANCHOR = Anchor(start=3, end=5, quote="가나")
SCORES = RecordScoresRequest(
    feedback_id="f1", rater="t", scores=[CriterionScore(criterion_id="c", score=3, evidence=[ANCHOR])]
)
OWN = Point(observation="말했다", polarity=POLARITY_STRENGTH, severity=SEVERITY_MINOR, anchor=ANCHOR)
DECISIONS = RecordDecisionsRequest(
    feedback_id="f1",
    decisions=Decisions(rater="t", points=[PointDecision(decision=DECISION_ADDED, point=OWN)], final=True),
)
NOW = 1_800_000_000.5


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await store.keep_response("", b"", "ann", RESPONSE)
        yield store


@pytest.fixture
async def feedbacks(store: SqliteStore, tmp_path: Path) -> AsyncIterator[StoredFeedbacks]:
    async with SqliteJudgementHistory.open(tmp_path / "s") as history:
        yield StoredFeedbacks(store, RaterCalibrator(history), clock=lambda: NOW)


async def fail(store: SqliteStore) -> None:
    """Keeps what a call of ann's leaves that found no quorum, under the id "failed"."""
    await store.open_request("r1", b"hash")
    await store.name_results("r1", "ann", "failed")


async def test_a_feedback_is_given_again_with_what_people_said(feedbacks: StoredFeedbacks) -> None:
    await feedbacks.record_scores("ann", SCORES)
    await feedbacks.record_decisions("ann", DECISIONS)
    stored = await feedbacks.get("ann", "f1")
    assert (stored.response, stored.caller) == (RESPONSE, "ann")
    (scored,), (decided,) = stored.scores, stored.decisions
    assert (scored.rater, scored.scores[0].score) == ("t", 3)
    assert (decided.rater, decided.final, decided.points[0].point.observation) == ("t", True, "말했다")
    for anchor in (scored.scores[0].evidence[0], decided.points[0].point.anchor):
        assert (anchor.quote, anchor.match) == ("가나", Anchor.MATCH_EXACT)
    for said in (scored, decided):
        assert said.record_time.ToNanoseconds() == NOW * 1e9
    assert stored.expire_time.ToSeconds() - stored.create_time.ToSeconds() == 60


async def test_another_callers_feedback_is_told_apart_from_none_by_nothing(
    feedbacks: StoredFeedbacks, store: SqliteStore
) -> None:
    await fail(store)

    def asked(caller: str, feedback_id: str) -> list[Awaitable[object]]:
        scores = RecordScoresRequest(feedback_id=feedback_id, rater="t")
        decisions = RecordDecisionsRequest(feedback_id=feedback_id)
        return [
            feedbacks.get(caller, feedback_id),
            feedbacks.record_scores(caller, scores),
            feedbacks.record_decisions(caller, decisions),
            feedbacks.delete(caller, feedback_id),
        ]

    told = set()
    for each in (*asked("bob", "f1"), *asked("bob", "failed"), *asked("bob", "none"), *asked("", "f1")):
        with pytest.raises(FeedbackNotFound) as caught:
            await each
        told.add((caught.value.text, *caught.value.metadata, *caught.value.details))
    assert len(told) == 1
    assert await feedbacks.get("ann", "f1")


async def test_a_call_that_failed_has_no_feedback(feedbacks: StoredFeedbacks, store: SqliteStore) -> None:
    await fail(store)
    with pytest.raises(FeedbackNotFound):
        await feedbacks.get("ann", "failed")


async def test_what_is_deleted_is_not_found_again(feedbacks: StoredFeedbacks, store: SqliteStore) -> None:
    await fail(store)
    for feedback_id in ("f1", "failed"):
        await feedbacks.delete("ann", feedback_id)
        with pytest.raises(FeedbackNotFound):
            await feedbacks.delete("ann", feedback_id)


@pytest.mark.parametrize("feedback_id", ["", "f" * 65])
async def test_an_id_that_cannot_be_one_is_named(feedbacks: StoredFeedbacks, feedback_id: str) -> None:
    asked: tuple[Awaitable[object], ...] = (
        feedbacks.get("ann", feedback_id),
        feedbacks.record_scores("ann", RecordScoresRequest(feedback_id=feedback_id)),
        feedbacks.record_decisions("ann", RecordDecisionsRequest(feedback_id=feedback_id)),
        feedbacks.delete("ann", feedback_id),
    )
    for each in asked:
        with pytest.raises(InvalidRequest) as caught:
            await each
        assert list(caught.value.metadata) == ["feedback_id"]


async def test_what_people_say_about_one_feedback_is_bounded_and_may_be_said_anew(
    feedbacks: StoredFeedbacks,
) -> None:
    long = Point(
        observation="가" * MAX_SAID,
        reason="나" * MAX_SAID,
        polarity=POLARITY_STRENGTH,
        severity=SEVERITY_MINOR,
    )
    points = [PointDecision(decision=DECISION_ADDED, point=long)] * 40
    for rater in "abcd":
        request = RecordDecisionsRequest(feedback_id="f1", decisions=Decisions(rater=rater, points=points))
        await feedbacks.record_decisions("ann", request)
        await feedbacks.record_decisions("ann", request)
    request.decisions.rater = "e"
    with pytest.raises(InvalidRequest) as caught:
        await feedbacks.record_decisions("ann", request)
    assert list(caught.value.metadata) == ["decisions"]
    await feedbacks.record_scores("ann", SCORES)

"""What becomes of a feedback once it is given: it is looked up, people judge it, it is deleted."""

import time
from collections.abc import Callable, Iterable

from google.protobuf import message, timestamp_pb2

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.servicers.decision_check import check_decisions
from orchestrator.servicers.rater_check import with_match
from orchestrator.servicers.score_check import check_scores
from orchestrator.store.store import Store, StoredFeedback
from rpckit.errors import FeedbackNotFound, InvalidRequest

MAX_FEEDBACK_ID = 64
# Of all that people say about one feedback: it has to fit a message with the response.
MAX_SAID_BYTES_OF_ALL = 4 * 1024 * 1024


class StoredFeedbacks:
    """The stored feedbacks, each for its own caller alone.

    Each method raises FeedbackNotFound where the caller has no feedback of that id. Another caller's is
    answered like none at all.
    """

    def __init__(
        self, store: Store, calibrator: RaterCalibrator, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._calibrator = calibrator
        self._clock = clock

    async def get(self, caller: str, feedback_id: str) -> feedback_service_pb2.GetStoredFeedbackResponse:
        """Returns the answer and what people said about it."""
        found, response = await self._answered(caller, feedback_id)
        return feedback_service_pb2.GetStoredFeedbackResponse(
            response=response,
            scores=found.scores,
            decisions=found.decisions,
            caller=caller,
            create_time=_timestamp(found.created_at),
            expire_time=_timestamp(found.expires_at),
        )

    async def record_scores(self, caller: str, request: feedback_service_pb2.RecordScoresRequest) -> None:
        """Keeps a person's scores, and learns from them.

        Raises:
            InvalidRequest: It names every field that is wrong.
        """
        found, response = await self._answered(caller, request.feedback_id)
        check_scores(request, response.rubric)
        others = (each for each in found.scores if each.rater != request.rater)
        _check_size("scores", request, (*others, *found.decisions))
        scores = feedback_service_pb2.RecordedScores(
            rater=request.rater, scores=request.scores, record_time=_timestamp(self._clock())
        )
        _complete(anchor for score in scores.scores for anchor in score.evidence)
        if not await self._store.keep_scores(caller, request.feedback_id, scores):
            raise _not_found()
        self._calibrator.learn_from_person(
            caller, request.feedback_id, request.rater, request.scores, response.rubric
        )

    async def record_decisions(
        self, caller: str, request: feedback_service_pb2.RecordDecisionsRequest
    ) -> None:
        """Keeps what a person decided.

        Raises:
            InvalidRequest: It names every field that is wrong.
        """
        found, response = await self._answered(caller, request.feedback_id)
        check_decisions(request.decisions, response)
        others = (each for each in found.decisions if each.rater != request.decisions.rater)
        _check_size("decisions", request, (*others, *found.scores))
        decisions = decision_pb2.Decisions()
        decisions.CopyFrom(request.decisions)
        decisions.record_time.CopyFrom(_timestamp(self._clock()))
        _complete(each.point.anchor for each in decisions.points if each.point.HasField("anchor"))
        if not await self._store.keep_decisions(caller, request.feedback_id, decisions):
            raise _not_found()

    async def delete(self, caller: str, feedback_id: str) -> None:
        """Deletes all that is stored of a feedback, or of a call that failed under its id."""
        await self._find(caller, feedback_id)
        # What it taught goes first: once the feedback is gone, no second try could find whose it was.
        await self._calibrator.forget(feedback_id)
        if not await self._store.delete_feedback(caller, feedback_id):
            raise _not_found()

    async def _answered(
        self, caller: str, feedback_id: str
    ) -> tuple[StoredFeedback, feedback_service_pb2.GetFeedbackResponse]:
        found = await self._find(caller, feedback_id)
        if found.response is None:
            raise _not_found()
        return found, found.response

    async def _find(self, caller: str, feedback_id: str) -> StoredFeedback:
        if not 1 <= len(feedback_id) <= MAX_FEEDBACK_ID:
            raise InvalidRequest({"feedback_id": f"not 1 to {MAX_FEEDBACK_ID} characters"})
        found = await self._store.feedback(caller, feedback_id)
        if found is None:
            raise _not_found()
        return found


def _not_found() -> FeedbackNotFound:
    return FeedbackNotFound("the caller has no feedback of that id")


def _check_size(field: str, request: message.Message, others: Iterable[message.Message]) -> None:
    if request.ByteSize() + sum(each.ByteSize() for each in others) > MAX_SAID_BYTES_OF_ALL:
        raise InvalidRequest(
            {field: f"people would have said more than {MAX_SAID_BYTES_OF_ALL} bytes in all"}
        )


def _complete(anchors: Iterable[feedback_pb2.Anchor]) -> None:
    for anchor in anchors:
        with_match(anchor)


def _timestamp(seconds: float) -> timestamp_pb2.Timestamp:
    timestamp = timestamp_pb2.Timestamp()
    timestamp.FromMicroseconds(round(seconds * 1e6))
    return timestamp

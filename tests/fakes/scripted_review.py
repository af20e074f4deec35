"""Reviews that buy answers and wait."""

import asyncio
from collections.abc import AsyncGenerator

from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, GetFeedbackResponse
from chorus.feedback.v1.merged_pb2 import MergedFeedback
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.failure_pb2 import ERROR_REASON_TIMEOUT, Failure
from orchestrator.panel.audience import Audience
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.review.submission_reviewer import Event, ProvisionalMerge, ReviewEvent, SubmissionReviewer
from orchestrator.time_budget import TimeBudget
from rpckit.errors import QuorumNotReached

REQUEST = GetFeedbackRequest(submission=Submission(text="A text."), request_id="r1")
WITHOUT_ID = GetFeedbackRequest(submission=REQUEST.submission)
BOUGHT = ModelResult(model="a/b", feedback=ModelFeedback(summary="fine"))


class ScriptedReview(SubmissionReviewer):
    """Buys one answer, waits for `go`, says a point if somebody listens, then responds or fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.go = asyncio.Event()
        self.started = asyncio.Event()
        self.fails = fails
        self.bought = 0
        self.ended = 0
        self.merges = 0
        self.deltas = 0

    @override
    async def review(
        self, request: GetFeedbackRequest, budget: TimeBudget, earlier: EarlierRun, audience: Audience
    ) -> AsyncGenerator[ReviewEvent]:
        try:
            yield Event(accepted=Event.Accepted(models=["a/b"]))
            if BOUGHT.model not in earlier.results:
                self.bought += 1
            yield Event(result=BOUGHT)
            yield ProvisionalMerge(self._merge)
            self.started.set()
            await self.go.wait()
            if audience.is_listening:
                self.deltas += 1
                yield Event(delta=Event.Delta(model="c/d"))
            if self.fails:
                raise QuorumNotReached("1 of 2")
            response = GetFeedbackResponse(results=[BOUGHT], feedback_id=f"f{self.bought}")
            yield Event(response=response)
        finally:
            self.ended += 1

    async def _merge(self) -> MergedFeedback:
        self.merges += 1
        return MergedFeedback(version=f"{self.merges}")


class SlowModelReview(SubmissionReviewer):
    """Buys one answer, waits for `go`, and has a second one where 30 seconds are left.

    Args:
        substitute_for: The model in whose place the second one is asked, if it is.
    """

    def __init__(self, substitute_for: str = "") -> None:
        self.substitute_for = substitute_for
        self.go = asyncio.Event()
        self.started = asyncio.Event()
        self.asked: list[str] = []

    @override
    async def review(
        self, request: GetFeedbackRequest, budget: TimeBudget, earlier: EarlierRun, audience: Audience
    ) -> AsyncGenerator[ReviewEvent]:
        self.asked += [name for name in ("a/b", "slow/c") if name not in earlier.results]
        yield Event(accepted=Event.Accepted(models=["a/b", "slow/c"]))
        yield Event(result=BOUGHT)
        self.started.set()
        await self.go.wait()
        slow = ModelResult(model="slow/c", failure=Failure(reason=ERROR_REASON_TIMEOUT))
        if budget.deadline.remaining() > 30:
            slow = ModelResult(model="slow/c", feedback=ModelFeedback(summary="late"))
        slow.substitute_for = self.substitute_for
        yield Event(result=slow)
        yield Event(response=GetFeedbackResponse(results=[BOUGHT, slow], feedback_id=f"f{len(self.asked)}"))

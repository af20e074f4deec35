"""A review that buys one answer and waits."""

import asyncio
from collections.abc import AsyncGenerator

from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, GetFeedbackResponse
from chorus.feedback.v1.submission_pb2 import Submission
from orchestrator.review import Event, Results
from rpckit.call import Deadline
from rpckit.errors import QuorumNotReached

REQUEST = GetFeedbackRequest(submission=Submission(text="A text."), request_id="r1")
BOUGHT = ModelResult(model="a/b", feedback=ModelFeedback(summary="fine"))


class ScriptedReview:
    """Buys one answer, waits for `go`, then responds or fails."""

    def __init__(self, *, fails: bool = False) -> None:
        self.go = asyncio.Event()
        self.started = asyncio.Event()
        self.fails = fails
        self.bought = 0
        self.ended = 0

    async def review(
        self, request: GetFeedbackRequest, deadline: Deadline, kept: Results
    ) -> AsyncGenerator[Event]:
        try:
            yield Event(accepted=Event.Accepted(models=["a/b"]))
            if BOUGHT.model not in kept:
                self.bought += 1
            yield Event(result=BOUGHT)
            self.started.set()
            await self.go.wait()
            if self.fails:
                raise QuorumNotReached("1 of 2")
            response = GetFeedbackResponse(results=[BOUGHT], feedback_id=f"f{self.bought}")
            yield Event(response=response)
        finally:
            self.ended += 1

"""The seam between the runs of requests and what reviews a submission."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Protocol

from chorus.feedback.v1 import feedback_service_pb2, merged_pb2
from orchestrator.panel.audience import Audience
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline

Event = feedback_service_pb2.StreamFeedbackResponse


class ProvisionalMerge:
    """A merge of the answers so far, made when somebody first wants to see it, and only once.

    A merge takes tens of milliseconds of processor time, and callers who wait for the response alone see only
    the last one.
    """

    def __init__(self, merge_so_far: Callable[[], Awaitable[merged_pb2.MergedFeedback]]) -> None:
        self._merge = merge_so_far
        self._event: Event | None = None
        self._turn = asyncio.Lock()

    async def event(self, until: Deadline) -> Event | None:
        """Makes the merge, if nobody has yet; None: it would take longer, and the response comes next."""
        try:
            async with asyncio.timeout(until.remaining()), self._turn:
                if self._event is None:
                    self._event = Event(merged=await self._merge())
        except TimeoutError:
            return None
        return self._event


ReviewEvent = Event | ProvisionalMerge


class SubmissionReviewer(Protocol):
    """Reviews one submission from start to end: `ReviewPipeline`, or a test's script."""

    def review(
        self,
        request: feedback_service_pb2.GetFeedbackRequest,
        budget: TimeBudget,
        earlier: EarlierRun,
        audience: Audience,
    ) -> AsyncGenerator[ReviewEvent]:
        """Yields what happens, in the order that `StreamFeedback` documents; the `response` comes last.

        What the earlier run of the request has bought is not bought again. If it had a response, and no other
        model answers now, that response comes once more; if one does, the new response keeps its feedback_id.
        While the audience does not listen, there are no deltas.

        Raises:
            ChorusError: The request is malformed, or the policy was not met in time.
        """

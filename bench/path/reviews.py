"""Asks for reviews, and reads what processes have taken for them."""

import time
from collections.abc import Sequence
from typing import Any

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy, StreamFeedbackRequest
from chorus.feedback.v1.merged_pb2 import Panel
from chorus.feedback.v1.submission_pb2 import Submission

_DEADLINE_SECONDS = 300.0


def review_of(text: str, language_code: str, models: Sequence[str]) -> GetFeedbackRequest:
    """Returns the request of a review by these models and no other."""
    return GetFeedbackRequest(
        submission=Submission(text=text, language_code=language_code),
        models=models,
        policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE, wait_for_all=True),
    )


async def ask(stub: Any, request: GetFeedbackRequest) -> Any:
    """Waits for the response alone."""
    return await stub.GetFeedback(request, timeout=_DEADLINE_SECONDS)


async def listen(stub: Any, request: GetFeedbackRequest) -> Any:
    """Waits for the response, and hears the early points."""
    events = stub.StreamFeedback(StreamFeedbackRequest(request=request), timeout=_DEADLINE_SECONDS)
    *_, last = [event async for event in events]
    return last.response


async def spent(pids: Sequence[int], asking: Any, stub: Any, request: GetFeedbackRequest) -> list[float]:
    """Has a work reviewed; returns the milliseconds of processor time that each process took."""
    before = [processor_seconds(each) for each in pids]
    response = await asking(stub, request)
    taken = [1000 * (processor_seconds(pid) - at) for pid, at in zip(pids, before, strict=True)]
    # On a machine whose cores are taken a connection may be given up; that review would be a smaller one.
    complete = response.merged.panel.state == Panel.STATE_COMPLETE
    return taken if complete else await spent(pids, asking, stub, request)


def processor_seconds(pid: int) -> float:
    """Returns what all threads of a process have taken so far, as clock_getcpuclockid(3) reads it."""
    return time.clock_gettime((~pid << 3) | 2)

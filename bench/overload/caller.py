"""Calls an orchestrator whether or not it keeps up, and says what became of each call."""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import grpc

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy
from chorus.feedback.v1.submission_pb2 import Submission
from rpckit.errors import from_rpc_error, is_from_chorus, reason_name

_TEXT = "Our school needs a garden. Students would learn how plants grow."
OK = "OK"


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of a call.

    Attributes:
        outcome: OK, the reason of a typed error, or "bare" and the code of one that nobody has typed.
        seconds: From the call to its end.
        has_delay: Whether an error says when to come back.
    """

    outcome: str
    seconds: float
    has_delay: bool = False


async def offer(
    stub: Any, rate: float, seconds: float, deadline: float, models: Sequence[str]
) -> list[Ended]:
    """Calls at an even rate, and waits for the last call to end."""
    calls = []
    began_at = time.monotonic()
    for number in range(round(rate * seconds)):
        await asyncio.sleep(max(0.0, began_at + number / rate - time.monotonic()))
        calls.append(asyncio.create_task(call(stub, deadline, models)))
    return list(await asyncio.gather(*calls))


async def call(stub: Any, deadline: float, models: Sequence[str]) -> Ended:
    """Asks once."""
    request = GetFeedbackRequest(
        request_id=uuid.uuid4().hex,
        submission=Submission(text=_TEXT, language_code="en"),
        models=models,
        policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE),
    )
    began_at = time.monotonic()
    try:
        await stub.GetFeedback(request, timeout=deadline)
    except grpc.aio.AioRpcError as error:
        seconds = time.monotonic() - began_at
        if not is_from_chorus(error):
            return Ended(f"bare {error.code().name}", seconds)
        typed = from_rpc_error(error)
        return Ended(reason_name(typed.reason), seconds, typed.retry_delay is not None)
    return Ended(OK, time.monotonic() - began_at)


def outcomes(ended: Sequence[Ended]) -> str:
    """Returns how often each outcome came, the most frequent first."""
    counts = Counter(each.outcome for each in ended)
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())

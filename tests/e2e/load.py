"""Generates load from a host of its own: `python -m tests.e2e.load TARGET MODEL...`.

For each call that has ended it prints a line: OK and the panel's state, or the code and what was wrong. It
ends when its standard input does, with the last call; or after so many calls.
"""

import asyncio
import sys
import uuid
from typing import Any

import grpc

from chorus.feedback.v1 import feedback_service_pb2_grpc
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy
from chorus.feedback.v1.merged_pb2 import Panel
from chorus.feedback.v1.submission_pb2 import Submission
from rpckit.call import REQUEST_ID_KEY
from rpckit.channel import connect
from rpckit.settings import Environment, Security

_AT_ONCE = 6
_MOST_CALLS = 5000
_DEADLINE_SECONDS = 60
_SERVICE = "chorus.feedback.v1.FeedbackService"


async def main(target: str, models: list[str]) -> None:
    """Keeps some calls running until standard input ends."""
    over = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    calls = iter(range(_MOST_CALLS))
    async with connect(target, _SERVICE, security=Security.read(Environment())) as channel:
        stub = feedback_service_pb2_grpc.FeedbackServiceStub(channel)

        async def keep_calling() -> None:
            while not over.done() and next(calls, None) is not None:
                sys.stdout.write(f"{await _call(stub, models)}\n")
                sys.stdout.flush()

        await asyncio.gather(*(keep_calling() for _ in range(_AT_ONCE)))


async def _call(stub: Any, models: list[str]) -> str:
    request_id = uuid.uuid4().hex
    request = GetFeedbackRequest(
        request_id=request_id,
        submission=Submission(text="Our school needs a garden. Students would learn how plants grow."),
        models=models,
        policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE),
    )
    try:
        response = await stub.GetFeedback(
            request, timeout=_DEADLINE_SECONDS, metadata=((REQUEST_ID_KEY, request_id),)
        )
    except grpc.aio.AioRpcError as error:
        return f"{error.code().name} {error.details()}"
    return f"OK {Panel.State.Name(response.merged.panel.state)}"


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))

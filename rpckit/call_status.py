"""Ends a call: its trailing metadata, and the status that an exception becomes.

Trailing metadata reaches callers after unary calls and streams alike, in every language. Initial metadata
would come earlier, but gRPC retries no call whose initial metadata has arrived: when a server died, its calls
would fail, while now another replica answers them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc

from rpckit import log
from rpckit.call import REQUEST_ID_KEY
from rpckit.cancelled_batch import finish_status
from rpckit.errors import STATUS_KEY, ChorusError, Internal, Unavailable, reason_name, to_status
from rpckit.version import VERSION, VERSION_KEY

if TYPE_CHECKING:
    # The class is generic in the stubs and not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(slots=True)
class CallOutcome:
    """The code and the reason that a call has ended with."""

    code: grpc.StatusCode = grpc.StatusCode.OK
    reason: str = ""


@asynccontextmanager
async def answering(
    context: Context, method: str, request_id: str, outcome: CallOutcome
) -> AsyncIterator[None]:
    """Answers a call: sends trailing metadata with its status, which any exception of the block becomes.

    `outcome` is filled with what the call ended with.
    """
    context.set_trailing_metadata(_trailing_metadata(request_id))
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            outcome.code = grpc.StatusCode.CANCELLED
            raise
        # Nobody cancelled this call, so the error came from inside it. If it left the handler, grpc would
        # never answer the client.
        log.unexpected(method, error)
        await _abort(Internal("a part of the call was cancelled"), request_id, context, outcome)
    except grpc.aio.AbortError:
        # The handler has sent a status itself.
        raise
    except ChorusError as error:
        await _abort(error, request_id, context, outcome)
    except Exception as error:  # noqa: BLE001 - the one place where any error becomes an answer
        log.unexpected(method, error)
        await _abort(Internal("internal error"), request_id, context, outcome)


async def _abort(error: ChorusError, request_id: str, context: Context, outcome: CallOutcome) -> None:
    status = to_status(error)
    outcome.code, outcome.reason = error.code, reason_name(error.reason)
    trailing: list[tuple[str, str | bytes]] = [
        (STATUS_KEY, status.SerializeToString()),
        *_trailing_metadata(request_id),
    ]
    if isinstance(error, Unavailable):
        # This server has tried the work already. Only a dead or draining server is worth a retry elsewhere.
        trailing.append(("grpc-retry-pushback-ms", "-1"))
    await finish_status(partial(context.abort, error.code, status.message, tuple(trailing)))


def _trailing_metadata(request_id: str) -> tuple[tuple[str, str], ...]:
    return ((REQUEST_ID_KEY, request_id), (VERSION_KEY, VERSION))

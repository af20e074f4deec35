"""Tests a Redis whose connection is lost at the moment of a write, under the event loop of the servers."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from redis.asyncio import Redis
from redis.asyncio.connection import Connection
from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from orchestrator.calibration.judgement_history import Judgement
from orchestrator.calibration.redis import RedisJudgementHistory
from orchestrator.store.connection import connected
from orchestrator.store.model_call import ModelCall
from orchestrator.store.redis import RedisStore
from orchestrator.store.store import StoreError
from tests.fakes.redis_server import RedisServer, redis_server
from tests.patience import PATIENCE

RESULT = ModelResult(model="a/b")
RESPONSE = GetFeedbackResponse(feedback_id="f1")
CALL = ModelCall("a/b", answered=True, seconds=1, output_tokens_per_second=1)
LEASE, LEASE_SECONDS = "chorus:lease:r1", 3.0
JUDGEMENT = Judgement("rater", 0, 2.5, 2.0)


class LosingConnection(Connection):
    """Loses its socket as it begins to write, so many times."""

    losses: float = 0

    @override
    async def _send_packed_command(self, command: Any) -> None:
        if LosingConnection.losses:
            LosingConnection.losses -= 1
            assert self._writer is not None
            self._writer.transport.abort()
            await self._writer.wait_closed()
        await super()._send_packed_command(command)


@asynccontextmanager
async def losing_client(folder: Path) -> AsyncIterator[tuple[Redis, RedisServer]]:
    LosingConnection.losses = 0
    async with redis_server(folder) as server, connected(server.url) as client:
        await client.connection_pool.disconnect()
        client.connection_pool.reset()  # type: ignore[no-untyped-call]
        client.connection_pool.connection_class = LosingConnection
        await client.ping()
        yield client, server


async def lease(client: Redis) -> None:
    async with RedisStore(client, 60).lease("r1"):
        pass


OPERATIONS: dict[str, Callable[[Redis], Awaitable[Any]]] = {
    "lease": lease,
    "open_request": lambda client: RedisStore(client, 60).open_request("r1", b"hash"),
    "keep_result": lambda client: RedisStore(client, 60).keep_result("r1", b"hash", RESULT),
    "keep_response": lambda client: RedisStore(client, 60).keep_response("r1", b"hash", "ann", RESPONSE),
    "feedback": lambda client: RedisStore(client, 60).feedback("ann", "f1"),
    "add_calls": lambda client: RedisStore(client, 60).add_calls([CALL]),
    "add_judgements": lambda client: RedisJudgementHistory(client).add_judgements("f1", "work", [JUDGEMENT]),
    "residual_sums": lambda client: RedisJudgementHistory(client).residual_sums(["rater"], 1),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_lost_once_is_sent_again(tmp_path: Path, operation: str) -> None:
    async def run() -> None:
        async with losing_client(tmp_path) as (client, _):
            LosingConnection.losses = 1
            await OPERATIONS[operation](client)
            assert not LosingConnection.losses

    uvloop.run(run())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_lost_every_time_is_a_failure_of_the_store(tmp_path: Path, operation: str) -> None:
    async def run() -> None:
        async with losing_client(tmp_path) as (client, _):
            LosingConnection.losses = math.inf
            with pytest.raises(StoreError):
                await OPERATIONS[operation](client)

    uvloop.run(run())


def test_a_lease_is_renewed_after_a_renewal_that_was_lost(tmp_path: Path) -> None:
    async def run() -> None:
        async with (
            losing_client(tmp_path) as (client, server),
            server.client() as other,
            RedisStore(client, 60, LEASE_SECONDS).lease("r1"),
            asyncio.timeout(PATIENCE),
        ):
            # It is sent twice.
            LosingConnection.losses = 2
            while LosingConnection.losses:  # noqa: ASYNC110 - a number does not say that it has changed
                await asyncio.sleep(0.01)
            before = await other.pttl(LEASE)
            while (left := await other.pttl(LEASE)) <= before:
                assert left > 0
                before = left
                await asyncio.sleep(0.01)

    uvloop.run(run())

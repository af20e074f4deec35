"""Tests orchestrators whose Redis stops for a while, as one that its disk holds up: nothing is paid twice."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.store.patient import PatientStore
from rpckit.call import Deadline
from tests.fakes.redis_server import RedisServer, redis_server, redis_store
from tests.fakes.scripted_review import BOUGHT, REQUEST, ScriptedReview

# Shorter than a silent store is waited for, and longer than any other patience with a Redis.
FROZEN_SECONDS = 3.0


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    async with redis_server(tmp_path) as server:
        yield server


@asynccontextmanager
async def frozen(server: RedisServer) -> AsyncIterator[None]:
    server.send(signal.SIGSTOP)
    try:
        yield
    finally:
        server.send(signal.SIGCONT)


async def test_repeats_at_a_redis_that_stops_for_a_while_are_bought_once(server: RedisServer) -> None:
    script = ScriptedReview()
    script.go.set()
    async with AsyncExitStack() as stack:
        stores = [await stack.enter_async_context(redis_store(server.url, 60)) for _ in range(2)]
        patient = [PatientStore(store) for store in stores]
        replicas = [IdempotentRuns(script, each) for each in patient]
        assert not (await replicas[0].response(REQUEST, Deadline.after(60))).replayed
        async with frozen(server):
            repeats = [asyncio.create_task(each.response(REQUEST, Deadline.after(60))) for each in replicas]
            await asyncio.wait(repeats, timeout=FROZEN_SECONDS)
        for each in repeats:
            response = await each
            assert (response.replayed, response.store_failed) == (True, False)
        for store in patient:
            await store.finish()
    assert script.bought == 1


async def test_a_run_that_is_under_way_keeps_its_lease_while_redis_stops(server: RedisServer) -> None:
    running, waiting = ScriptedReview(), ScriptedReview()
    waiting.go.set()
    async with redis_store(server.url, 60) as at_first, redis_store(server.url, 60) as at_second:
        one, two = PatientStore(at_first), PatientStore(at_second)
        first = asyncio.create_task(IdempotentRuns(running, one).response(REQUEST, Deadline.after(60)))
        await running.started.wait()
        second = asyncio.create_task(IdempotentRuns(waiting, two).response(REQUEST, Deadline.after(60)))
        async with frozen(server):
            running.go.set()
            await asyncio.wait([first, second], timeout=FROZEN_SECONDS)
        assert not (await first).store_failed
        assert (await second).replayed
        await asyncio.gather(one.finish(), two.finish())
    assert (running.bought, waiting.bought) == (1, 0)


@pytest.mark.parametrize("is_stopped_first", [True, False])
async def test_a_call_that_has_less_time_is_answered_and_says_so(
    server: RedisServer, *, is_stopped_first: bool
) -> None:
    script = ScriptedReview()
    script.go.set()
    async with redis_store(server.url, 60) as store:
        patient = PatientStore(store)
        runs = IdempotentRuns(script, patient)
        if not is_stopped_first:
            await runs.response(REQUEST, Deadline.after(60))
        async with frozen(server):
            response = await runs.response(REQUEST, Deadline.after(2))
        await patient.finish()
    assert response.results == [BOUGHT]
    assert response.store_failed

"""Tests orchestrators that share a Redis: a request is paid once, and no answer is lost with the Redis."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chorus.feedback.v1.decision_pb2 import Decisions
from chorus.feedback.v1.feedback_service_pb2 import RecordedScores
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.store.patient import PatientStore
from orchestrator.store.store import StoreError
from rpckit.call import Deadline
from rpckit.errors import Unavailable
from tests.fakes.redis_server import RedisServer, redis_server, redis_store
from tests.fakes.scripted_review import BOUGHT, REQUEST, ScriptedReview, SlowModelReview

KEY = json.dumps(["", REQUEST.request_id])
LEASE = f"chorus:lease:{KEY}"
# A busy machine, too, renews a lease of this length in time.
LEASE_SECONDS = 2.0


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    async with redis_server(tmp_path) as server:
        yield server


@asynccontextmanager
async def replica(server: RedisServer) -> AsyncIterator[tuple[IdempotentRuns, ScriptedReview]]:
    script = ScriptedReview()
    async with redis_store(server.url, 60, LEASE_SECONDS) as store:
        patient = PatientStore(store)
        yield IdempotentRuns(script, patient), script
        await patient.finish()


def deadline() -> Deadline:
    return Deadline.after(60)


async def test_two_replicas_with_the_same_request_at_once_buy_once(server: RedisServer) -> None:
    async with replica(server) as (one, buying), replica(server) as (two, waiting):
        first = asyncio.create_task(one.response(REQUEST, deadline()))
        await buying.started.wait()
        second = asyncio.create_task(two.response(REQUEST, deadline()))
        await _renewed(server, times=3)
        assert not second.done()
        buying.go.set()
        assert (await second).replayed
        assert (await second).feedback_id == (await first).feedback_id
    assert (buying.bought, waiting.bought) == (1, 0)


async def test_a_patient_caller_of_another_replica_gets_what_a_hasty_one_had_no_time_for(
    server: RedisServer,
) -> None:
    hasty, patient = SlowModelReview(), SlowModelReview()
    patient.go.set()
    async with redis_store(server.url, 60, LEASE_SECONDS) as store:
        first = asyncio.create_task(IdempotentRuns(hasty, store).response(REQUEST, Deadline.after(20)))
        await hasty.started.wait()
        second = asyncio.create_task(IdempotentRuns(patient, store).response(REQUEST, deadline()))
        await _renewed(server, times=1)
        hasty.go.set()
        assert [each.HasField("feedback") for each in (await first).results] == [True, False]
        assert [each.HasField("feedback") for each in (await second).results] == [True, True]
        assert patient.asked == ["slow/c"]
        assert (await IdempotentRuns(patient, store).response(REQUEST, deadline())).replayed


async def _renewed(server: RedisServer, times: int) -> None:
    """Waits until the lease has been renewed `times` times."""
    async with server.client() as client:
        last = await client.pttl(LEASE)
        while times:
            await asyncio.sleep(0.01)
            left = await client.pttl(LEASE)
            times -= left > last
            last = left


async def test_a_replica_that_died_is_taken_over_from_what_it_has_bought(server: RedisServer) -> None:
    async with redis_store(server.url, 60) as store:
        digest = await _digest(server)
        await store.open_request(KEY, digest)
        await store.keep_result(KEY, digest, BOUGHT)
    async with server.client() as client:
        await client.set(LEASE, "of the dead", px=300)
        async with replica(server) as (two, script):
            script.go.set()
            response = await two.response(REQUEST, deadline())
        assert not response.replayed
        assert await client.get(LEASE) is None
    assert script.bought == 0


async def _digest(server: RedisServer) -> bytes:
    """Returns the hash that a replica keeps of REQUEST."""
    async with server.client() as client:
        async with replica(server) as (runs, script):
            script.go.set()
            await runs.response(REQUEST, deadline())
        digest = await client.hget(f"chorus:request:{KEY}", "hash")
        assert isinstance(digest, bytes)
        await client.flushall()
        return digest


async def test_a_run_that_fails_is_made_again_by_the_one_that_waited(server: RedisServer) -> None:
    async with replica(server) as (one, failing), replica(server) as (two, script):
        failing.fails = True
        first = asyncio.create_task(one.response(REQUEST, deadline()))
        await failing.started.wait()
        second = asyncio.create_task(two.response(REQUEST, deadline()))
        script.go.set()
        failing.go.set()
        assert not (await second).replayed
        await asyncio.gather(first, return_exceptions=True)
    assert (failing.bought, script.bought) == (1, 0)


async def test_redis_goes_and_comes_back(server: RedisServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "chorus")
    async with replica(server) as (runs, script):
        script.go.set()
        await runs.response(REQUEST, deadline())
        await server.kill()
        for bought in (2, 3):
            assert not (await runs.response(REQUEST, deadline())).replayed
            assert script.bought == bought
        assert caplog.messages.count("store fails") == 1
        await server.start()
        assert not (await runs.response(REQUEST, deadline())).replayed
        assert (await runs.response(REQUEST, deadline())).replayed
        assert caplog.messages == ["store fails", "store works again"]
    assert "redis-planted" not in caplog.text


async def test_a_redis_that_hangs_holds_no_answer_up(server: RedisServer) -> None:
    async with replica(server) as (runs, script):
        script.go.set()
        await runs.response(REQUEST, deadline())
        server.send(signal.SIGSTOP)
        try:
            response = await runs.response(REQUEST, Deadline.after(10))
        finally:
            server.send(signal.SIGCONT)
        assert not response.replayed


async def test_a_full_redis_loses_no_answer(server: RedisServer) -> None:
    async with replica(server) as (runs, script), server.client() as client:
        script.go.set()
        await client.config_set("maxmemory", "1mb")
        await client.config_set("maxmemory-policy", "noeviction")
        assert (await runs.response(REQUEST, deadline())).results == [BOUGHT]
        assert (await runs.response(REQUEST, deadline())).results == [BOUGHT]
        assert script.bought == 2
        await client.config_set("maxmemory", "0")
        await runs.response(REQUEST, deadline())
        assert (await runs.response(REQUEST, deadline())).replayed


async def test_what_only_the_store_can_do_fails_while_it_is_gone(server: RedisServer) -> None:
    async with redis_store(server.url, 60) as redis:
        store = PatientStore(redis)
        await server.kill()
        for asked in (
            store.feedback("ann", "f1"),
            store.keep_scores("ann", "f1", RecordedScores()),
            store.keep_decisions("ann", "f1", Decisions()),
            store.delete_feedback("ann", "f1"),
        ):
            with pytest.raises(Unavailable) as caught:
                await asked
            assert caught.value.retry_delay


async def test_all_but_the_calls_of_models_expires_and_a_deletion_leaves_nothing(server: RedisServer) -> None:
    async with replica(server) as (runs, script), server.client() as client:
        script.go.set()
        response = await runs.response(REQUEST, deadline())
        keys = [key async for key in client.scan_iter()]
        assert len(keys) == 2
        for key in keys:
            assert 0 < await client.ttl(key) <= 60
        async with redis_store(server.url, 60) as store:
            assert await store.delete_feedback("", response.feedback_id)
        assert await client.dbsize() == 0


async def test_a_wrong_password_is_said_at_the_start_and_not_shown(server: RedisServer) -> None:
    url = server.url.replace("redis-planted", "another-planted")
    with pytest.raises(StoreError, match="the server refuses the password") as caught:
        async with redis_store(url, 60):
            pass
    assert "planted" not in str(caught.value)


async def test_a_redis_that_is_not_there_yet_does_not_stop_the_start(server: RedisServer) -> None:
    await server.kill()
    async with replica(server) as (runs, script):
        script.go.set()
        await runs.response(REQUEST, deadline())
        await server.start()
        await runs.response(REQUEST, deadline())
        assert (await runs.response(REQUEST, deadline())).replayed

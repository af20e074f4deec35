import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosqlite import Connection

from orchestrator.store.fail_open import FailOpenStore
from orchestrator.store.model_call import ModelCall
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import StoredFeedback
from rpckit.errors import Unavailable
from tests.fakes.clock import run_in_virtual_time

CALLS = [ModelCall("a/b", answered=True, seconds=n, output_tokens_per_second=1) for n in range(1001)]


class SlowStore(SqliteStore):
    """Writes no call until `go`."""

    def __init__(self, connection: Connection, retention_seconds: float) -> None:
        super().__init__(connection, retention_seconds)
        self.go = asyncio.Event()

    async def add_call(self, call: ModelCall) -> None:
        await self.go.wait()
        await super().add_call(call)


class HungStore(SqliteStore):
    """Says nothing to whoever asks for a feedback until it `answers`."""

    answers = False
    asked = 0

    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        self.asked += 1
        if not self.answers:
            await asyncio.Event().wait()
        return None


def test_a_store_that_hangs_is_left_alone_for_two_seconds(tmp_path: Path) -> None:
    async def run() -> None:
        clock = asyncio.get_running_loop().time
        async with HungStore.open(tmp_path / "s", 60) as store:
            assert isinstance(store, HungStore)
            fail_open = FailOpenStore(store, clock)
            started = clock()
            with pytest.raises(Unavailable):
                await fail_open.feedback("ann", "f1")
            assert clock() - started == pytest.approx(0.6)
            store.answers = True
            await asyncio.sleep(1.999)
            with pytest.raises(Unavailable):
                await fail_open.feedback("ann", "f1")
            assert store.asked == 1
            await asyncio.sleep(0.002)
            assert await fail_open.feedback("ann", "f1") is None
            assert store.asked == 2

    run_in_virtual_time(run())


class SlowToDelete(SqliteStore):
    """Takes an hour to delete what has expired."""

    deleted = 0

    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        return None

    async def delete_expired(self) -> None:
        await asyncio.sleep(3600)
        self.deleted += 1


def test_what_has_expired_is_deleted_every_minute_and_holds_no_answer_up(tmp_path: Path) -> None:
    async def run() -> None:
        clock = asyncio.get_running_loop().time
        async with SlowToDelete.open(tmp_path / "s", 60) as store:
            assert isinstance(store, SlowToDelete)
            fail_open = FailOpenStore(store, clock)
            deleting = asyncio.create_task(fail_open.keep_deleting())
            await asyncio.sleep(61)
            assert await fail_open.feedback("ann", "f1") is None
            await asyncio.sleep(2 * 3660)
            assert store.deleted == 2
            deleting.cancel()

    run_in_virtual_time(run())


@asynccontextmanager
async def slow(folder: Path) -> AsyncIterator[tuple[SlowStore, FailOpenStore]]:
    async with SlowStore.open(folder / "s", 60) as store:
        assert isinstance(store, SlowStore)
        yield store, FailOpenStore(store)


async def test_a_slow_store_holds_up_no_answer_and_its_calls_are_written_all_the_same(tmp_path: Path) -> None:
    async with slow(tmp_path) as (store, fail_open):
        writing = asyncio.create_task(fail_open.run())
        for call in CALLS[:3]:
            await fail_open.add_call(call)
        assert list(await store.latest_calls()) == []
        store.go.set()
        while len(await store.latest_calls()) < 3:  # noqa: ASYNC110 - a table does not say that it has changed
            await asyncio.sleep(0)
        assert list(await store.latest_calls()) == CALLS[:3]
        writing.cancel()


async def test_what_waits_to_be_written_is_bounded(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with slow(tmp_path) as (_, fail_open):
        for call in CALLS:
            await fail_open.add_call(call)
    assert caplog.messages == ["store fails"]

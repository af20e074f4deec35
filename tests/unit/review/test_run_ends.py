"""Runs that outlast their time, and those that are cancelled."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from typing_extensions import override

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, GetFeedbackResponse
from chorus.feedback.v1.merged_pb2 import MergedFeedback
from orchestrator.panel.audience import Audience
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.review.submission_reviewer import Event, ReviewEvent
from orchestrator.store.sqlite import SqliteStore
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.errors import Timeout
from tests.fakes.clock import FakeClock, loop_deadline, run_in_virtual_time
from tests.fakes.scripted_review import BOUGHT, REQUEST, WITHOUT_ID, ScriptedReview
from tests.fakes.slow_store import SlowStore


class StubbornReview(ScriptedReview):
    """Pays no heed to its first cancellation."""

    @override
    async def review(
        self, request: GetFeedbackRequest, budget: TimeBudget, earlier: EarlierRun, audience: Audience
    ) -> AsyncGenerator[ReviewEvent]:
        try:
            self.started.set()
            with suppress(asyncio.CancelledError):
                await self.go.wait()
            yield Event(accepted=Event.Accepted(models=["a/b"]))
            await self.go.wait()
        finally:
            self.ended += 1


def test_a_run_that_loses_a_cancellation_is_cancelled_again(tmp_path: Path) -> None:
    async def run() -> int:
        script = StubbornReview()
        async with SqliteStore.open(tmp_path / "s", retention_seconds=60) as store:
            waiting = asyncio.create_task(
                IdempotentRuns(script, store).response(WITHOUT_ID, loop_deadline(60))
            )
            await script.started.wait()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        return script.ended

    assert run_in_virtual_time(run()) == 1


def test_a_run_elsewhere_that_outlasts_the_deadline_is_given_up(tmp_path: Path) -> None:
    class HeldElsewhere(SqliteStore):
        @asynccontextmanager
        async def lease(self, request_id: str) -> AsyncIterator[None]:
            await asyncio.Event().wait()
            yield

    async def seconds_left() -> float:
        deadline = loop_deadline(10)
        async with HeldElsewhere.open(tmp_path / "s", retention_seconds=60) as store:
            with pytest.raises(Timeout):
                await IdempotentRuns(ScriptedReview(), store).response(REQUEST, deadline)
        return deadline.remaining()

    assert run_in_virtual_time(seconds_left()) == pytest.approx(0.1)


@pytest.mark.parametrize("request_id", ["r1", ""])
def test_a_stream_whose_own_run_outlasts_its_time_ends_while_there_is_time_to_say_so(request_id: str) -> None:
    async def run() -> tuple[list[str | None], float, int]:
        script = ScriptedReview()
        deadline = loop_deadline(10)
        request = GetFeedbackRequest(submission=REQUEST.submission, request_id=request_id)
        events = IdempotentRuns(script, SlowStore()).events(request, deadline)
        heard: list[str | None] = [(await anext(events)).WhichOneof("event") for _ in range(3)]
        with pytest.raises(Timeout):
            await anext(events)
        return heard, deadline.remaining(), script.ended

    heard, seconds_left, ended = run_in_virtual_time(run())
    assert heard == ["accepted", "result", "merged"]
    assert seconds_left == pytest.approx(0.1)
    assert ended == 1


def test_a_provisional_merge_that_takes_too_long_is_left_out() -> None:
    class SlowMerge(ScriptedReview):
        @override
        async def _merge(self) -> MergedFeedback:
            self.go.set()
            await asyncio.sleep(1000)
            return await super()._merge()

    async def run() -> tuple[list[str | None], float]:
        deadline = loop_deadline(10)
        events = IdempotentRuns(SlowMerge(), SlowStore()).events(REQUEST, deadline)
        return [event.WhichOneof("event") async for event in events], deadline.remaining()

    heard, seconds_left = run_in_virtual_time(run())
    assert heard == ["accepted", "result", "delta", "response"]
    assert seconds_left == pytest.approx(0.2)


async def test_a_joined_run_that_outlasts_the_deadline_is_a_timeout(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await script.started.wait()
    clock = FakeClock()
    deadline = Deadline.after(2, clock)
    clock.now += 2
    with pytest.raises(Timeout):
        await runs.response(REQUEST, deadline)
    script.go.set()
    assert (await first).results == [BOUGHT]


def test_a_joined_run_is_given_up_while_there_is_time_to_say_so() -> None:
    async def seconds_left() -> list[float]:
        left: list[float] = []
        runs = IdempotentRuns(ScriptedReview(), SlowStore())

        async def wait(deadline: Deadline) -> None:
            with pytest.raises(Timeout):
                await runs.response(REQUEST, deadline)
            left.append(deadline.remaining())

        first = asyncio.create_task(wait(loop_deadline(20)))
        await asyncio.sleep(0)
        await wait(loop_deadline(10))
        await first
        return left

    assert run_in_virtual_time(seconds_left()) == pytest.approx([0.1, 0.2])


def test_a_store_that_hangs_does_not_keep_the_response_back(tmp_path: Path) -> None:
    class HungAtTheEnd(SqliteStore):
        async def keep_response(
            self, request_id: str, request_hash: bytes, caller: str, response: GetFeedbackResponse
        ) -> None:
            await asyncio.Event().wait()

    async def seconds_left() -> float:
        deadline = loop_deadline(10)
        script = ScriptedReview()
        script.go.set()
        async with HungAtTheEnd.open(tmp_path / "s", retention_seconds=60) as store:
            assert (await IdempotentRuns(script, store).response(WITHOUT_ID, deadline)).results == [BOUGHT]
        return deadline.remaining()

    assert run_in_virtual_time(seconds_left()) == pytest.approx(0.15)

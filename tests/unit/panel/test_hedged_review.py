"""What a review by one model costs, and leaves behind, where its late answer is asked for twice."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.model.v1 import failure_pb2
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, USAGE_BASIS_UNKNOWN, Usage
from chorus.model.v1.model_service_pb2 import GenerateRequest, StreamGenerateResponse
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.hedging import HedgeTimes
from orchestrator.panel.model_reviewer import ModelReviewer
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.sqlite import SqliteStore
from rpckit.call import Deadline
from rpckit.errors import BadOutput, ChorusError, Unavailable
from rpckit.retry_budget import RetryBudgets, out_of_retries
from tests.fakes.clock import FakeClock
from tests.unit.panel.scripted_model import GOOD, MODEL, QUESTION, Points, Script

# MODEL asks so much for a token of output.
TOKEN_USD_NANOS = 1
LATE_SECONDS = 8.0
OWN_SECONDS = 2.0


class Late(Script):
    """Hangs at its first call, and answers the second after a time; then, if it is to, the first one, too.

    By its clock, each answer takes so many seconds.
    """

    def __init__(self, clock: FakeClock, *replies: str | ChorusError, then_first: bool = False) -> None:
        super().__init__(*replies)
        self._clock = clock
        self._go = asyncio.Event()
        self._then_first = then_first
        self.previous: list[int] = []
        self.cut_off = 0

    @override
    async def stream_generate(
        self,
        listed: ListedModel,
        request: GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
        delta_interval: float = 0,
    ) -> AsyncGenerator[StreamGenerateResponse]:
        self.previous.append(previous_attempts)
        if not previous_attempts:
            try:
                await self._go.wait()
            except asyncio.CancelledError:
                self.cut_off += 1
                raise
        self._clock.now += OWN_SECONDS
        try:
            async for each in super().stream_generate(
                listed, request, deadline, previous_attempts, delta_interval
            ):
                if each.HasField("completed"):
                    each.completed.usage.basis = USAGE_BASIS_MEASURED
                yield each
        finally:
            if self._then_first:
                self.let_first_go()

    def let_first_go(self) -> None:
        self._go.set()


class LateNow(HedgeTimes):
    """Says that a model is late as soon as it has been asked."""

    def __init__(self, clock: FakeClock, script: Late) -> None:
        self._clock = clock
        self._script = script
        self.noted: list[str] = []
        self.pieces: list[str] = []
        self.has_said_so = asyncio.Event()

    @override
    def hedge_at(self, model: str) -> Deadline | None:
        if not self._script.previous:
            return Deadline.after(0.002, self._clock)
        self.has_said_so.set()
        return Deadline.after(0, self._clock)

    @override
    def note_piece(self, model: str, silent_from: Deadline) -> None:
        self.pieces.append(model)

    @override
    def note_hedge(self, model: str) -> None:
        self._clock.now += LATE_SECONDS
        self.noted.append(model)


class Review:
    """One review by a model that is late."""

    def __init__(
        self, *replies: str | ChorusError, limit: int | None = None, then_first: bool = False
    ) -> None:
        self.clock = FakeClock()
        self.script = Late(self.clock, *replies, then_first=then_first)
        self.times = LateNow(self.clock, self.script)
        self.points = Points(self.script)
        self.records = TrackRecords()
        self.spending = Spending(limit)
        self.retries = RetryBudgets(self.clock)

    async def ask(self, folder: Path, seconds: float = 60) -> ModelResult:
        async with SqliteStore.open(folder / "s", 60) as store:
            reviewer = ModelReviewer(self.script, self.records, store, self.clock, self.retries)
            deadline = Deadline.after(seconds, self.clock)
            return await reviewer.ask(MODEL, QUESTION, self.spending, deadline, self.points, self.times)


async def test_the_answer_that_comes_first_counts_and_both_are_paid(tmp_path: Path) -> None:
    review = Review(GOOD, limit=10**9)
    result = await review.ask(tmp_path)
    assert result.HasField("feedback")
    assert (review.script.previous, review.script.cut_off) == ([0, 1], 1)
    assert review.times.noted == [MODEL.name]
    # What was cut off may have cost all that was reserved for it, and nobody counted it.
    assert result.usage == Usage(output_tokens=10, cost_usd_nanos=7, basis=USAGE_BASIS_UNKNOWN)
    assert 4096 * TOKEN_USD_NANOS < review.spending.committed < 2 * 4096 * TOKEN_USD_NANOS
    # The points of a second ask come with the result.
    assert review.points.heard == []


async def test_the_record_has_the_time_of_the_answer_and_not_of_the_wait(tmp_path: Path) -> None:
    review = Review(GOOD)
    result = await review.ask(tmp_path)
    assert result.latency.seconds == LATE_SECONDS + OWN_SECONDS
    assert review.records.usual_seconds(MODEL.name) == OWN_SECONDS
    assert review.records.usual_silence(MODEL.name) == OWN_SECONDS
    # What the second ask writes says nothing of when the first one is silent.
    assert not review.times.pieces


async def test_whoever_says_when_a_model_is_late_hears_of_the_pieces_of_the_first_ask(tmp_path: Path) -> None:
    review = Review(Unavailable("x"), GOOD, then_first=True)
    assert (await review.ask(tmp_path)).HasField("feedback")
    assert len(review.times.pieces) == review.script.pieces + 1
    assert set(review.times.pieces) == {MODEL.name}


async def test_a_second_ask_that_fails_leaves_the_first_one(tmp_path: Path) -> None:
    for error in (Unavailable("x"), out_of_retries()):
        result = await Review(error, GOOD, then_first=True).ask(tmp_path)
        assert result.HasField("feedback")
        # It used nothing.
        assert result.usage == Usage(output_tokens=10, cost_usd_nanos=7, basis=USAGE_BASIS_MEASURED)


async def test_a_model_is_asked_twice_at_most(tmp_path: Path) -> None:
    review = Review("no JSON", BadOutput("x"), GOOD, then_first=True)
    result = await review.ask(tmp_path)
    assert result.failure.reason == failure_pb2.ERROR_REASON_BAD_OUTPUT
    assert review.script.previous == [0, 1]


@pytest.mark.parametrize("why", ["money", "retries", "time"])
async def test_there_is_no_second_ask_without_the_means(tmp_path: Path, why: str) -> None:
    review = Review(GOOD, limit=6000 * TOKEN_USD_NANOS if why == "money" else None)
    if why == "retries":
        while review.retries.of(MODEL.name).withdraw():
            pass
    asking = asyncio.create_task(review.ask(tmp_path, seconds=0 if why == "time" else 60))
    await review.times.has_said_so.wait()
    review.script.let_first_go()
    assert (await asking).HasField("feedback")
    assert review.script.previous == [0]
    assert review.times.noted == []

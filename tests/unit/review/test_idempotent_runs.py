import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from typing_extensions import override

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, GetFeedbackResponse, PanelPolicy
from chorus.feedback.v1.merged_pb2 import MergedFeedback
from chorus.feedback.v1.submission_pb2 import Submission
from orchestrator.panel.audience import Audience
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.review.submission_reviewer import Event, ReviewEvent
from orchestrator.store.patient import PatientStore
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import StoredRequest, StoreError
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.errors import InvalidRequest, QuorumNotReached, Timeout
from tests.fakes.clock import FakeClock, run_in_virtual_time
from tests.fakes.scripted_review import BOUGHT, REQUEST, ScriptedReview, SlowModelReview
from tests.fakes.slow_store import SlowStore

WITHOUT_ID = GetFeedbackRequest(submission=Submission(text="A text."))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with SqliteStore.open(tmp_path / "s", retention_seconds=60) as store:
        yield store


def later(seconds: float) -> Deadline:
    """A deadline by the clock of the event loop."""
    return Deadline.after(seconds, asyncio.get_running_loop().time)


async def test_a_repeat_joins_the_running_call_and_hears_it_from_the_start(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await script.started.wait()
    events = runs.events(REQUEST, Deadline.after(60))
    assert (await anext(events)).HasField("accepted")
    script.go.set()
    rest = [event async for event in events]
    assert rest[-1].response == await first
    assert script.bought == 1


async def test_a_later_repeat_gets_the_stored_answer(store: SqliteStore) -> None:
    script = ScriptedReview()
    script.go.set()
    runs = IdempotentRuns(script, store)
    first = await runs.response(REQUEST, Deadline.after(60))
    events = [event async for event in runs.events(REQUEST, Deadline.after(60))]
    assert [event.WhichOneof("event") for event in events] == ["accepted", "result", "response"]
    assert events[-1].response.replayed
    assert events[-1].response.feedback_id == first.feedback_id
    assert script.bought == 1


async def test_a_failed_call_is_made_again_from_the_answers_it_paid_for(store: SqliteStore) -> None:
    script = ScriptedReview(fails=True)
    script.go.set()
    runs = IdempotentRuns(script, store)
    with pytest.raises(QuorumNotReached):
        await runs.response(REQUEST, Deadline.after(60))
    script.fails = False
    response = await runs.response(REQUEST, Deadline.after(60))
    assert not response.replayed
    assert script.bought == 1


async def test_what_a_failed_call_paid_for_is_deleted_by_the_name_in_its_error(store: SqliteStore) -> None:
    script = ScriptedReview(fails=True)
    script.go.set()
    runs = IdempotentRuns(script, store)
    for bought in (1, 2):
        with pytest.raises(QuorumNotReached) as caught:
            await runs.response(REQUEST, Deadline.after(60))
        assert script.bought == bought
        assert await store.delete_feedback("", caught.value.metadata["feedback_id"])


async def test_a_store_that_fails_meanwhile_leaves_no_name_that_would_delete_nothing(tmp_path: Path) -> None:
    class Forgetful(SqliteStore):
        async def name_results(self, request_id: str, caller: str, feedback_id: str) -> None:
            raise StoreError(f"no {request_id} of {caller}, no {feedback_id}")

    async with Forgetful.open(tmp_path / "s", retention_seconds=60) as store:
        script = ScriptedReview(fails=True)
        script.go.set()
        with pytest.raises(QuorumNotReached) as caught:
            await IdempotentRuns(script, PatientStore(store)).response(REQUEST, Deadline.after(60))
    assert "feedback_id" not in caught.value.metadata


async def test_a_store_that_could_not_open_the_request_keeps_what_was_paid_for(tmp_path: Path) -> None:
    class Absent(SqliteStore):
        async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
            raise StoreError(f"no {request_id}, no {request_hash!r}")

    async with Absent.open(tmp_path / "s", retention_seconds=60) as store:
        script = ScriptedReview(fails=True)
        script.go.set()
        with pytest.raises(QuorumNotReached) as caught:
            await IdempotentRuns(script, PatientStore(store)).response(REQUEST, Deadline.after(60))
        assert await store.delete_feedback("", caught.value.metadata["feedback_id"])


async def test_the_same_id_with_another_request_is_refused(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    other = GetFeedbackRequest(submission=Submission(text="Another."), request_id="r1")
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await script.started.wait()
    with pytest.raises(InvalidRequest, match="request_id"):
        await runs.response(other, Deadline.after(60))
    script.go.set()
    await first
    with pytest.raises(InvalidRequest, match="request_id"):
        await runs.response(other, Deadline.after(60))


async def test_a_shared_run_outlives_one_caller_and_stops_with_the_last(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    second = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await script.started.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert script.ended == 0
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert script.ended == 1


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
            waiting = asyncio.create_task(IdempotentRuns(script, store).response(WITHOUT_ID, later(60)))
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
        deadline = later(10)
        async with HeldElsewhere.open(tmp_path / "s", retention_seconds=60) as store:
            with pytest.raises(Timeout):
                await IdempotentRuns(ScriptedReview(), store).response(REQUEST, deadline)
        return deadline.remaining()

    assert run_in_virtual_time(seconds_left()) == pytest.approx(0.1)


@pytest.mark.parametrize("request_id", ["r1", ""])
def test_a_stream_whose_own_run_outlasts_its_time_ends_while_there_is_time_to_say_so(request_id: str) -> None:
    async def run() -> tuple[list[str | None], float, int]:
        script = ScriptedReview()
        deadline = later(10)
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
        deadline = later(10)
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

        first = asyncio.create_task(wait(later(20)))
        await asyncio.sleep(0)
        await wait(later(10))
        await first
        return left

    assert run_in_virtual_time(seconds_left()) == pytest.approx([0.1, 0.2])


@pytest.mark.parametrize("request_", [REQUEST, WITHOUT_ID], ids=["with an id", "without an id"])
async def test_nothing_is_merged_or_read_early_for_who_waits_for_the_response_alone(
    store: SqliteStore, request_: GetFeedbackRequest
) -> None:
    script = ScriptedReview()
    script.go.set()
    await IdempotentRuns(script, store).response(request_, Deadline.after(60))
    assert (script.merges, script.deltas) == (0, 0)


async def test_a_stream_that_joins_hears_what_nobody_listened_to_before(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await script.started.wait()

    async def stream() -> list[str | None]:
        events = runs.events(REQUEST, Deadline.after(60))
        return [event.WhichOneof("event") async for event in events]

    streams = [asyncio.create_task(stream()) for _ in range(2)]
    await asyncio.sleep(0)
    script.go.set()
    for each in streams:
        assert await each == ["accepted", "result", "merged", "delta", "response"]
    assert (await first).results == [BOUGHT]
    assert script.merges == 1


async def test_a_stream_that_leaves_listens_no_more(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await script.started.wait()
    async with aclosing(runs.events(REQUEST, Deadline.after(60))) as events:
        await anext(events)
    script.go.set()
    await first
    assert (script.merges, script.deltas) == (0, 0)


async def test_without_an_id_nothing_is_shared(store: SqliteStore) -> None:
    script = ScriptedReview()
    script.go.set()
    runs = IdempotentRuns(script, store)
    request = GetFeedbackRequest(submission=Submission(text="A text."))
    for expected in ("f1", "f2"):
        assert (await runs.response(request, Deadline.after(60))).feedback_id == expected


async def test_another_caller_with_the_same_id_shares_nothing(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(60), "tutor"))
    await script.started.wait()
    script.go.set()
    other = await runs.response(REQUEST, Deadline.after(60), "library")
    assert not other.replayed
    assert other.feedback_id != (await first).feedback_id
    assert (await runs.response(REQUEST, Deadline.after(60), "library")).replayed
    assert script.bought == 2


@pytest.mark.parametrize("hasty_leaves", [False, True])
async def test_a_far_more_patient_caller_gets_what_a_hasty_one_had_no_time_for(
    store: SqliteStore, hasty_leaves: bool
) -> None:
    models = SlowModelReview()
    runs = IdempotentRuns(models, store)
    hasty = asyncio.create_task(runs.response(REQUEST, Deadline.after(20)))
    await models.started.wait()
    patient = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    joined = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await asyncio.sleep(0)
    if hasty_leaves:
        hasty.cancel()
    models.go.set()
    assert [each.HasField("feedback") for each in (await patient).results] == [True, True]
    assert await joined == await patient
    assert models.asked == ["a/b", "slow/c", "slow/c"]
    if not hasty_leaves:
        assert [each.HasField("feedback") for each in (await hasty).results] == [True, False]


@pytest.mark.parametrize(("seconds", "runs_made"), [(39, 1), (41, 2)])
async def test_who_has_up_to_twice_the_time_that_is_left_joins(
    store: SqliteStore, seconds: float, runs_made: int
) -> None:
    clock = FakeClock()
    models = SlowModelReview()
    runs = IdempotentRuns(models, store)
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(20, clock)))
    await models.started.wait()
    second = asyncio.create_task(runs.response(REQUEST, Deadline.after(seconds, clock)))
    await asyncio.sleep(0)
    models.go.set()
    await asyncio.gather(first, second)
    assert models.asked.count("slow/c") == runs_made


def test_a_store_that_hangs_does_not_keep_the_response_back(tmp_path: Path) -> None:
    class HungAtTheEnd(SqliteStore):
        async def keep_response(
            self, request_id: str, request_hash: bytes, caller: str, response: GetFeedbackResponse
        ) -> None:
            await asyncio.Event().wait()

    async def seconds_left() -> float:
        deadline = later(10)
        script = ScriptedReview()
        script.go.set()
        async with HungAtTheEnd.open(tmp_path / "s", retention_seconds=60) as store:
            assert (await IdempotentRuns(script, store).response(WITHOUT_ID, deadline)).results == [BOUGHT]
        return deadline.remaining()

    assert run_in_virtual_time(seconds_left()) == pytest.approx(0.15)


async def test_a_far_more_patient_caller_takes_a_whole_answer_as_it_is(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    hasty = asyncio.create_task(runs.response(REQUEST, Deadline.after(20)))
    await script.started.wait()
    patient = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await asyncio.sleep(0)
    script.go.set()
    assert (await patient).feedback_id == (await hasty).feedback_id
    assert script.bought == 1


async def test_who_has_waited_for_most_of_the_time_is_given_what_there_is(store: SqliteStore) -> None:
    clock = FakeClock()
    models = SlowModelReview()
    runs = IdempotentRuns(models, store)
    hasty = asyncio.create_task(runs.response(REQUEST, Deadline.after(20, FakeClock())))
    await models.started.wait()
    patient = asyncio.create_task(runs.response(REQUEST, Deadline.after(70, clock)))
    await asyncio.sleep(0)
    clock.now += 36
    models.go.set()
    assert (await patient).feedback_id == (await hasty).feedback_id
    assert models.asked == ["a/b", "slow/c"]


@pytest.mark.parametrize(
    ("policy", "substitute_for"),
    [
        (PanelPolicy(straggler_grace=Duration(seconds=1)), ""),
        (PanelPolicy(), "e/f"),
    ],
    ids=["a straggler", "a substitute"],
)
async def test_who_was_given_up_for_another_reason_than_time_is_not_asked_again(
    store: SqliteStore, policy: PanelPolicy, substitute_for: str
) -> None:
    models = SlowModelReview(substitute_for)
    runs = IdempotentRuns(models, store)
    request = GetFeedbackRequest(policy=policy)
    request.MergeFrom(REQUEST)
    hasty = asyncio.create_task(runs.response(request, Deadline.after(20)))
    await models.started.wait()
    patient = asyncio.create_task(runs.response(request, Deadline.after(60)))
    await asyncio.sleep(0)
    models.go.set()
    assert (await patient).feedback_id == (await hasty).feedback_id
    assert models.asked == ["a/b", "slow/c"]


@pytest.mark.parametrize("request_", [REQUEST, WITHOUT_ID], ids=["with an id", "without an id"])
async def test_a_stream_that_is_left_at_its_response_is_kept(
    store: SqliteStore, request_: GetFeedbackRequest
) -> None:
    script = ScriptedReview()
    script.go.set()
    async with aclosing(IdempotentRuns(script, store).events(request_, Deadline.after(60))) as events:
        async for event in events:
            if event.HasField("response"):
                assert await store.feedback("", event.response.feedback_id) is not None
                break
    assert await store.feedback("", "f1") is not None

"""What runs of one request share, keep and refuse."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.store.patient import PatientStore
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import StoredRequest, StoreError
from rpckit.call import Deadline
from rpckit.errors import InvalidRequest, QuorumNotReached
from tests.fakes.scripted_review import BOUGHT, REQUEST, WITHOUT_ID, ScriptedReview


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

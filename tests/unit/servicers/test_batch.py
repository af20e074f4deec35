import asyncio
from collections.abc import AsyncIterator

import pytest
from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_service_pb2 import (
    BatchFeedbackRequest,
    GetFeedbackRequest,
    GetFeedbackResponse,
)
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1 import failure_pb2
from orchestrator.servicers.batch import FeedbackBatch
from rpckit.call import Deadline
from rpckit.errors import InvalidRequest, Timeout, Unavailable
from tests.fakes.clock import run_in_virtual_time
from tests.patience import PATIENCE


class ScriptedRuns:
    """Answers with the text as feedback_id; "bad" and "crash" fail, "wait" waits for `go`."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.open = 0
        self.most_open = 0

    async def response(self, request: GetFeedbackRequest, deadline: Deadline) -> GetFeedbackResponse:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            text = request.submission.text
            if text == "bad":
                raise InvalidRequest({"submission.text": "bad"})
            if text == "crash":
                raise ZeroDivisionError
            if text == "wait":
                await self.go.wait()
            if text == "time":
                text = f"{deadline.remaining():.0f}"
            await asyncio.sleep(0)
            return GetFeedbackResponse(feedback_id=text)
        finally:
            self.open -= 1


def item(item_id: str, text: str, **fields: Duration) -> BatchFeedbackRequest:
    request = GetFeedbackRequest(submission=Submission(text=text))
    return BatchFeedbackRequest(item_id=item_id, request=request, **fields)


async def stream(*items: BatchFeedbackRequest) -> AsyncIterator[BatchFeedbackRequest]:
    for each in items:
        yield each


def batch_of(
    runs: ScriptedRuns,
    *,
    window: int = 8,
    draining: asyncio.Event | None = None,
    idle_seconds: float = PATIENCE,
) -> FeedbackBatch:
    return FeedbackBatch(runs.response, window, Deadline.after(60), draining or asyncio.Event(), idle_seconds)


async def test_each_item_has_one_answer_and_a_bad_one_ends_alone() -> None:
    batch = batch_of(ScriptedRuns())
    items = stream(item("1", "fine"), item("2", "bad"), item("3", "crash"), item("1", "again"), item("", "x"))
    answers = [answer async for answer in batch.answers(items)]
    outcomes = sorted((answer.item_id, answer.failure.reason) for answer in answers)
    assert outcomes == [
        ("", failure_pb2.ERROR_REASON_INVALID_REQUEST),
        ("1", 0),
        ("1", failure_pb2.ERROR_REASON_INVALID_REQUEST),
        ("2", failure_pb2.ERROR_REASON_INVALID_REQUEST),
        ("3", failure_pb2.ERROR_REASON_INTERNAL),
    ]


async def test_answers_come_in_order_of_completion() -> None:
    runs = ScriptedRuns()
    batch = batch_of(runs)
    answers = batch.answers(stream(item("slow", "wait"), item("quick", "fine")))
    assert (await anext(answers)).item_id == "quick"
    runs.go.set()
    assert [answer.item_id async for answer in answers] == ["slow"]


async def test_no_more_are_read_than_the_window_holds() -> None:
    runs = ScriptedRuns()
    batch = batch_of(runs, window=2)
    answers = [answer async for answer in batch.answers(stream(*(item(str(n), "x") for n in range(20))))]
    assert len(answers) == 20
    assert runs.most_open == 2


async def test_a_client_that_takes_no_answers_is_read_no_further() -> None:
    read: list[str] = []

    async def items() -> AsyncIterator[BatchFeedbackRequest]:
        for number in range(20):
            read.append(str(number))
            yield item(str(number), "x")

    batch = batch_of(ScriptedRuns(), window=2)
    answers = batch.answers(items())
    await anext(answers)
    for _ in range(100):
        await asyncio.sleep(0)
    assert len(read) == 3
    assert len([answer async for answer in answers]) == 19


async def test_an_items_time_is_its_own_but_never_more_than_the_streams() -> None:
    batch = batch_of(ScriptedRuns())
    items = stream(
        item("short", "time", timeout=Duration(seconds=5)),
        item("long", "time", timeout=Duration(seconds=500)),
    )
    answers = {answer.item_id: answer.response.feedback_id async for answer in batch.answers(items)}
    assert answers == {"short": "5", "long": "60"}


async def test_leaving_ends_what_is_open() -> None:
    runs = ScriptedRuns()
    answers = batch_of(runs).answers(stream(item("1", "wait"), item("2", "x")))
    await anext(answers)
    assert runs.open == 1
    await answers.aclose()
    assert runs.open == 0


async def test_an_empty_stream_has_no_answers() -> None:
    batch = batch_of(ScriptedRuns())
    assert [answer async for answer in batch.answers(stream())] == []


async def test_a_draining_server_answers_what_it_read_and_leaves_the_rest() -> None:
    runs, draining, offered = ScriptedRuns(), asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[BatchFeedbackRequest]:
        yield item("1", "wait")
        offered.set()
        await asyncio.Event().wait()

    answers = batch_of(runs, draining=draining).answers(endless())
    first = asyncio.ensure_future(anext(answers))
    await offered.wait()
    draining.set()
    runs.go.set()
    assert (await first).item_id == "1"
    with pytest.raises(Unavailable):
        await anext(answers)


def test_a_stream_without_items_ends_after_a_while() -> None:
    async def read() -> None:
        with pytest.raises(Timeout, match="no item came for 30 s"):
            await anext(batch_of(ScriptedRuns(), idle_seconds=30).answers(silence()))

    run_in_virtual_time(read())


def test_a_stream_whose_items_are_open_is_not_idle() -> None:
    async def read() -> None:
        runs = ScriptedRuns()
        answers = batch_of(runs, idle_seconds=30).answers(silence(item("1", "wait")))
        asyncio.get_running_loop().call_later(1000, runs.go.set)
        assert (await anext(answers)).item_id == "1"
        with pytest.raises(Timeout):
            await anext(answers)

    run_in_virtual_time(read())


async def silence(*items: BatchFeedbackRequest) -> AsyncIterator[BatchFeedbackRequest]:
    for each in items:
        yield each
    await asyncio.Event().wait()

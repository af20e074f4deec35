"""The client without an event loop: a server in a loop of its own, and callers in threads."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest

from chorus.classroom.v1.classroom_service_pb2 import GenerateImageRequest, SimulateStudentRequest
from chorus.feedback.v1.decision_pb2 import Decisions
from chorus.feedback.v1.feedback_service_pb2 import (
    GetFeedbackRequest,
    GetFeedbackResponse,
    StreamFeedbackResponse,
)
from chorus_client import BlockingChorusClient, InvalidRequestError, UnavailableError
from rpckit.errors import InvalidRequest
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator
from tests.patience import PATIENCE

REQUEST = GetFeedbackRequest()
ACCEPTED = StreamFeedbackResponse(accepted=StreamFeedbackResponse.Accepted(models=["a/1"]))
RESPONSE = StreamFeedbackResponse(response=GetFeedbackResponse(feedback_id="f1"))

Result = TypeVar("Result")


class ServerThread:
    """Runs what a server does in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@contextmanager
def serving(orchestrator: ScriptedOrchestrator) -> Iterator[tuple[ServerThread, str]]:
    thread = ServerThread()
    started = orchestrator.start()
    address = thread.run(started.__aenter__())
    try:
        yield thread, address
    finally:
        thread.run(started.__aexit__(None, None, None))
        thread.end()


def test_every_call_answers() -> None:
    orchestrator = ScriptedOrchestrator(events=[ACCEPTED, RESPONSE], pages=[["a/1"], ["b/1"]])
    with serving(orchestrator) as (_, address), BlockingChorusClient.connect(address) as chorus:
        assert chorus.review(REQUEST, timeout=PATIENCE, request_id="r-1").feedback_id == "f1"
        assert chorus.stored("f1", timeout=PATIENCE).caller == "tutor"
        chorus.record_scores("f1", "r", [], timeout=PATIENCE)
        chorus.record_decisions("f1", Decisions(rater="r"), timeout=PATIENCE)
        chorus.delete("f1", timeout=PATIENCE)
        assert [each.name for each in chorus.list_models(timeout=PATIENCE).models] == ["a/1", "b/1"]
        assert chorus.student(SimulateStudentRequest(), timeout=PATIENCE).text == "I has a dog."
        assert chorus.picture(GenerateImageRequest(), timeout=PATIENCE).model == "a/1"
        chorus.close()
    assert orchestrator.calls[0].request_id == "r-1"


def test_events_come_in_the_callers_thread() -> None:
    seen = []
    with (
        serving(ScriptedOrchestrator(events=[ACCEPTED, RESPONSE])) as (_, address),
        BlockingChorusClient.connect(address) as chorus,
    ):
        response = chorus.stream(
            REQUEST, lambda event: seen.append((event, threading.current_thread())), timeout=PATIENCE
        )
    assert response == RESPONSE.response
    assert seen == [(each, threading.current_thread()) for each in (ACCEPTED, RESPONSE)]


def test_threads_share_a_client() -> None:
    with (
        serving(ScriptedOrchestrator()) as (_, address),
        BlockingChorusClient.connect(address) as chorus,
        ThreadPoolExecutor(4) as pool,
    ):
        answers = list(pool.map(lambda _: chorus.review(REQUEST, timeout=PATIENCE), range(8)))
    assert [each.feedback_id for each in answers] == ["f1"] * 8


def test_a_failure_is_raised_as_its_class() -> None:
    orchestrator = ScriptedOrchestrator(failures=[InvalidRequest({"models[1]": "is unknown"})] * 2)
    with serving(orchestrator) as (_, address), BlockingChorusClient.connect(address) as chorus:
        with pytest.raises(InvalidRequestError) as caught:
            chorus.review(REQUEST, timeout=PATIENCE)
        assert caught.value.violations == {"models[1]": "is unknown"}
        with pytest.raises(InvalidRequestError):
            chorus.stream(REQUEST, lambda _: None, timeout=PATIENCE)


def test_a_callback_that_fails_cancels_the_call() -> None:
    class StoppedError(Exception):
        pass

    def stop(_: StreamFeedbackResponse) -> None:
        raise StoppedError

    orchestrator = ScriptedOrchestrator(events=[ACCEPTED], hangs=True)
    with serving(orchestrator) as (thread, address), BlockingChorusClient.connect(address) as chorus:
        with pytest.raises(StoppedError):
            chorus.stream(REQUEST, stop, timeout=PATIENCE)
        thread.run(asyncio.wait_for(orchestrator.cancelled.wait(), PATIENCE))


def test_what_is_refused_leaves_no_thread() -> None:
    before = threading.active_count()
    with pytest.raises(ValueError, match="beyond this machine"):
        BlockingChorusClient.connect("chorus.example:443")
    assert threading.active_count() == before


def test_nothing_answers() -> None:
    with (
        BlockingChorusClient.connect("127.0.0.1:1") as chorus,
        pytest.raises(UnavailableError),
    ):
        chorus.review(REQUEST, timeout=PATIENCE)

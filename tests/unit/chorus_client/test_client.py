"""Each call of the client against a server on the loopback."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from chorus.classroom.v1.classroom_service_pb2 import GenerateImageRequest, SimulateStudentRequest
from chorus.feedback.v1.decision_pb2 import Decisions
from chorus.feedback.v1.feedback_pb2 import CriterionScore
from chorus.feedback.v1.feedback_service_pb2 import (
    DeleteFeedbackRequest,
    GetFeedbackRequest,
    GetFeedbackResponse,
    GetStoredFeedbackRequest,
    ListModelsRequest,
    RecordDecisionsRequest,
    RecordScoresRequest,
    StreamFeedbackRequest,
    StreamFeedbackResponse,
)
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.model_pb2 import CAPABILITY_IMAGE_OUTPUT, Model
from chorus_client import BadOutputError, ChorusClient, DeadlinePassedError, UnavailableError
from rpckit.errors import Unavailable
from tests.fakes.scripted_orchestrator import FEEDBACK, ScriptedOrchestrator

REQUEST = GetFeedbackRequest(submission=Submission(text="Dogs are loud."))
ACCEPTED = StreamFeedbackResponse(accepted=StreamFeedbackResponse.Accepted(models=["a/1"]))
RESPONSE = StreamFeedbackResponse(response=GetFeedbackResponse(feedback_id="f2"))
SECONDS = 30.0


@pytest.fixture
def orchestrator() -> ScriptedOrchestrator:
    return ScriptedOrchestrator()


@pytest.fixture
async def chorus(orchestrator: ScriptedOrchestrator) -> AsyncIterator[ChorusClient]:
    async with orchestrator.start() as address, ChorusClient.connect(address) as client:
        yield client


async def test_a_review_returns_the_response(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    assert (await chorus.review(REQUEST, timeout=SECONDS)).feedback_id == "f1"
    assert orchestrator.requests == [REQUEST]


async def test_a_stream_tells_each_event_and_returns_the_last_ones_response(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    orchestrator.events = [ACCEPTED, RESPONSE]
    told: list[StreamFeedbackResponse] = []
    assert await chorus.stream(REQUEST, told.append, timeout=SECONDS) == RESPONSE.response
    assert told == [ACCEPTED, RESPONSE]
    assert orchestrator.requests == [StreamFeedbackRequest(request=REQUEST)]


async def test_a_stream_without_a_response_has_failed(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    orchestrator.events = [ACCEPTED]
    with pytest.raises(BadOutputError):
        await chorus.stream(REQUEST, lambda _: None, timeout=SECONDS)


async def test_a_stream_that_the_caller_cannot_take_is_cancelled(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    def fails(event: StreamFeedbackResponse) -> None:
        raise LookupError(event.WhichOneof("event"))

    orchestrator.events, orchestrator.hangs = [ACCEPTED], True
    with pytest.raises(LookupError, match="accepted"):
        await chorus.stream(REQUEST, fails, timeout=SECONDS)
    async with asyncio.timeout(SECONDS):
        await orchestrator.cancelled.wait()


async def test_a_task_that_is_cancelled_cancels_the_call(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    orchestrator.events, orchestrator.hangs = [ACCEPTED], True
    begun = asyncio.Event()
    task = asyncio.create_task(chorus.stream(REQUEST, lambda _: begun.set(), timeout=SECONDS))
    async with asyncio.timeout(SECONDS):
        await begun.wait()
        task.cancel()
        await orchestrator.cancelled.wait()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_stream_ends_at_its_deadline(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    orchestrator.hangs = True
    with pytest.raises(DeadlinePassedError):
        await chorus.stream(REQUEST, lambda _: None, timeout=0.5)


async def test_what_is_stored_is_read_recorded_and_deleted(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    scores, decisions = [CriterionScore(criterion_id="c", score=3)], Decisions(rater="r", final=True)
    assert (await chorus.stored("f1", timeout=SECONDS)).caller == "tutor"
    await chorus.record_scores("f1", "r", scores, timeout=SECONDS)
    await chorus.record_decisions("f1", decisions, timeout=SECONDS)
    await chorus.delete("f1", timeout=SECONDS)
    assert orchestrator.requests == [
        GetStoredFeedbackRequest(feedback_id="f1"),
        RecordScoresRequest(feedback_id="f1", rater="r", scores=scores),
        RecordDecisionsRequest(feedback_id="f1", decisions=decisions),
        DeleteFeedbackRequest(feedback_id="f1"),
    ]


async def test_the_pages_of_models_are_one_list(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    orchestrator.pages = [["a/1", "a/2"], ["b/1"]]
    found = await chorus.list_models(
        timeout=SECONDS, capabilities=[CAPABILITY_IMAGE_OUTPUT], states=[Model.STATE_READY]
    )
    assert [each.name for each in found.models] == ["a/1", "a/2", "b/1"]
    assert list(found.default_panel) == ["a/1"]
    assert dict(found.max_review_cost_usd_nanos) == {"a/1": 70, "a/2": 70, "b/1": 70}
    assert found.next_page_token == ""
    tokens = []
    for request in orchestrator.requests:
        assert isinstance(request, ListModelsRequest)
        assert list(request.capabilities) == [CAPABILITY_IMAGE_OUTPUT]
        assert list(request.states) == [Model.STATE_READY]
        tokens.append(request.page_token)
    assert tokens == ["", "1"]


async def test_the_classroom_answers(orchestrator: ScriptedOrchestrator, chorus: ChorusClient) -> None:
    student, picture = SimulateStudentRequest(task="Dogs"), GenerateImageRequest(prompt="A dog")
    assert (await chorus.student(student, timeout=SECONDS)).text == "I has a dog."
    assert (await chorus.picture(picture, timeout=SECONDS)).model == "a/1"
    assert orchestrator.requests == [student, picture]


async def test_each_call_has_its_deadline_and_a_request_id(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    await chorus.review(REQUEST, timeout=10_000, request_id="mine-1")
    await chorus.review(REQUEST, timeout=10_000)
    await chorus.review(REQUEST, timeout=10_000)
    named, *made = [call.request_id for call in orchestrator.calls]
    assert named == "mine-1"
    assert len(set(made)) == 2
    assert all(9_000 < call.deadline.remaining() < 11_000 for call in orchestrator.calls)


@pytest.mark.parametrize(("absences", "attempts"), [(2, 3), (3, 3)])
async def test_a_replica_that_goes_away_is_asked_three_times(absences: int, attempts: int) -> None:
    calls = 0

    async def answer(request: bytes, context: Any) -> bytes:
        nonlocal calls
        calls += 1
        if calls <= absences:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the connection is gone")
        return RESPONSE.response.SerializeToString()

    server = grpc.aio.server()
    methods: Any = {"GetFeedback": grpc.unary_unary_rpc_method_handler(answer)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(FEEDBACK, methods),))
    ready = health.aio.HealthServicer()
    await ready.set(FEEDBACK, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(ready, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with ChorusClient.connect(f"127.0.0.1:{port}") as chorus:
            if absences < attempts:
                assert await chorus.review(REQUEST, timeout=SECONDS) == RESPONSE.response
            else:
                with pytest.raises(UnavailableError):
                    await chorus.review(REQUEST, timeout=SECONDS)
    finally:
        await server.stop(None)
    assert calls == attempts


async def test_a_server_that_says_why_it_cannot_is_asked_once(
    orchestrator: ScriptedOrchestrator, chorus: ChorusClient
) -> None:
    orchestrator.failures = [Unavailable("draining", retry_delay=2)]
    with pytest.raises(UnavailableError, match="draining"):
        await chorus.review(REQUEST, timeout=SECONDS)
    assert len(orchestrator.calls) == 1

"""Tests what every server of Chorus tells of a call: the orchestrator and all model servers."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

import grpc
import pytest
import pytest_asyncio
from _pytest.mark import ParameterSet
from grpc_health.v1.health_pb2 import HealthCheckRequest

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, StreamFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.model_service_pb2 import StreamGenerateRequest
from orchestrator.__main__ import register
from orchestrator.settings import OrchestratorSettings
from rpckit.errors import ChorusError, InvalidRequest, from_rpc_error
from rpckit.health import LIVENESS
from rpckit.server import serving
from rpckit.settings import Environment
from rpckit.version import VERSION
from tests.contract.requests import answer_request
from tests.contract.subject import Subject, model_servers
from tests.fakes.model_server import FakeModels
from tests.patience import PATIENCE

REQUEST_ID = "a request id"
MALFORMED = b"\xff\xff\xff"
HEALTH = "/grpc.health.v1.Health"
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class ServerUnderTest:
    """A running server, and the bytes of a unary and a streaming request that it answers."""

    channel: grpc.aio.Channel
    unary_method: str
    streaming_method: str
    streaming_request: bytes

    def unary(self, **options: Any) -> Any:
        call: Any = self.channel.unary_unary(self.unary_method)
        return call(b"", **({"timeout": PATIENCE} | options))

    def streaming(self, **options: Any) -> Any:
        call: Any = self.channel.unary_stream(self.streaming_method)
        return call(self.streaming_request, **({"timeout": PATIENCE} | options))


@asynccontextmanager
async def orchestrator() -> AsyncIterator[str]:
    async with FakeModels().start() as fake:
        with TemporaryDirectory() as folder:
            variables = {
                "ORCHESTRATOR_PORT": "0",
                "CHORUS_MODEL_SERVERS": fake,
                "CHORUS_STATE_DIR": folder,
                "CHORUS_DRAIN_PAUSE_SECONDS": "0",
            }
            async with serving(OrchestratorSettings.read(Environment(variables)), register) as port:
                yield f"127.0.0.1:{port}"


def servers() -> Iterator[ParameterSet]:
    yield pytest.param(None, id="orchestrator")
    yield from model_servers(one_model_each=True)


@pytest_asyncio.fixture(params=servers(), scope="module", loop_scope="module")
async def server(request: pytest.FixtureRequest) -> AsyncIterator[ServerUnderTest]:
    subject: Subject | None = request.param
    if subject is None:
        feedback = GetFeedbackRequest(submission=Submission(text="A text."), models=["fake/good"])
        streamed: Any = StreamFeedbackRequest(request=feedback)
        service, streaming_method = "chorus.feedback.v1.FeedbackService", "StreamFeedback"
    else:
        streamed = StreamGenerateRequest(request=answer_request(subject.model))
        service, streaming_method = "chorus.model.v1.ModelService", "StreamGenerate"
    running = subject.start() if subject else orchestrator()
    async with running as target, grpc.aio.insecure_channel(target) as channel:
        yield ServerUnderTest(
            channel, f"/{service}/ListModels", f"/{service}/{streaming_method}", streamed.SerializeToString()
        )


def with_request_id(*values: str) -> tuple[tuple[str, str], ...]:
    return tuple(("x-request-id", value) for value in values)


async def trailing(call: Any) -> dict[str, str]:
    """Returns the trailing metadata that Chorus sends with every call."""
    metadata = await call.trailing_metadata()
    return {key: value for key, value in metadata if key in {"x-request-id", "x-chorus-version"}}


async def failure(awaitable: Any) -> ChorusError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await awaitable
    assert "Error" not in str(caught.value.details())
    return from_rpc_error(caught.value)


async def test_a_success_carries_the_request_id_and_the_version(server: ServerUnderTest) -> None:
    unary = server.unary(metadata=with_request_id(REQUEST_ID))
    await unary
    stream = server.streaming(metadata=with_request_id(REQUEST_ID))
    assert [message async for message in stream]
    expected = {"x-request-id": REQUEST_ID, "x-chorus-version": VERSION}
    assert [await trailing(call) for call in (unary, stream)] == [expected, expected]


async def test_a_call_without_a_request_id_is_given_one(server: ServerUnderTest) -> None:
    calls = [server.unary(), server.unary(metadata=with_request_id("")), server.unary()]
    given = {(await trailing(call))["x-request-id"] for call in calls}
    assert len(given) == len(calls)
    assert all(given)


async def test_a_failure_carries_them_too(server: ServerUnderTest) -> None:
    for call in (server.unary, server.streaming):
        failed = call(timeout=None, metadata=with_request_id(REQUEST_ID))
        assert isinstance(
            await failure(failed.read() if call == server.streaming else failed), InvalidRequest
        )
        assert await trailing(failed) == {"x-request-id": REQUEST_ID, "x-chorus-version": VERSION}


async def test_the_longest_request_id_is_taken(server: ServerUnderTest) -> None:
    longest = "x" * 64
    call = server.unary(metadata=with_request_id(longest))
    await call
    assert (await trailing(call))["x-request-id"] == longest


@pytest.mark.parametrize(
    "values", [("x" * 65,), ("x" * 1000,), ("one", "another")], ids=["65", "1000", "two"]
)
async def test_a_request_id_that_is_not_taken_is_named(
    server: ServerUnderTest, values: tuple[str, ...]
) -> None:
    for call in (server.unary, server.streaming):
        refused = call(metadata=with_request_id(*values))
        error = await failure(refused.read() if call == server.streaming else refused)
        assert isinstance(error, InvalidRequest)
        assert error.metadata == {"x-request-id": "must be one value of 1 to 64 printable ASCII characters"}
        assert (await trailing(refused))["x-request-id"] not in values


@pytest.mark.parametrize("method", ["Check", "Watch"])
async def test_malformed_bytes_at_health_are_named_by_their_message(
    server: ServerUnderTest, method: str
) -> None:
    start: Any = server.channel.unary_unary if method == "Check" else server.channel.unary_stream
    call = start(f"{HEALTH}/{method}")(MALFORMED, timeout=PATIENCE)
    error = await failure(call if method == "Check" else call.read())
    assert isinstance(error, InvalidRequest)
    assert [*error.metadata] == ["grpc.health.v1.HealthCheckRequest"]


async def test_malformed_bytes_at_reflection_are_named_by_their_message(server: ServerUnderTest) -> None:
    reflect: Any = server.channel.stream_stream(REFLECTION)
    # `list_services`, field 7, with an empty text: a question that is answered.
    well_formed = b"\x3a\x00"
    for requests in ([MALFORMED], [well_formed, MALFORMED]):
        call = reflect(iter(requests), timeout=PATIENCE)
        for _ in requests[1:]:
            assert await call.read()
        error = await failure(call.read())
        assert isinstance(error, InvalidRequest)
        assert [*error.metadata] == ["grpc.reflection.v1alpha.ServerReflectionRequest"]


async def test_health_answers_whatever_the_request_id(server: ServerUnderTest) -> None:
    check: Any = server.channel.unary_unary(f"{HEALTH}/Check")
    question = HealthCheckRequest(service=LIVENESS).SerializeToString()
    call = check(question, timeout=PATIENCE, metadata=with_request_id("x" * 65))
    # `status`, field 1: SERVING.
    assert await call == b"\x08\x01"
    assert (await trailing(call))["x-chorus-version"] == VERSION

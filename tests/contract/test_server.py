"""What surrounds every call, shown on a server of a few lines over real sockets."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import (
    GenerateRequest,
    GenerateResponse,
    ListModelsRequest,
    ListModelsResponse,
    StreamGenerateRequest,
    StreamGenerateResponse,
)
from rpckit import errors, log
from rpckit.call import served_call
from rpckit.channel import connect
from rpckit.server import Host, serving
from rpckit.settings import Environment, ServerSettings

SERVICE = "chorus.model.v1.ModelService"
SECRET = "sk-planted"  # noqa: S105 - it must not get out


@dataclass(frozen=True)
class Settings:
    server: ServerSettings


class Scripted(model_service_pb2_grpc.ModelServiceServicer):
    """Does what the system instruction says."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.started = asyncio.Event()
        self.cancelled = asyncio.Event()
        self.calls = 0
        self.deadlines: list[float] = []
        self.request_ids: list[str] = []
        self.relay: Callable[[], Any] | None = None

    async def Generate(self, request: GenerateRequest, context: Any) -> GenerateResponse:
        self.calls += 1
        call = served_call()
        self.deadlines.append(call.deadline.remaining())
        self.request_ids.append(call.request_id)
        match request.system_instruction:
            case "crash":
                raise ValueError(SECRET)
            case "cancel inside":
                raise asyncio.CancelledError
            case "unavailable":
                raise errors.Unavailable("overloaded", retry_delay=1)
            case "relay":
                assert self.relay is not None
                await self.relay()
            case "wait":
                self.started.set()
                try:
                    await self.go.wait()
                except asyncio.CancelledError:
                    self.cancelled.set()
                    raise
        return GenerateResponse()

    async def StreamGenerate(
        self, request: StreamGenerateRequest, context: Any
    ) -> AsyncGenerator[StreamGenerateResponse]:
        yield StreamGenerateResponse()
        if request.request.system_instruction == "crash":
            raise ValueError(SECRET)

    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        return ListModelsResponse()


@dataclass
class Served:
    stub: Any
    servicer: Scripted
    channel: grpc.aio.Channel
    host: Host
    stop: asyncio.Event
    stopped: "asyncio.Task[None]"


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    hosts: list[Host] = []
    servicer = Scripted()
    variables = {"X_PORT": "0", "X_MAX_IN_FLIGHT": "1", "X_MAX_QUEUED": "0"}
    settings = Settings(ServerSettings.read(Environment(variables), "X", port=0))

    async def register(host: Host, _: Settings) -> None:
        hosts.append(host)
        await host.add(SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, servicer)

    ports: asyncio.Queue[int] = asyncio.Queue()
    stop = asyncio.Event()

    async def run() -> None:
        async with serving(settings, register) as port:
            ports.put_nowait(port)
            await stop.wait()

    stopped = asyncio.create_task(run())
    port = await ports.get()
    async with connect(f"127.0.0.1:{port}", SERVICE) as channel:
        stub = model_service_pb2_grpc.ModelServiceStub(channel)
        yield Served(stub, servicer, channel, hosts[0], stop, stopped)
        stop.set()
        servicer.go.set()
        await stopped


async def failure(call: Any) -> errors.ChorusError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return errors.from_rpc_error(caught.value)


def asked(instruction: str) -> GenerateRequest:
    return GenerateRequest(system_instruction=instruction)


async def test_a_call_without_a_deadline_is_refused(served: Served) -> None:
    error = await failure(served.stub.Generate(asked("")))
    assert isinstance(error, errors.InvalidRequest)
    assert list(error.metadata) == ["grpc-timeout"]
    assert served.servicer.calls == 0


async def test_bytes_that_do_not_parse_name_the_message(served: Served) -> None:
    raw: Any = served.channel.unary_unary(f"/{SERVICE}/Generate")
    error = await failure(raw(b"\xff\xff\xff", timeout=5))
    assert isinstance(error, errors.InvalidRequest)
    assert list(error.metadata) == ["chorus.model.v1.GenerateRequest"]
    assert await served.stub.Generate(asked(""), timeout=5) == GenerateResponse()


async def test_unknown_fields_are_ignored(served: Served) -> None:
    raw: Any = served.channel.unary_unary(f"/{SERVICE}/Generate")
    # Field 1000, a varint.
    assert await raw(b"\xc0\x3e\x01", timeout=5) == b""


async def test_a_bug_is_internal_and_its_text_reaches_neither_client_nor_log(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    error = await failure(served.stub.Generate(asked("crash"), timeout=5))
    assert isinstance(error, errors.Internal)
    assert SECRET not in error.text
    assert "unexpected error" in caplog.messages
    assert SECRET not in caplog.text


async def test_a_bug_beside_the_calls_is_logged_without_its_text(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        raise ValueError(SECRET)

    served.host.spawn(work())
    # It runs, and then what was to happen at its end does.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert caplog.messages == ["unexpected error"]
    assert SECRET not in caplog.text


async def test_a_bug_in_a_stream_is_internal_too(served: Served) -> None:
    stream = served.stub.StreamGenerate(StreamGenerateRequest(request=asked("crash")), timeout=5)
    assert await stream.read() == StreamGenerateResponse()
    assert isinstance(await failure(stream.read()), errors.Internal)


async def test_a_cancellation_from_within_does_not_leave_the_client_waiting(served: Served) -> None:
    error = await failure(served.stub.Generate(asked("cancel inside"), timeout=60))
    assert isinstance(error, errors.Internal)


async def test_our_unavailable_is_not_retried(served: Served) -> None:
    error = await failure(served.stub.Generate(asked("unavailable"), timeout=5))
    assert isinstance(error, errors.Unavailable)
    assert error.retry_delay == 1
    assert served.servicer.calls == 1


async def test_a_full_server_refuses_but_lists_and_reports_its_health(served: Served) -> None:
    running = asyncio.ensure_future(served.stub.Generate(asked("wait"), timeout=60))
    await served.servicer.started.wait()

    assert isinstance(await failure(served.stub.Generate(asked(""), timeout=60)), errors.RateLimited)
    assert await served.stub.ListModels(ListModelsRequest(), timeout=5) == ListModelsResponse()
    health: Any = health_pb2_grpc.HealthStub(served.channel)
    # Health clients send no deadline.
    status = await health.Check(health_pb2.HealthCheckRequest(service=SERVICE))
    assert status.status == health_pb2.HealthCheckResponse.SERVING

    served.servicer.go.set()
    await running


async def test_a_cancel_reaches_the_handler(served: Served) -> None:
    call = served.stub.Generate(asked("wait"), timeout=60)
    await served.servicer.started.wait()
    call.cancel()
    await served.servicer.cancelled.wait()


async def test_a_deadline_reaches_the_handler(served: Served) -> None:
    error = await failure(served.stub.Generate(asked("wait"), timeout=0.2))
    assert isinstance(error, errors.Timeout)
    await served.servicer.cancelled.wait()


async def test_a_call_in_flight_is_answered_while_the_server_drains(served: Served) -> None:
    call = served.stub.Generate(asked("wait"), timeout=60)
    await served.servicer.started.wait()
    health: Any = health_pb2_grpc.HealthStub(served.channel)
    watch = health.Watch(health_pb2.HealthCheckRequest(service=SERVICE))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    served.stop.set()
    while (await watch.read()).status != health_pb2.HealthCheckResponse.NOT_SERVING:
        pass
    served.servicer.go.set()
    assert await call == GenerateResponse()
    await served.stopped


async def test_a_sub_call_inherits_what_is_left_of_the_deadline_and_the_request_id() -> None:
    inner, outer = Scripted(), Scripted()
    settings = Settings(ServerSettings.read(Environment({"X_PORT": "0"}), "X", port=0))

    def registering(servicer: Scripted) -> Any:
        async def register(host: Host, _: Settings) -> None:
            await host.add(SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, servicer)

        return register

    async with (
        serving(settings, registering(inner)) as inner_port,
        serving(settings, registering(outer)) as outer_port,
        connect(f"127.0.0.1:{inner_port}", SERVICE) as inner_channel,
        connect(f"127.0.0.1:{outer_port}", SERVICE) as outer_channel,
    ):
        inner_stub: Any = model_service_pb2_grpc.ModelServiceStub(inner_channel)
        outer.relay = lambda: inner_stub.Generate(asked(""), timeout=500)
        outer_stub: Any = model_service_pb2_grpc.ModelServiceStub(outer_channel)
        await outer_stub.Generate(asked("relay"), timeout=30, metadata=(("x-request-id", "abc"),))
    # Less our own reserve, 2 % of it.
    assert inner.deadlines[0] <= 29.4
    assert inner.request_ids == outer.request_ids == ["abc"]


async def test_an_empty_request_id_is_none(served: Served) -> None:
    for _ in range(2):
        await served.stub.Generate(asked(""), timeout=30, metadata=(("x-request-id", ""),))
    first, second = served.servicer.request_ids
    assert first != second


async def test_the_access_log_is_one_json_line_without_any_text(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    log.configure()
    try:
        await served.stub.Generate(asked("my essay"), timeout=5, metadata=(("x-request-id", "abc"),))
    finally:
        logging.getLogger().handlers.clear()
    (line,) = [each for each in capsys.readouterr().err.splitlines() if '"call"' in each]
    entry = json.loads(line)
    assert (entry["method"], entry["code"], entry["request_id"]) == (f"/{SERVICE}/Generate", "OK", "abc")
    assert "my essay" not in line

"""Tests what surrounds every call, on a server of a few lines over real sockets."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
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
from rpckit import errors
from rpckit.channel import connect
from rpckit.server import Host, serving
from rpckit.settings import Environment, ServerSettings
from tests.contract.instructed_server import (
    SECRET,
    SERVICE,
    InstructedServer,
    InstructedServicer,
    instructed_server,
)
from tests.failed_call import failure
from tests.fakes.json_log import json_log
from tests.fakes.recorder import ServerOnlySettings
from tests.patience import PATIENCE, with_growing_deadline

# As a server drains by default, in seconds.
PAUSE = 0.3
CALLS = 8
# More than grpc keeps waiting by default.
MANY_CALLS = 1500
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


@pytest.fixture
async def server() -> AsyncIterator[InstructedServer]:
    async with instructed_server() as server:
        yield server


def asked(instruction: str) -> GenerateRequest:
    return GenerateRequest(system_instruction=instruction)


async def test_a_call_without_a_deadline_is_refused(server: InstructedServer) -> None:
    error = await failure(server.stub.Generate(asked("")))
    assert isinstance(error, errors.InvalidRequest)
    assert list(error.metadata) == ["grpc-timeout"]
    assert server.servicer.calls == 0


async def test_bytes_that_do_not_parse_name_the_message(server: InstructedServer) -> None:
    raw: Any = server.channel.unary_unary(f"/{SERVICE}/Generate")
    error = await failure(raw(b"\xff\xff\xff", timeout=PATIENCE))
    assert isinstance(error, errors.InvalidRequest)
    assert list(error.metadata) == ["chorus.model.v1.GenerateRequest"]
    assert await server.stub.Generate(asked(""), timeout=PATIENCE) == GenerateResponse()


async def test_unknown_fields_are_ignored(server: InstructedServer) -> None:
    raw: Any = server.channel.unary_unary(f"/{SERVICE}/Generate")
    # The bytes are field 1000, a varint.
    assert await raw(b"\xc0\x3e\x01", timeout=PATIENCE) == b""


async def test_a_bug_is_internal_and_its_text_reaches_neither_client_nor_log(
    server: InstructedServer, caplog: pytest.LogCaptureFixture
) -> None:
    error = await failure(server.stub.Generate(asked("crash"), timeout=PATIENCE))
    assert isinstance(error, errors.Internal)
    assert SECRET not in error.text
    assert "unexpected error" in caplog.messages
    assert SECRET not in caplog.text


async def test_a_bug_beside_the_calls_is_logged_without_its_text(
    server: InstructedServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        raise ValueError(SECRET)

    server.host.spawn(work())
    while not caplog.messages:  # noqa: ASYNC110 - a log does not say that it has grown
        await asyncio.sleep(0)
    assert caplog.messages == ["unexpected error"]
    assert SECRET not in caplog.text


async def test_a_bug_in_a_stream_is_internal_too(server: InstructedServer) -> None:
    stream = server.stub.StreamGenerate(StreamGenerateRequest(request=asked("crash")), timeout=PATIENCE)
    assert await stream.read() == StreamGenerateResponse()
    assert isinstance(await failure(stream.read()), errors.Internal)


async def test_a_cancellation_from_within_does_not_leave_the_client_waiting(server: InstructedServer) -> None:
    error = await failure(server.stub.Generate(asked("cancel inside"), timeout=PATIENCE))
    assert isinstance(error, errors.Internal)


async def test_our_unavailable_is_not_retried(server: InstructedServer) -> None:
    error = await failure(server.stub.Generate(asked("unavailable"), timeout=PATIENCE))
    assert isinstance(error, errors.Unavailable)
    assert error.retry_delay == 1
    assert server.servicer.calls == 1


async def test_a_full_server_refuses_but_lists_and_reports_its_health(server: InstructedServer) -> None:
    running = asyncio.ensure_future(server.stub.Generate(asked("wait"), timeout=PATIENCE))
    await server.servicer.started.wait()

    assert isinstance(await failure(server.stub.Generate(asked(""), timeout=PATIENCE)), errors.RateLimited)
    assert await server.stub.ListModels(ListModelsRequest(), timeout=PATIENCE) == ListModelsResponse()
    health: Any = health_pb2_grpc.HealthStub(server.channel)
    # Health clients send no deadline.
    status = await health.Check(health_pb2.HealthCheckRequest(service=SERVICE))
    assert status.status == health_pb2.HealthCheckResponse.SERVING

    server.servicer.go.set()
    await running


async def test_a_cancel_reaches_the_handler(server: InstructedServer) -> None:
    call = server.stub.Generate(asked("wait"), timeout=PATIENCE)
    await server.servicer.started.wait()
    call.cancel()
    await server.servicer.cancelled.wait()


async def test_a_deadline_reaches_the_handler(server: InstructedServer) -> None:
    async def wait(seconds: float) -> errors.ChorusError:
        return await failure(server.stub.Generate(asked("wait"), timeout=seconds))

    error = await with_growing_deadline(wait, lambda _: server.servicer.started.is_set(), 0.2)
    assert isinstance(error, errors.Timeout)
    await server.servicer.cancelled.wait()


async def test_a_call_in_flight_is_answered_while_the_server_drains(server: InstructedServer) -> None:
    call = server.stub.Generate(asked("wait"), timeout=PATIENCE)
    await server.servicer.started.wait()
    health: Any = health_pb2_grpc.HealthStub(server.channel)
    watch = health.Watch(health_pb2.HealthCheckRequest(service=SERVICE))
    assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
    server.stop.set()
    while (await watch.read()).status != health_pb2.HealthCheckResponse.NOT_SERVING:
        pass
    server.servicer.go.set()
    assert await call == GenerateResponse()
    await server.stopped


async def test_a_call_that_has_not_begun_is_answered_while_the_server_drains(
    server: InstructedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # grpc has taken the call, and this process, busy, has not counted it yet.
    monkeypatch.setattr("rpckit.interceptor.CallInterceptor._counted_as_running", lambda _: nullcontext())
    monkeypatch.setattr("rpckit.server._LAST_CALLS_SECONDS", PATIENCE)
    health: Any = health_pb2_grpc.HealthStub(server.channel)
    watch = aiter(health.Watch(health_pb2.HealthCheckRequest(service=SERVICE)))
    assert (await anext(watch)).status == health_pb2.HealthCheckResponse.SERVING
    call = server.stub.Generate(asked("wait"), timeout=PATIENCE)
    await server.servicer.started.wait()
    server.stop.set()
    assert [each.status async for each in watch] == [health_pb2.HealthCheckResponse.NOT_SERVING]
    server.servicer.go.set()
    assert await call == GenerateResponse()
    await server.stopped


async def test_calls_that_came_while_the_process_was_busy_are_answered_though_it_drains(
    server: InstructedServer,
) -> None:
    with grpc.insecure_channel(server.address) as channel, ThreadPoolExecutor(CALLS) as threads:
        stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
        ask = partial(stub.ListModels, ListModelsRequest(), timeout=PATIENCE)
        assert await asyncio.get_running_loop().run_in_executor(threads, ask) == ListModelsResponse()
        server.stop.set()
        await server.host.draining.wait()
        calls = [asyncio.wrap_future(threads.submit(ask)) for _ in range(CALLS)]
        # The pause before it stops is over when it comes to itself. grpc hands over one call at a time.
        time.sleep(2 * PAUSE)  # noqa: ASYNC251 - nothing else on the loop may run
        assert await asyncio.gather(*calls) == [ListModelsResponse()] * CALLS
    await server.stopped


async def test_no_call_is_cancelled_because_many_come_at_once(server: InstructedServer) -> None:
    async with grpc.aio.insecure_channel(server.address) as channel:
        stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
        calls = [stub.ListModels(ListModelsRequest(), timeout=PATIENCE) for _ in range(MANY_CALLS)]
        assert await asyncio.gather(*calls) == [ListModelsResponse()] * MANY_CALLS


@pytest.mark.parametrize("seconds", [10.001, 12.001, 100.1, 1000.5])
async def test_a_handler_has_no_more_time_than_its_caller(server: InstructedServer, seconds: float) -> None:
    # gRPC rounds it up: 10.001 s are sent as 10.1 s.
    await server.stub.Generate(asked(""), timeout=seconds)
    assert server.servicer.deadlines[0] <= seconds


async def test_a_sub_call_inherits_what_is_left_of_the_deadline_and_the_request_id() -> None:
    inner, outer = InstructedServicer(), InstructedServicer()
    settings = ServerOnlySettings(ServerSettings.read(Environment({"X_PORT": "0"}), "X", port=0))

    def registering(servicer: InstructedServicer) -> Any:
        async def register(host: Host, _: ServerOnlySettings) -> None:
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
        await outer_stub.Generate(asked("relay"), timeout=PATIENCE, metadata=(("x-request-id", "abc"),))
    # Less our own reserve, 2 % of it.
    assert inner.deadlines[0] <= 0.98 * PATIENCE
    assert inner.request_ids == outer.request_ids == ["abc"]


async def test_an_open_reflection_does_not_hold_up_a_drain(server: InstructedServer) -> None:
    questions: asyncio.Queue[bytes] = asyncio.Queue()
    # `list_services`, field 7, with an empty text.
    questions.put_nowait(b"\x3a\x00")

    async def ask_for_ever() -> AsyncIterator[bytes]:
        while True:
            yield await questions.get()

    reflect: Any = server.channel.stream_stream(REFLECTION)
    call = reflect(ask_for_ever())
    assert await call.read()
    server.stop.set()
    async with asyncio.timeout(PATIENCE):
        await server.stopped
    call.cancel()


async def test_an_empty_request_id_is_none(server: InstructedServer) -> None:
    for _ in range(2):
        await server.stub.Generate(asked(""), timeout=PATIENCE, metadata=(("x-request-id", ""),))
    first, second = server.servicer.request_ids
    assert first != second


async def test_the_access_log_is_one_json_line_without_any_text(
    server: InstructedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with json_log():
        await server.stub.Generate(asked("my essay"), timeout=PATIENCE, metadata=(("x-request-id", "abc"),))
    (line,) = [each for each in capsys.readouterr().err.splitlines() if '"call"' in each]
    entry = json.loads(line)
    assert (entry["method"], entry["code"], entry["request_id"]) == (f"/{SERVICE}/Generate", "OK", "abc")
    assert "my essay" not in line


@pytest.mark.parametrize("instruction", ["wait", "flood"])
async def test_a_stream_whose_client_has_left_is_logged_as_cancelled(
    server: InstructedServer, caplog: pytest.LogCaptureFixture, instruction: str
) -> None:
    caplog.set_level(logging.INFO, "chorus.access")
    request = StreamGenerateRequest(request=asked(instruction))
    stream = server.stub.StreamGenerate(request, timeout=PATIENCE)
    await stream.read()
    stream.cancel()
    lines: list[logging.LogRecord] = []
    async with asyncio.timeout(PATIENCE):
        while not lines:
            await asyncio.sleep(0)
            lines = [each for each in caplog.records if each.name == "chorus.access"]
    (line,) = lines
    assert vars(line)["fields"]["code"] == "CANCELLED"


async def test_a_call_that_takes_too_long_ends_before_its_deadline_and_says_so(
    server: InstructedServer,
) -> None:
    async def wait(seconds: float) -> errors.ChorusError | None:
        try:
            await server.stub.Generate(asked("wait"), timeout=seconds)
        except grpc.aio.AioRpcError as error:
            return errors.from_rpc_error(error) if errors.is_from_chorus(error) else None
        raise AssertionError("nobody let it go")

    error = await with_growing_deadline(wait, lambda each: each is not None, 0.5)
    assert isinstance(error, errors.Timeout)

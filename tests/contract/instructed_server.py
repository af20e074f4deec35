"""A server of a few lines over real sockets, which behaves as each call says."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.content_pb2 import Part
from chorus.model.v1.model_service_pb2 import (
    GenerateRequest,
    GenerateResponse,
    ListModelsRequest,
    ListModelsResponse,
    StreamGenerateRequest,
    StreamGenerateResponse,
)
from rpckit import errors
from rpckit.call import served_call
from rpckit.channel import connect
from rpckit.server import Host, serving
from rpckit.settings import Environment, ServerSettings
from tests.fakes.recorder import ServerOnlySettings

SERVICE = "chorus.model.v1.ModelService"
SECRET = "sk-planted"  # noqa: S105 - it must not get out
# More than grpc takes of a stream whose client does not read.
FLOOD = StreamGenerateResponse(delta=Part(text="x" * 1_000_000))


class InstructedServicer(model_service_pb2_grpc.ModelServiceServicer):
    """Behaves as the system instruction says."""

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
        match request.request.system_instruction:
            case "crash":
                raise ValueError(SECRET)
            case "wait":
                await self.go.wait()
            case "flood":
                while True:
                    yield FLOOD

    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        return ListModelsResponse()


@dataclass
class InstructedServer:
    stub: Any
    servicer: InstructedServicer
    channel: grpc.aio.Channel
    host: Host
    stop: asyncio.Event
    stopped: "asyncio.Task[None]"
    address: str


@asynccontextmanager
async def instructed_server() -> AsyncIterator[InstructedServer]:
    """Serves an `InstructedServicer`, one call at a time."""
    hosts: list[Host] = []
    servicer = InstructedServicer()
    variables = {"X_PORT": "0", "X_MAX_IN_FLIGHT": "1", "X_MAX_QUEUED": "0"}
    settings = ServerOnlySettings(ServerSettings.read(Environment(variables), "X", port=0))

    async def register(host: Host, _: ServerOnlySettings) -> None:
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
        yield InstructedServer(stub, servicer, channel, hosts[0], stop, stopped, f"127.0.0.1:{port}")
        stop.set()
        servicer.go.set()
        await stopped

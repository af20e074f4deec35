"""Offers a ModelService of a few lines that keeps each of its calls."""

import asyncio
import random
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import (
    GenerateRequest,
    GenerateResponse,
    ListModelsRequest,
    ListModelsResponse,
    StreamGenerateRequest,
    StreamGenerateResponse,
)
from rpckit.call import Call, served_call
from rpckit.errors import Unavailable
from rpckit.server import Host, serving
from rpckit.settings import Environment, ServerSettings

SERVICE = "chorus.model.v1.ModelService"
# Linux, macOS and IANA take the ports of outgoing connections from above this range.
_NEVER_OUTGOING = range(20_000, 30_000)


@dataclass(frozen=True)
class ServerOnlySettings:
    """Holds the settings of a service that has none of its own."""

    server: ServerSettings


class Recorder(model_service_pb2_grpc.ModelServiceServicer):
    """Keeps each call. The system instruction lets Generate "wait" for `go` or "fail"; else it answers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.started = asyncio.Event()
        self.go = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def Generate(self, request: GenerateRequest, context: Any) -> GenerateResponse:
        self.calls.append(served_call())
        if request.system_instruction == "fail":
            raise Unavailable("overloaded", retry_delay=1)
        if request.system_instruction == "wait":
            await self._wait()
        return GenerateResponse()

    async def StreamGenerate(
        self, request: StreamGenerateRequest, context: Any
    ) -> AsyncGenerator[StreamGenerateResponse]:
        self.calls.append(served_call())
        yield StreamGenerateResponse()
        if request.request.system_instruction == "wait":
            await self._wait()
        yield StreamGenerateResponse()

    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        self.calls.append(served_call())
        return ListModelsResponse()

    async def _wait(self) -> None:
        self.started.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise

    async def register(self, host: Host, settings: ServerOnlySettings) -> None:
        """Adds the service."""
        await host.add(SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, self)

    @asynccontextmanager
    async def start(self, **variables: str) -> AsyncIterator[int]:
        """Serves with variables of the prefix X while the block runs; yields the port."""
        defaults = {"X_PORT": "0", "CHORUS_DRAIN_PAUSE_SECONDS": "0"}
        environment = Environment(defaults | variables)
        server = ServerSettings.read(environment, "X", port=0, has_outside_callers=True)
        async with serving(ServerOnlySettings(server), self.register) as port:
            yield port


def free_port() -> int:
    """Returns a port that nobody uses now, and that the system gives to no outgoing connection meanwhile."""
    while True:
        port = random.SystemRandom().choice(_NEVER_OUTGOING)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port

"""Tests what a channel of Chorus does by itself when a server fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import GenerateRequest, GenerateResponse
from rpckit.channel import connect
from tests.fakes.recorder import SERVICE, Recorder
from tests.patience import PATIENCE

ATTEMPTS = 3


class UnavailableServicer(Recorder):
    """Fails every attempt at a call with UNAVAILABLE, as a proxy before a dead server does."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts = 0

    async def Generate(
        self, request: GenerateRequest, context: "grpc.aio.ServicerContext[Any, Any]"
    ) -> GenerateResponse:
        self.attempts += 1
        await context.abort(grpc.StatusCode.UNAVAILABLE)


@asynccontextmanager
async def failing() -> AsyncIterator[tuple[UnavailableServicer, Any]]:
    """Opens a stub for a server of grpc's own, which has no health to watch."""
    servicer, server = UnavailableServicer(), grpc.aio.server()
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with connect(f"127.0.0.1:{port}", SERVICE, watch_health=False) as channel:
            yield servicer, model_service_pb2_grpc.ModelServiceStub(channel)
    finally:
        await server.stop(None)


async def call(stub: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Generate(GenerateRequest(), timeout=PATIENCE)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_an_unavailable_server_is_tried_again() -> None:
    async with failing() as (servicer, stub):
        await call(stub)
    assert servicer.attempts == ATTEMPTS


async def test_the_more_calls_fail_the_fewer_are_tried_again() -> None:
    calls = 100
    async with failing() as (servicer, stub):
        await asyncio.gather(*(call(stub) for _ in range(calls)))
    # A failed attempt takes one of 40 tokens, and below half of them nothing is tried again.
    assert calls < servicer.attempts <= 1.2 * calls

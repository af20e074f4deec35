"""Tests what a channel of Chorus does by itself when a server fails."""

import asyncio
import gc
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from statistics import median
from typing import Any

import grpc
import pytest

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import (
    GenerateRequest,
    GenerateResponse,
    StreamGenerateRequest,
    StreamGenerateResponse,
)
from rpckit.channel import connect
from rpckit.memory_in_use import malloc_bytes
from tests.fakes.recorder import SERVICE, Recorder
from tests.patience import PATIENCE

ATTEMPTS = 3
AT_ONCE, ROUNDS = 50, 8
# They fill what is kept for the next.
FILLING_ROUNDS = 2
MOST_BYTES = 60


class FailingServicer(Recorder):
    """Fails every attempt at a call, with UNAVAILABLE as a proxy before a dead server does."""

    def __init__(self, code: grpc.StatusCode) -> None:
        super().__init__()
        self.code = code
        self.attempts = 0

    async def Generate(
        self, request: GenerateRequest, context: "grpc.aio.ServicerContext[Any, Any]"
    ) -> GenerateResponse:
        self.attempts += 1
        await context.abort(self.code)


class ShortServicer(Recorder):
    """Streams an answer of two parts."""

    async def StreamGenerate(
        self, request: StreamGenerateRequest, context: "grpc.aio.ServicerContext[Any, Any]"
    ) -> AsyncGenerator[StreamGenerateResponse, None]:
        yield StreamGenerateResponse()
        yield StreamGenerateResponse()


class HangingServicer(Recorder):
    """Answers no call, and counts those that have come and those that were cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.come = self.gone = 0
        self.changed = asyncio.Condition()

    async def Generate(
        self, request: GenerateRequest, context: "grpc.aio.ServicerContext[Any, Any]"
    ) -> GenerateResponse:
        await self._hang()
        return GenerateResponse()

    async def StreamGenerate(
        self, request: StreamGenerateRequest, context: "grpc.aio.ServicerContext[Any, Any]"
    ) -> AsyncGenerator[StreamGenerateResponse, None]:
        if request.request.system_instruction != "silence":
            yield StreamGenerateResponse()
        await self._hang()

    async def _hang(self) -> None:
        try:
            self.come += 1
            await self._tell()
            await asyncio.Event().wait()
        finally:
            self.gone += 1
            await self._tell()

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def until(self, come: int, gone: int) -> None:
        """Waits until so many calls have come, and so many were cancelled."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: self.come >= come and self.gone >= gone)


@asynccontextmanager
async def serving(servicer: Recorder) -> AsyncIterator[Any]:
    """Opens a stub for a server of grpc's own, which has no health to watch."""
    server = grpc.aio.server()
    model_service_pb2_grpc.add_ModelServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with connect(f"127.0.0.1:{port}", SERVICE, watch_health=False) as channel:
            yield model_service_pb2_grpc.ModelServiceStub(channel)
    finally:
        await server.stop(None)


@asynccontextmanager
async def failing(
    code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE,
) -> AsyncIterator[tuple[FailingServicer, Any]]:
    """Opens a stub for a server that fails."""
    servicer = FailingServicer(code)
    async with serving(servicer) as stub:
        yield servicer, stub


async def call(stub: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.Generate(GenerateRequest(), timeout=PATIENCE)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_an_unavailable_server_is_tried_again() -> None:
    async with failing() as (servicer, stub):
        await call(stub)
    assert servicer.attempts == ATTEMPTS


async def test_what_a_server_cancels_as_it_stops_is_tried_again() -> None:
    async with failing(grpc.StatusCode.CANCELLED) as (servicer, stub):
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.Generate(GenerateRequest(), timeout=PATIENCE)
    assert servicer.attempts == ATTEMPTS


async def test_the_more_calls_fail_the_fewer_are_tried_again() -> None:
    calls = 100
    async with failing() as (servicer, stub):
        await asyncio.gather(*(call(stub) for _ in range(calls)))
    # A failed attempt takes one of 40 tokens, and below half of them nothing is tried again.
    assert calls < servicer.attempts <= 1.2 * calls


async def read_stream(stub: Any) -> None:
    async for _ in stub.StreamGenerate(StreamGenerateRequest(), timeout=PATIENCE):
        pass


async def read_silence(stub: Any) -> None:
    """Waits for a stream whose server has sent nothing, not even its headers."""
    request = StreamGenerateRequest(request=GenerateRequest(system_instruction="silence"))
    async for _ in stub.StreamGenerate(request, timeout=PATIENCE):
        pass


@pytest.mark.parametrize(
    "ask",
    [lambda stub: stub.Generate(GenerateRequest(), timeout=PATIENCE), read_stream, read_silence],
    ids=["unary", "stream", "silence"],
)
@pytest.mark.skipif(not malloc_bytes(), reason="this is not glibc")
async def test_a_cancelled_call_leaves_nothing_in_memory(ask: Callable[[Any], Any]) -> None:
    servicer = HangingServicer()

    async def cancel_some(number: int) -> None:
        calls = [asyncio.ensure_future(ask(stub)) for _ in range(AT_ONCE)]
        await servicer.until(AT_ONCE * (number + 1), AT_ONCE * number)
        for each in calls:
            each.cancel()
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended)
        await servicer.until(AT_ONCE * (number + 1), AT_ONCE * (number + 1))

    async with serving(servicer) as stub:
        # grpc itself loses 1,000 bytes of a unary call, 97 of a silent stream and 160 of another one.
        assert await usual_bytes_left(cancel_some) < MOST_BYTES


@pytest.mark.skipif(not malloc_bytes(), reason="this is not glibc")
async def test_a_stream_that_is_cancelled_before_it_begins_leaves_nothing_in_memory() -> None:
    async def cancel_some(number: int) -> None:
        calls = [stub.StreamGenerate(StreamGenerateRequest(), timeout=PATIENCE) for _ in range(AT_ONCE)]
        for each in calls:
            each.cancel()
        ended = await asyncio.gather(*(each.read() for each in calls), return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended)

    async with serving(HangingServicer()) as stub:
        # Begun in vain, it would lose 430 and more.
        assert await usual_bytes_left(cancel_some) < MOST_BYTES


async def usual_bytes_left(cancel_some: Callable[[int], Any]) -> float:
    """Returns what malloc has given out for one of the calls and not got back."""
    sizes = []
    for number in range(FILLING_ROUNDS + ROUNDS):
        await cancel_some(number)
        # The server ends what it does for a cancelled call a moment later, in tasks of this name.
        async with asyncio.timeout(PATIENCE):
            while any("_rpc_coro" in repr(each) for each in asyncio.all_tasks()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        gc.collect()
        sizes.append(malloc_bytes())
    # Some rounds take what is kept for later ones.
    return median(after - before for before, after in pairwise(sizes[FILLING_ROUNDS - 1 :])) / AT_ONCE


async def test_a_stream_that_ends_is_freed_at_once() -> None:
    async with serving(ShortServicer()) as stub:
        gc.collect()
        gc.disable()
        try:
            await read_stream(stub)
            left = [each for each in gc.get_objects() if issubclass(type(each), grpc.aio.UnaryStreamCall)]
        finally:
            gc.enable()
    assert not left

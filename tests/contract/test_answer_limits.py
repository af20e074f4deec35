"""What a provider or a foreign model server may send for one answer. Beyond it no more is read."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from chorus.model.v1 import content_pb2, model_service_pb2, model_service_pb2_grpc
from modelkit import answer_limits
from modelkit.usage import usage_of
from rpckit import errors
from rpckit.channel import connect
from tests.failed_call import failure
from tests.fakes.providers.proxy import (
    ADAPTERS,
    ANTHROPIC,
    GENAI,
    GENERATIVEAI,
    Adapter,
    proxy_for,
)
from tests.patience import PATIENCE

_SERVICE = "chorus.model.v1.ModelService"
every = pytest.mark.parametrize("adapter", ADAPTERS, ids=[adapter.name for adapter in ADAPTERS])
# The older SDK of Google's reads a stream as one JSON array, which is a response that comes whole.
streamed = pytest.mark.parametrize(
    "adapter",
    [each for each in ADAPTERS if each is not GENERATIVEAI],
    ids=lambda adapter: adapter.name,
)
_CHUNK = 64 * 1024
# What may be under way between a server that writes and one that reads no more.
_UNDER_WAY = 16 * 1024 * 1024


@dataclass
class Flood:
    """A provider that never comes to an end, in one of several ways.

    Attributes:
        sent: The bytes of the body that it has got rid of.
        left: Set when its client goes away.
    """

    pieces: Iterator[bytes]
    content_type: str
    address: str = ""
    sent: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers={"content-type": self.content_type})
        try:
            await response.prepare(request)
            for piece in self.pieces:
                await response.write(piece)
                self.sent += len(piece)
        except (asyncio.CancelledError, ConnectionError):
            self.left.set()
            raise
        return response


def endless(piece: bytes, first: bytes = b"") -> Iterator[bytes]:
    yield first
    while True:
        yield piece


def one_event(adapter: Adapter) -> Iterator[bytes]:
    """Yields one event whose text does not end."""
    start = json.dumps(_event(adapter, "X")).partition("X")[0]
    return endless(b"x" * _CHUNK, b"data: " + start.encode())


def many_events(adapter: Adapter) -> Iterator[bytes]:
    """Yields events, each sound, without an end."""
    name = "event: content_block_delta\n" if adapter is ANTHROPIC else ""
    event = f"{name}data: {json.dumps(_event(adapter, 'x' * 1000))}\n\n"
    return endless(event.encode() * 16)


def _event(adapter: Adapter, words: str) -> dict[str, Any]:
    if adapter is ANTHROPIC:
        delta = {"type": "text_delta", "text": words}
        return {"type": "content_block_delta", "index": 0, "delta": delta}
    if adapter is GENAI:
        return {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": words}]}}]}
    choice = {"index": 0, "delta": {"role": "assistant", "content": words}, "finish_reason": None}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


@asynccontextmanager
async def flooding(pieces: Iterator[bytes], content_type: str) -> AsyncIterator[Flood]:
    flood = Flood(pieces, content_type)
    application = web.Application()
    application.router.add_post("/{path:.*}", flood.answer)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    flood.address = f"http://{host}:{port}"
    try:
        yield flood
    finally:
        await runner.cleanup()


async def refusal(adapter: Adapter, flood: Flood, *, streaming: bool) -> errors.ChorusError:
    """Returns what a caller of the proxy is told of a flood, after which the provider is left alone."""
    turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[content_pb2.Part(text="Well?")])
    request = model_service_pb2.GenerateRequest(model=adapter.model, turns=[turn])
    async with proxy_for(adapter, flood.address) as address, connect(address, _SERVICE) as channel:
        stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
        if streaming:
            call = stub.StreamGenerate(
                model_service_pb2.StreamGenerateRequest(request=request), timeout=PATIENCE
            )
            error = await failure(_read_all(call))
        else:
            error = await failure(stub.Generate(request, timeout=PATIENCE))
        async with asyncio.timeout(PATIENCE):
            await flood.left.wait()
    return error


async def _read_all(call: Any) -> None:
    async for _ in call:
        pass


def check(error: errors.ChorusError) -> None:
    assert isinstance(error, errors.BadOutput)
    assert "more than" in error.text
    usage = usage_of(error)
    assert usage is not None
    assert usage.basis


@every
async def test_a_response_that_never_ends_is_left_at_the_limit(adapter: Adapter) -> None:
    pieces = endless(b"x" * _CHUNK, b'{"a": "')
    async with flooding(pieces, "application/json") as flood:
        check(await refusal(adapter, flood, streaming=False))
    assert answer_limits.MAX_EVENT_BYTES < flood.sent < answer_limits.MAX_EVENT_BYTES + _UNDER_WAY


@streamed
async def test_an_event_that_never_ends_is_left_at_the_limit(adapter: Adapter) -> None:
    async with flooding(one_event(adapter), "text/event-stream") as flood:
        check(await refusal(adapter, flood, streaming=True))
    assert answer_limits.MAX_EVENT_BYTES < flood.sent < answer_limits.MAX_EVENT_BYTES + _UNDER_WAY


@streamed
async def test_a_stream_of_text_that_never_ends_is_left_at_the_limit(adapter: Adapter) -> None:
    async with flooding(many_events(adapter), "text/event-stream") as flood:
        check(await refusal(adapter, flood, streaming=True))
    assert answer_limits.MAX_ANSWER_TEXT_BYTES < flood.sent < answer_limits.MAX_STREAM_BYTES


@streamed
async def test_a_stream_without_text_that_never_ends_is_left_at_the_limit(adapter: Adapter) -> None:
    # Google's SDK takes a comment for an error.
    empty = b'data: {"modelVersion": "%s"}' if adapter is GENAI else b": %s"
    events = endless(empty % (b"x" * _CHUNK) + b"\n\n")
    async with flooding(events, "text/event-stream") as flood:
        check(await refusal(adapter, flood, streaming=True))
    assert answer_limits.MAX_STREAM_BYTES < flood.sent < answer_limits.MAX_STREAM_BYTES + _UNDER_WAY

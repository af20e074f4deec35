"""Tests what the age of a connection, the pings of its client and a drain do to the calls on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import grpc
import pytest
from typing_extensions import override

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import (
    GenerateRequest,
    GenerateResponse,
    ListModelsRequest,
    ListModelsResponse,
    StreamGenerateRequest,
    StreamGenerateResponse,
)
from chorus_client.channel import open_channel
from rpckit.channel import connect
from rpckit.transport import LEAST_PING_SECONDS
from tests.fakes.recorder import SERVICE, Recorder, free_port
from tests.patience import PATIENCE

WAIT = GenerateRequest(system_instruction="wait")

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS, _PING, _GOAWAY = 4, 6, 7
_ACK = 1
# Go's clients ping no more often.
_GO_SECONDS = 10


class PeerRecorder(Recorder):
    """Keeps the address that each `ListModels` came from: one for each connection."""

    def __init__(self) -> None:
        super().__init__()
        self.peers: set[str] = set()

    @override
    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        self.peers.add(context.peer())
        return await super().ListModels(request, context)


@asynccontextmanager
async def aging() -> AsyncIterator[tuple[PeerRecorder, Any]]:
    """Serves with the shortest age of connections, and a drain that waits for no call."""
    recorder = PeerRecorder()
    ages = {"CHORUS_CONNECTION_AGE_SECONDS": "1", "CHORUS_DRAIN_GRACE_SECONDS": "0"}
    async with recorder.start(**ages) as port, connect(f"127.0.0.1:{port}", SERVICE) as channel:
        yield recorder, model_service_pb2_grpc.ModelServiceStub(channel)


async def connected_anew(recorder: PeerRecorder, stub: Any) -> None:
    """Waits until calls come on another connection, because the first one's age has passed."""
    async with asyncio.timeout(PATIENCE):
        while len(recorder.peers) < 2:
            await stub.ListModels(ListModelsRequest(), timeout=PATIENCE)
            await asyncio.sleep(0.01)


async def test_no_answer_ends_because_of_the_age_of_its_connection() -> None:
    async with aging() as (recorder, stub):
        answer = asyncio.ensure_future(stub.Generate(WAIT, timeout=PATIENCE))
        await recorder.started.wait()
        await connected_anew(recorder, stub)
        assert not answer.done()
        recorder.go.set()
        assert await answer == GenerateResponse()
    assert [call.method for call in recorder.calls].count(f"/{SERVICE}/Generate") == 1


async def test_no_stream_ends_because_of_the_age_of_its_connection() -> None:
    async with aging() as (recorder, stub):
        stream = stub.StreamGenerate(StreamGenerateRequest(request=WAIT), timeout=PATIENCE)
        assert await stream.read() == StreamGenerateResponse()
        await connected_anew(recorder, stub)
        recorder.go.set()
        assert await stream.read() == StreamGenerateResponse()
        assert await stream.code() is grpc.StatusCode.OK


async def test_a_drain_is_bounded_all_the_same() -> None:
    recorder = Recorder()
    async with AsyncExitStack() as stack:
        async with recorder.start(CHORUS_DRAIN_GRACE_SECONDS="0") as port:
            channel = await stack.enter_async_context(connect(f"127.0.0.1:{port}", SERVICE))
            stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
            endless = asyncio.ensure_future(stub.Generate(WAIT, timeout=PATIENCE))
            await recorder.started.wait()
        # The server has ended though nobody let the call go.
        assert recorder.cancelled.is_set()
        endless.cancel()
        await asyncio.wait([endless])


async def test_who_pings_as_often_as_any_client_may_is_not_sent_away() -> None:
    assert LEAST_PING_SECONDS < _GO_SECONDS / 2
    async with Recorder().start() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_PREFACE + _frame(_SETTINGS))
        for number in range(5):
            payload = number.to_bytes(8)
            writer.write(_frame(_PING, payload=payload))
            assert await _answer_to_ping(reader) == payload
            # The pace is what is tested. A busy machine makes it slower, never faster.
            await asyncio.sleep(1.1 * LEAST_PING_SECONDS)
        writer.close()


@pytest.mark.parametrize("opened", [connect, partial(open_channel, tls=None)], ids=["ours", "a caller's"])
async def test_a_new_channel_does_not_wait_with_an_old_one(opened: Callable[..., grpc.aio.Channel]) -> None:
    """Within a process grpc would share the old channel's connection, and its pause between attempts."""
    port = free_port()
    attempts = asyncio.Queue[None]()

    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        attempts.put_nowait(None)

    async with opened(f"127.0.0.1:{port}", SERVICE) as old:
        async with await asyncio.start_server(refuse, "127.0.0.1", port):
            old.get_state(try_to_connect=True)
            # Each pause is longer than the one before, and the next longer than all attempts of a call.
            for _ in range(5):
                await asyncio.wait_for(attempts.get(), PATIENCE)
        async with Recorder().start(X_PORT=str(port)), opened(f"127.0.0.1:{port}", SERVICE) as new:
            stub: Any = model_service_pb2_grpc.ModelServiceStub(new)
            await stub.ListModels(ListModelsRequest(), timeout=PATIENCE)


def _frame(kind: int, payload: bytes = b"") -> bytes:
    """Returns a frame of HTTP/2 on the connection's own stream, 0."""
    return len(payload).to_bytes(3) + bytes((kind, 0)) + bytes(4) + payload


async def _answer_to_ping(reader: asyncio.StreamReader) -> bytes:
    """Reads frames until a ping is answered."""
    async with asyncio.timeout(PATIENCE):
        while True:
            header = await reader.readexactly(9)
            payload = await reader.readexactly(int.from_bytes(header[:3]))
            assert header[3] != _GOAWAY, payload
            if header[3] == _PING and header[4] & _ACK:
                return payload

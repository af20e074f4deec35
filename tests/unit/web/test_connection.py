import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from clients.web.server.connection import Connection
from tests.patience import PATIENCE

REQUEST = b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n"


class Impatient(Connection):
    header_seconds = 0.01
    body_seconds = 0.01


class Wire(asyncio.Transport):
    """Says when the connection was aborted, and keeps what was written."""

    def __init__(self) -> None:
        super().__init__()
        self.aborted = asyncio.Event()
        self.written = b""

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def abort(self) -> None:
        self.aborted.set()

    def close(self) -> None:
        self.abort()

    def is_closing(self) -> bool:
        return self.aborted.is_set()


@pytest.fixture
def may_answer() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test may take longer to begin than an impatient connection waits for its first request."""
    monkeypatch.setattr(Impatient, "header_seconds", PATIENCE)


@pytest.fixture
async def connection(may_answer: asyncio.Event) -> AsyncIterator[tuple[Impatient, Wire]]:
    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await may_answer.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    made, wire = Impatient(uvicorn.Config(answer, log_config=None), ServerState(), {}), Wire()
    made.connection_made(wire)
    yield made, wire
    made.connection_lost(None)
    may_answer.set()
    await asyncio.gather(*made.tasks)


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nx: ", REQUEST, REQUEST + b"1"])
@pytest.mark.parametrize("is_answered", [False, True])
async def test_a_request_that_does_not_come_ends_the_connection(
    connection: tuple[Impatient, Wire], may_answer: asyncio.Event, sent: bytes, is_answered: bool
) -> None:
    made, wire = connection
    if is_answered:
        may_answer.set()
    if sent:
        made.data_received(sent)
    async with asyncio.timeout(PATIENCE):
        await wire.aborted.wait()


@pytest.mark.usefixtures("unhurried")
async def test_an_answer_may_take_its_time_and_the_next_request_too(
    connection: tuple[Impatient, Wire], may_answer: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, wire = connection
    monkeypatch.setattr(Impatient, "header_seconds", 0.01)
    made.data_received(REQUEST + b"12")
    assert made._timer is not None
    made._timer.cancel()
    made._end_if_coming()
    assert not wire.aborted.is_set()
    may_answer.set()
    await asyncio.gather(*made.tasks)
    assert wire.written.startswith(b"HTTP/1.1 204")
    async with asyncio.timeout(PATIENCE):
        await wire.aborted.wait()

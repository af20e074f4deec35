import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from starlette.types import Message, Receive, Scope, Send

from clients.web.server.joined_body import JoiningPieces
from tests.patience import PATIENCE

_NEVER = 3600.0
_START = {"type": "http.response.start", "status": 200}


@dataclass
class Sending:
    """Sends pieces as a streamed answer does, and keeps what of it arrives."""

    pieces: Sequence[bytes]
    fails: bool = False
    arrived: list[Message] = field(default_factory=list)
    has_all: asyncio.Event = field(default_factory=asyncio.Event)
    waits: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send(_START)
        for each in self.pieces:
            await send({"type": "http.response.body", "body": each, "more_body": True})
        if self.waits:
            await self.has_all.wait()
        if self.fails:
            raise ConnectionError
        await send({"type": "http.response.body", "body": b"end"})

    async def take(self, message: Message) -> None:
        self.arrived.append(message)
        if b"".join(self.bodies()) == b"".join(self.pieces):
            self.has_all.set()

    def bodies(self) -> list[bytes]:
        return [each["body"] for each in self.arrived[1:]]

    async def through(self, moment_seconds: float) -> list[bytes]:
        async with asyncio.timeout(PATIENCE):
            await JoiningPieces(self, moment_seconds)({}, _nothing, self.take)
        return self.bodies()


async def _nothing() -> Message:
    raise AssertionError("nothing is asked of the reader")


async def test_what_comes_within_a_moment_goes_together_and_the_first_at_once() -> None:
    assert await Sending([b"a", b"b", b"c"]).through(_NEVER) == [b"a", b"bc", b"end"]
    assert await Sending([]).through(_NEVER) == [b"end"]


async def test_what_comes_slowly_waits_for_nothing() -> None:
    assert await Sending([b"a", b"b"]).through(0.0) == [b"a", b"b", b"end"]


async def test_the_moment_ends_by_itself() -> None:
    assert await Sending([b"a", b"b", b"c"], waits=True).through(0.001) == [b"a", b"bc", b"end"]


async def test_what_is_kept_is_bounded() -> None:
    large = bytes(65_537)
    assert await Sending([b"a", b"b", large, b"c"]).through(_NEVER) == [b"a", b"b" + large, b"c", b"end"]


async def test_what_came_before_a_failure_arrives() -> None:
    sending = Sending([b"a", b"b"], fails=True)
    with pytest.raises(ConnectionError):
        await sending.through(_NEVER)
    assert sending.bodies() == [b"a", b"b"]

"""Sends the pieces of a streamed answer that come within a moment as one."""

import asyncio
import math

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOMENT_SECONDS = 0.005
_MOST_BYTES = 64 * 1024


class JoiningPieces:
    """An ASGI application around one whose answers come in small pieces.

    A piece of a body costs the same, whatever its size. The first one goes at once, and those that follow
    within a moment go together at the end of that: no reader sees the delay, and what comes slowly has none.
    """

    def __init__(self, application: ASGIApp, moment_seconds: float = MOMENT_SECONDS) -> None:
        """Args: moment_seconds: How long a piece may wait for others."""
        self._application = application
        self._moment_seconds = moment_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers as the application does."""
        body = _JoinedBody(send, self._moment_seconds)
        try:
            await self._application(scope, receive, body.send)
        finally:
            await body.close()


class _JoinedBody:
    """The body of one answer. What is sent keeps its order."""

    def __init__(self, send: Send, moment_seconds: float) -> None:
        self._send = send
        self._moment_seconds = moment_seconds
        self._pieces: list[bytes] = []
        self._bytes = 0
        self._turn = asyncio.Lock()
        self._loop = asyncio.get_running_loop()
        self._sent_at = -math.inf
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None

    async def send(self, message: Message) -> None:
        """Keeps a piece for a moment; whatever else there is to send goes on at once, after what is kept."""
        if message["type"] != "http.response.body" or not message.get("more_body"):
            await self.close()
            await self._send(message)
            return
        piece = message.get("body", b"")
        self._pieces.append(piece)
        self._bytes += len(piece)
        due = self._sent_at + self._moment_seconds
        if self._bytes > _MOST_BYTES or (self._timer is None and self._loop.time() >= due):
            # A reader who is slower than the stream holds it up here.
            await self._send_kept()
        elif self._timer is None:
            self._timer = self._loop.call_at(due, self._begin)

    async def close(self) -> None:
        """Sends what is kept."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._sending:
            await self._sending
        await self._send_kept()

    def _begin(self) -> None:
        self._timer = None
        self._sending = asyncio.create_task(self._send_kept())

    async def _send_kept(self) -> None:
        async with self._turn:
            if self._pieces:
                body = b"".join(self._pieces)
                self._pieces.clear()
                self._bytes = 0
                self._sent_at = self._loop.time()
                await self._send({"type": "http.response.body", "body": body, "more_body": True})

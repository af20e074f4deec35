"""A browser's connection: it ends where a request is too long in coming, which uvicorn itself waits for."""

import asyncio
from typing import ClassVar

import h11
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from clients.web.server.bodies import BODY_SECONDS

_COMING = (h11.IDLE, h11.SEND_BODY)


class Connection(H11Protocol):
    """Speaks HTTP/1.1 by h11, whose requests have at most 64 KiB of headers."""

    header_seconds: ClassVar[float] = 90.0
    """From the connection, or the answer before, until the headers are there. An idle one ends earlier."""
    body_seconds: ClassVar[float] = BODY_SECONDS + 10
    """From the headers until the request is whole. Whoever reads a body answers before that."""
    _timer: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_within(self.header_seconds)

    @override
    def handle_events(self) -> None:
        before = self.cycle
        super().handle_events()
        if self.cycle is not before:
            self._expect_within(self.body_seconds)

    @override
    def on_response_complete(self) -> None:
        # First, since the next request may be there already.
        self._expect_within(self.header_seconds)
        super().on_response_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def _expect_within(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._end_if_coming)

    def _end_if_coming(self) -> None:
        if self.conn.their_state in _COMING:
            self.transport.abort()

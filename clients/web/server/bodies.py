"""Reads the body of a request within limits of size and time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request
from starlette.types import Message

from clients.web.server.problems import Problem

TOO_LARGE = "REQUEST_TOO_LARGE"
"""The reason where a body is."""

BODY_SECONDS = 120.0
"""How long the body of a request may take."""


@asynccontextmanager
async def bounded(request: Request, max_bytes: int) -> AsyncIterator[Request]:
    """Yields a request whose body ends the block where it is too large, or too slow in coming.

    Raises:
        Problem: It is.
    """
    left = max_bytes

    async def receive() -> Message:
        nonlocal left
        message = await request.receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise _too_large(max_bytes)
        return message

    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > max_bytes:
        raise _too_large(max_bytes)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            yield Request(request.scope, receive)
    except TimeoutError:
        raise Problem(408, "REQUEST_TOO_SLOW", "the request took too long in coming") from None


def _too_large(max_bytes: int) -> Problem:
    return Problem(413, TOO_LARGE, f"at most {max_bytes:,} bytes are taken")

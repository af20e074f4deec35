"""Runs an ASGI application's lifespan, as a server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Message


@asynccontextmanager
async def lifespan(application: ASGIApp) -> AsyncIterator[None]:
    """The application runs while the block does."""
    to_application: asyncio.Queue[Message] = asyncio.Queue()
    from_application: asyncio.Queue[Message] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}

    async def run() -> None:
        await application(scope, to_application.get, from_application.put)

    running = asyncio.create_task(run())
    await to_application.put({"type": "lifespan.startup"})
    assert (await from_application.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await to_application.put({"type": "lifespan.shutdown"})
        assert (await from_application.get())["type"] == "lifespan.shutdown.complete"
        await running

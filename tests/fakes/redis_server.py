"""Runs a real redis-server for one test."""

import asyncio
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as NotThereError

from orchestrator.store.connection import connected
from orchestrator.store.redis import RedisStore
from tests.fakes.recorder import free_port

PASSWORD = "redis-planted"  # noqa: S105 - of a server that lives as long as a test


class RedisServer:
    """Runs one server on the loopback, which forgets everything when it is killed."""

    def __init__(self, folder: Path) -> None:
        binary = shutil.which("redis-server")
        if binary is None:
            pytest.skip("redis-server is not installed (Debian's package redis-server)")
        self._binary = binary
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.port = free_port()
        self.url = f"redis://:{PASSWORD}@127.0.0.1:{self.port}/0"

    async def start(self, *options: str) -> None:
        """Starts the server and waits until it answers. The password is on no command line."""
        config = self._folder / "redis.conf"
        lines = (f"port {self.port}", "bind 127.0.0.1", 'save ""', f"dir {self._folder}", *options)
        config.write_text("\n".join([*lines, f"requirepass {PASSWORD}", ""]))
        output = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(self._binary, config, stdout=output)
        async with self.client() as client, asyncio.timeout(30):
            while True:
                try:
                    await client.ping()
                except NotThereError:
                    await asyncio.sleep(0.01)
                else:
                    return

    def send(self, number: signal.Signals) -> None:
        """Sends the server a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        """Kills the server."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    def client(self) -> Redis:
        """Returns a client that asks the server directly."""
        return Redis.from_url(self.url)


@asynccontextmanager
async def redis_server(folder: Path) -> AsyncIterator[RedisServer]:
    """Runs a server while the block runs, or skips the test where there is none."""
    server = RedisServer(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()


@asynccontextmanager
async def redis_store(
    url: str, retention_seconds: float, lease_seconds: float = 6.0
) -> AsyncIterator[RedisStore]:
    """Opens a store with a connection of its own."""
    async with connected(url) as client:
        yield RedisStore(client, retention_seconds, lease_seconds)

"""The faulty provider. It speaks Chat Completions, and the model that is asked for names the fault."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from aiohttp import web

from bench.faults.case import Asked, Case
from tests.fakes.providers.emulator import Emulator, Received
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.reply import Reply


class FaultyProvider:
    """Plays the fault that a request names, while it is open as an asynchronous context manager.

    Args:
        cases: The faults, by their names.
        port: 0 lets the system choose one.

    Attributes:
        requests: How many came for each fault.
        leaks: How many connections were made to where the redirects point, where nothing may arrive.
    """

    def __init__(self, cases: Mapping[str, Case], host: str, port: int) -> None:
        self.requests: Counter[str] = Counter()
        self.leaks = 0
        self._cases = cases
        self._host = host
        self._port = port
        self._dialect = ChatCompletions()
        emulator = Emulator(self._dialect, choose=self._choose)
        # Without the first of these a handler never learns that its client has gone.
        self._runner = web.AppRunner(
            emulator.application(), handler_cancellation=True, shutdown_timeout=0.1, access_log=None
        )
        self._site: web.TCPSite | None = None
        self._elsewhere: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Returns its URL, without a path."""
        return f"http://{self._host}:{self._port}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        self._elsewhere = await asyncio.start_server(self._leak, self._host, 0)
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        if self._elsewhere is not None:
            self._elsewhere.close()

    async def listen(self) -> None:
        """Begins to listen, each time at the same port."""
        self._site = web.TCPSite(self._runner, self._host, self._port)
        await self._site.start()
        self._port = self._runner.addresses[0][1]

    async def refuse(self) -> None:
        """Stops listening, so that connections are refused."""
        if self._site is not None:
            await self._site.stop()

    def _choose(self, received: Received) -> Reply | None:
        name = str(received.body.get("model", ""))
        if name not in self._cases:
            return None
        asked = Asked(self.requests[name], self._dialect.schema(received), self._elsewhere_url())
        self.requests[name] += 1
        return self._cases[name].reply(asked)

    def _elsewhere_url(self) -> str:
        assert self._elsewhere is not None
        return f"http://{self._host}:{self._elsewhere.sockets[0].getsockname()[1]}/v1/chat/completions"

    def _leak(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.leaks += 1
        writer.close()

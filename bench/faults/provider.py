"""`python -m bench.faults.provider HOST PORT`: the faulty provider, as a process of its own.

It speaks Chat Completions, and the model that is asked for names the fault. Each line on standard input is a
command, "refuse", "listen" or "begin FAULT", and is answered with one line, the Report of the latest fault
that has begun. It ends with its standard input.
"""

import asyncio
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bench.faults.case import Asked, Case
from bench.faults.cases import cases
from tests.fakes.providers.emulator import Emulator, Received
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.reply import Reply


@dataclass(frozen=True, slots=True)
class Report:
    """What came since a fault has begun.

    Attributes:
        address: The provider's URL, without a path.
        requests: How many requests there were for it.
        leaks: How many connections were made to where the redirects point, where nothing may arrive.
    """

    address: str
    requests: int
    leaks: int


@dataclass(frozen=True, slots=True)
class FaultyProvider:
    """Controls the process."""

    address: str
    _process: Process

    async def begin(self, name: str) -> None:
        """Begins to count anew, for one fault."""
        await _told(self._process, f"begin {name}")

    async def refuse(self) -> None:
        """Stops listening, so that connections are refused."""
        await _told(self._process, "refuse")

    async def listen(self) -> Report:
        """Listens again, if it does not, and returns what has come."""
        return await _told(self._process, "listen")


@asynccontextmanager
async def faulty_provider(host: str, port: int) -> AsyncIterator[FaultyProvider]:
    """Runs the process. Port 0 lets the system choose one.

    Raises:
        ConnectionError: It cannot listen there.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.faults.provider", host, str(port)), stdin=PIPE, stdout=PIPE
    )
    try:
        yield FaultyProvider((await _told(process, "listen")).address, process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _told(process: Process, command: str) -> Report:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{command}\n".encode())
    line = await process.stdout.readline()
    if not line:
        raise ConnectionError("the faulty provider has ended")
    return Report(**json.loads(line))


class _Provider:
    def __init__(self, known: Mapping[str, Case], host: str, port: int) -> None:
        self._cases = known
        self._host = host
        self._port = port
        self._begun = ""
        self._requests = 0
        self._leaks = 0
        self._dialect = ChatCompletions()
        emulator = Emulator(self._dialect, choose=self._choose)
        # Without the first of these a handler never learns that its client has gone.
        self._runner = web.AppRunner(emulator.application(), handler_cancellation=True, shutdown_timeout=0.1)
        self._site: web.TCPSite | None = None
        self._elsewhere = ""

    async def serve(self) -> None:
        """Does what the commands say until there are no more."""
        await self._runner.setup()
        elsewhere = await asyncio.start_server(self._leak, self._host, 0)
        self._elsewhere = f"http://{self._host}:{elsewhere.sockets[0].getsockname()[1]}/v1/chat/completions"
        commands = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(commands)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        async for line in commands:
            await self._do(*line.decode().split())
            report = {"address": self._address, "requests": self._requests, "leaks": self._leaks}
            print(json.dumps(report), flush=True)
        elsewhere.close()
        await self._runner.cleanup()

    @property
    def _address(self) -> str:
        return f"http://{self._host}:{self._port}"

    async def _do(self, command: str, name: str = "") -> None:
        match command:
            case "begin":
                self._begun, self._requests, self._leaks = name, 0, 0
            case "listen" if self._site is None:
                self._site = web.TCPSite(self._runner, self._host, self._port)
                try:
                    await self._site.start()
                except OSError as error:
                    sys.exit(
                        f"the faulty provider cannot listen on {self._host}:{self._port}: {error.strerror}"
                    )
                self._port = self._runner.addresses[0][1]
            case "refuse" if self._site is not None:
                await self._site.stop()
                self._site = None

    def _choose(self, received: Received) -> Reply | None:
        name = str(received.body.get("model", ""))
        if name not in self._cases:
            return None
        asked = Asked(self._requests, self._dialect.schema(received), self._elsewhere)
        if name == self._begun:
            self._requests += 1
        return self._cases[name].reply(asked)

    def _leak(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._leaks += 1
        writer.close()


if __name__ == "__main__":
    # That a client goes away in the middle is nothing to log here.
    logging.disable()
    asyncio.run(_Provider({each.name: each for each in cases()}, sys.argv[1], int(sys.argv[2])).serve())

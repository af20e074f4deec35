"""One replica of a server: a process that is stopped or killed, and started again at its address."""

import asyncio
import signal
import urllib.request
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.processes import Program, ServerProcess, running
from tests.fakes.recorder import free_port

_SCRAPE_SECONDS = 10.0
# It begins at once, and a page cannot be read until it has ended.
_COLLECTION_SECONDS = 0.5
# Of a block of Python's, some 90 at the mean and 512 at most.
_BLOCK_BYTES = 128
_UNCOUNTED = ("/grpc.health.", "/grpc.reflection.")


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process holds at one moment.

    Attributes:
        calls: The calls that it has ended, without those of health and reflection.
        resident: Its resident memory in MiB.
        malloc: The MiB that malloc has given out, without the freed memory that it keeps.
        blocks: The MiB of Python's small objects.
        descriptors: Its open files and connections.
        tasks: The tasks of its event loop.
    """

    calls: float
    resident: float
    malloc: float
    blocks: float
    descriptors: float
    tasks: float

    @property
    def in_use(self) -> float:
        """The MiB that malloc and Python have in use."""
        return self.malloc + self.blocks


@dataclass
class Replica:
    """Holds a program, its settings and its address, and the process that runs now.

    Attributes:
        starts: How many processes there have been.
        exit_codes: How those ended that were asked to stop.
        is_up: Whether a process runs and is ready.
    """

    name: str
    program: Program
    folder: Path
    variables: dict[str, str]
    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    metrics_port: int = field(default_factory=free_port)
    starts: int = 0
    exit_codes: list[int] = field(default_factory=list)
    is_up: bool = False
    _server: ServerProcess | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def address(self) -> str:
        """The host and port."""
        return f"{self.host}:{self.port}"

    async def start(self) -> None:
        """Starts a process and waits until it is ready."""
        prefix = self.program.port_variable.removesuffix("PORT")
        own = {
            f"{prefix}HOST": self.host,
            f"{prefix}PORT": str(self.port),
            f"{prefix}METRICS_PORT": str(self.metrics_port),
            # Else glibc counts what each thread keeps of freed blocks, and gRPC's threads come and go.
            "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
        }
        arguments = ("bench.soak.collecting", *self.program.arguments)
        self._server = await self._stack.enter_async_context(
            running(replace(self.program, arguments=arguments), self.folder, **own, **self.variables)
        )
        self.starts += 1
        self.is_up = True

    async def stop(self) -> None:
        """Lets the process drain and end, and keeps its exit code."""
        if self._server is None:
            return
        self.exit_codes.append(await self._end(signal.SIGTERM))

    async def kill(self) -> None:
        """Ends the process at once."""
        await self._end(signal.SIGKILL)

    async def sample(self) -> Sample:
        """Has the process collect its garbage, and reads what it holds.

        Raises:
            OSError: It is gone.
        """
        assert self._server is not None
        self._server.process.send_signal(signal.SIGUSR1)
        await asyncio.sleep(_COLLECTION_SECONDS)
        page = await asyncio.to_thread(self._page)
        values = {"calls": 0.0}
        for family in text_string_to_metric_families(page):
            for each in family.samples:
                values[each.name] = each.value
                if each.name == "chorus_calls_total" and not each.labels["method"].startswith(_UNCOUNTED):
                    values["calls"] += each.value
        return Sample(
            calls=values["calls"],
            resident=values["process_resident_memory_bytes"] / 2**20,
            malloc=values["chorus_malloc_bytes"] / 2**20,
            blocks=_BLOCK_BYTES * values["chorus_python_blocks"] / 2**20,
            descriptors=values["process_open_fds"],
            tasks=values["chorus_asyncio_tasks"],
        )

    def _page(self) -> str:
        url = f"http://{self.host}:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=_SCRAPE_SECONDS) as response:
            return str(response.read().decode())

    async def _end(self, number: signal.Signals) -> int:
        assert self._server is not None
        self.is_up = False
        code = await self._server.end(number)
        self._server = None
        await self._stack.aclose()
        return code

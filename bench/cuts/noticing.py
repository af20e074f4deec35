"""Starts a call, ends it, and waits until its end is felt: at a witness, or in the CPU time of a process."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import grpc

from bench.path.reviews import processor_seconds

# Starts a call with a deadline in seconds.
Start = Callable[[float], Any]

PATIENCE = 60.0
_LOOK_SECONDS = 0.002
# A process that takes less in that time is at rest: its own threads wake now and then.
_REST_SECONDS, _REST_CPU_SECONDS = 0.4, 0.004
# This much of a call's work is done before the call is cut.
_BEGUN_CPU_SECONDS = 0.1


@dataclass(frozen=True)
class Notice:
    """How long after the end of a call it was felt, and the CPU time that was taken after it, in ms."""

    after: float
    cpu: float = 0.0


class Watch(Protocol):
    """Knows whether a call's work has begun, and when it has ended."""

    async def begun(self) -> None:
        """Waits until the work has begun."""

    async def ended(self, at: float) -> Notice:
        """Waits until the work has ended of a call that ended `at` a time of the monotonic clock."""


class Witness:
    """The process of `bench.cuts.witness`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.bare, self.provider = "", ""

    @classmethod
    @asynccontextmanager
    async def started(cls) -> AsyncIterator["Witness"]:
        """Runs it while the block runs."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.cuts.witness", stdin=PIPE, stdout=PIPE
        )
        witness = cls(process)
        assert process.stdin is not None
        try:
            addresses = await witness._next()
            witness.bare, witness.provider = addresses["bare"], addresses["provider"]
            yield witness
        finally:
            process.stdin.close()
            await process.wait()

    async def begun(self) -> None:
        """Waits until a call has reached it."""
        while "reached" not in await self._next():
            pass

    async def ended(self, at: float) -> Notice:
        """Waits until the handler of that call has been cancelled."""
        while "cut" not in (said := await self._next()):
            pass
        return Notice(1000 * (said["cut"] - at))

    async def _next(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return said


class CpuWatch:
    """Watches the CPU time of a process that does nothing but a call's work."""

    def __init__(self, pid: int) -> None:
        self._pid = pid

    async def begun(self) -> None:
        """Waits until the process has worked."""
        before = processor_seconds(self._pid)
        while processor_seconds(self._pid) - before < _BEGUN_CPU_SECONDS:  # noqa: ASYNC110 - a clock is read
            await asyncio.sleep(_LOOK_SECONDS)

    async def ended(self, at: float) -> Notice:
        """Waits until the process is at rest."""
        looks = [(time.monotonic(), processor_seconds(self._pid))]
        ends_at = time.monotonic() + PATIENCE
        while time.monotonic() < ends_at:
            await asyncio.sleep(_LOOK_SECONDS)
            looks.append((time.monotonic(), processor_seconds(self._pid)))
            rest = [cpu for when, cpu in looks if when <= looks[-1][0] - _REST_SECONDS]
            if rest and looks[-1][1] - rest[-1] < _REST_CPU_SECONDS:
                break
        last = looks[-1][1] - _REST_CPU_SECONDS
        stopped = next(when for when, cpu in looks if cpu >= last)
        return Notice(1000 * (stopped - at), 1000 * (looks[-1][1] - looks[0][1]))


async def cancel(start: Start, watch: Watch) -> Notice:
    """Cancels a call whose work has begun."""
    call = start(PATIENCE)
    ended = asyncio.ensure_future(_end_of(call))
    begun = asyncio.ensure_future(watch.begun())
    await asyncio.wait([begun, ended], return_when=asyncio.FIRST_COMPLETED)
    assert not ended.done(), f"the call ended before it was cut: {await ended}"
    at = time.monotonic()
    call.cancel()
    async with asyncio.timeout(PATIENCE):
        await ended
        return await watch.ended(at)


async def deadline(start: Start, watch: Watch, seconds: float) -> Notice:
    """Lets a call come to its deadline; if its work had not begun by then, another call has longer."""
    at = time.monotonic() + seconds
    call = start(seconds)
    ended = asyncio.ensure_future(_end_of(call))
    begun = asyncio.ensure_future(watch.begun())
    await asyncio.wait([begun, ended], return_when=asyncio.FIRST_COMPLETED)
    if not begun.done():
        begun.cancel()
        assert seconds < PATIENCE, f"the call's work does not begin: {await ended}"
        return await deadline(start, watch, 2 * seconds)
    async with asyncio.timeout(PATIENCE):
        await asyncio.sleep(max(0.0, at - time.monotonic()) if isinstance(watch, CpuWatch) else 0)
        notice = await watch.ended(at)
        await ended
    return notice


async def _end_of(call: Any) -> str:
    """Returns how a call or a stream ended."""
    with suppress(asyncio.CancelledError, grpc.aio.AioRpcError):
        if hasattr(call, "read"):
            while await call.read() is not grpc.aio.EOF:
                pass
    return f"{await call.code()}: {await call.details()}"

"""Admission: a bounded number of calls at once, a bounded queue, and no wait that ends after the deadline."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rpckit.call import Deadline
from rpckit.errors import RateLimited, Timeout

# How much the latest call weighs in the mean time that a call holds its place.
_RECENCY = 0.2
_LEAST_RETRY_DELAY = 0.1


class Admission:
    """Gives out `max_in_flight` places; `max_queued` more callers may wait for one, in their order."""

    def __init__(self, max_in_flight: int, max_queued: int) -> None:
        self._places = asyncio.Semaphore(max_in_flight)
        self._max_in_flight = max_in_flight
        self._max_queued = max_queued
        self._queued = 0
        self._mean_hold = 0.0

    @property
    def queued(self) -> int:
        """How many callers wait for a place."""
        return self._queued

    @asynccontextmanager
    async def admit(self, deadline: Deadline) -> AsyncIterator[None]:
        """Holds a place while the block runs.

        Raises:
            RateLimited: The queue is full, or the wait would outlast the deadline.
            Timeout: The deadline passed in the queue.
        """
        await self._take_place(deadline)
        started = time.monotonic()
        try:
            yield
        finally:
            held = time.monotonic() - started
            self._mean_hold += _RECENCY * (held - self._mean_hold)
            self._places.release()

    async def _take_place(self, deadline: Deadline) -> None:
        if self._places.locked():
            expected_wait = (self._queued + 1) / self._max_in_flight * self._mean_hold
            if self._queued >= self._max_queued or expected_wait > deadline.remaining():
                raise RateLimited(
                    f"{self._max_in_flight} calls are running and {self._queued} are waiting",
                    retry_delay=max(_LEAST_RETRY_DELAY, expected_wait),
                )
        self._queued += 1
        try:
            async with asyncio.timeout(deadline.remaining()):
                await self._places.acquire()
        except TimeoutError:
            raise Timeout("the deadline passed in the queue") from None
        finally:
            self._queued -= 1

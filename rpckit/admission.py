"""Admission control: a bounded number of calls at once, a bounded queue, and no wait past the deadline."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rpckit.call import Clock, Deadline
from rpckit.errors import RateLimited, Timeout

# The weight of the latest call in the moving average of how long a call holds its slot.
_LATEST_WEIGHT = 0.2
_LEAST_RETRY_DELAY = 0.1


class Admission:
    """Admits `max_in_flight` calls at once and lets `max_queued` more wait in first-in, first-out order."""

    def __init__(self, max_in_flight: int, max_queued: int, clock: Clock = time.monotonic) -> None:
        self._slots = asyncio.Semaphore(max_in_flight)
        self._max_in_flight = max_in_flight
        self._max_queued = max_queued
        self._clock = clock
        self._queued = 0
        self._mean_hold_seconds = 0.0

    @property
    def queued(self) -> int:
        """Counts the callers that wait for a slot."""
        return self._queued

    @asynccontextmanager
    async def admit(self, deadline: Deadline) -> AsyncIterator[None]:
        """Holds a slot while the block runs.

        Raises:
            RateLimited: The queue is full, or the expected wait is longer than the deadline allows.
            Timeout: The deadline passed in the queue.
        """
        await self._take_slot(deadline)
        started = self._clock()
        try:
            yield
        finally:
            held_seconds = self._clock() - started
            self._mean_hold_seconds += _LATEST_WEIGHT * (held_seconds - self._mean_hold_seconds)
            self._slots.release()

    async def _take_slot(self, deadline: Deadline) -> None:
        if self._slots.locked():
            expected_wait = (self._queued + 1) / self._max_in_flight * self._mean_hold_seconds
            if self._queued >= self._max_queued or expected_wait > deadline.remaining():
                raise RateLimited(
                    f"{self._max_in_flight} calls are running and {self._queued} are waiting",
                    retry_delay=max(_LEAST_RETRY_DELAY, expected_wait),
                )
        self._queued += 1
        try:
            async with asyncio.timeout(deadline.remaining()):
                await self._slots.acquire()
        except TimeoutError:
            raise Timeout("the deadline passed in the queue") from None
        finally:
            self._queued -= 1

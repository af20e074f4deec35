"""Admission control: so many calls at once, shared among the callers, and no wait that leads to nothing."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from rpckit.call import Clock, Deadline
from rpckit.errors import RateLimited
from rpckit.hold_times import HoldTimes

_LEAST_RETRY_DELAY = 0.1
_MOST_RETRY_DELAY = 60.0
# In seconds: how often, at least and at most, a caller that waits asks itself whether it still makes sense.
_LEAST_PAUSE = 0.01
_MOST_PAUSE = 60.0


@dataclass(eq=False, slots=True)
class _Waiter:
    """A call that waits for a place. `is_patient`: the bound of the queue does not hold for it."""

    number: int
    caller: str
    deadline: Deadline
    is_patient: bool
    place: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Admission:
    """Admits `max_in_flight` calls at once, and lets `max_queued` more wait.

    A place that becomes free goes to the caller that holds the fewest, and among its calls to the first.
    Where the queue is full, the caller with the most calls in it gives way.

    Args:
        max_in_flight: How many calls hold a place at once.
        max_queued: How many more wait for one.
        most_per_caller: How many places one caller may hold, whether or not others wait. The caller "" is
            nobody in particular, and has no such limit.
        clock: Reads the monotonic time in seconds.
    """

    def __init__(
        self,
        max_in_flight: int,
        max_queued: int,
        most_per_caller: int | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._max_in_flight = max_in_flight
        self._max_queued = max_queued
        self._most_per_caller = most_per_caller or max_in_flight
        self._times = HoldTimes(clock)
        self._numbers = count()
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[_Waiter]] = {}

    @property
    def queued(self) -> int:
        """Counts the calls that wait for a place."""
        return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def admit(
        self, deadline: Deadline, caller: str = "", *, is_patient: bool = False
    ) -> AsyncIterator[None]:
        """Holds a place while the block runs.

        Args:
            deadline: When nobody waits for the answer any more.
            caller: Who the place is for.
            is_patient: Whether the call waits beside a full queue: its caller sends no more meanwhile.

        Raises:
            RateLimited: The queue is full, or the time that is left, less the reserve, does not do for the
                wait and for the answer.
        """
        await self._take_place(deadline.with_reserve(), caller, is_patient=is_patient)
        try:
            with self._times.measured():
                yield
        finally:
            self._give_back(caller)

    async def _take_place(self, deadline: Deadline, caller: str, *, is_patient: bool) -> None:
        if self._has_place_for(caller):
            self._held[caller] += 1
            return
        wait = self._times.wait(self._count_ahead(caller))
        if wait + self._times.needed() > deadline.remaining():
            raise self._refusal(wait)
        if not is_patient:
            self._make_room(caller, wait)
        waiter = _Waiter(next(self._numbers), caller, deadline, is_patient)
        self._waiting.setdefault(caller, deque()).append(waiter)
        try:
            await self._wait(waiter)
        except BaseException:
            if not self._leave(waiter) and not waiter.place.cancelled() and waiter.place.exception() is None:
                # It was given a place at the moment that it went.
                self._give_back(caller)
            raise

    async def _wait(self, waiter: _Waiter) -> None:
        while not waiter.place.done():
            slack = waiter.deadline.remaining() - self._times.needed()
            if slack <= 0:
                raise self._refusal(self._times.wait(0))
            # What is known about the time that is needed changes meanwhile.
            await asyncio.wait([waiter.place], timeout=min(max(_LEAST_PAUSE, slack / 2), _MOST_PAUSE))
        waiter.place.result()

    def _has_place_for(self, caller: str) -> bool:
        is_within_share = not caller or self._held[caller] < self._most_per_caller
        return is_within_share and self._held.total() < self._max_in_flight

    def _count_ahead(self, caller: str) -> int:
        """Counts the calls that get a place before the next one of a caller."""
        own = len(self._waiting.get(caller, ()))
        level = self._held[caller] + own + 1
        others = (
            min(len(waiting), max(0, level - self._held[other]))
            for other, waiting in self._waiting.items()
            if other != caller
        )
        return own + sum(others)

    def _make_room(self, caller: str, wait: float) -> None:
        """Makes room in a full queue for a call.

        Raises:
            RateLimited: No other caller has more calls in it.
        """
        impatient = {
            each: [waiter for waiter in waiting if not waiter.is_patient]
            for each, waiting in self._waiting.items()
        }
        if sum(map(len, impatient.values())) < self._max_queued:
            return
        most = max(impatient, key=lambda each: len(impatient[each]), default=caller)
        if len(impatient.get(most, ())) <= len(impatient.get(caller, ())) + 1:
            raise self._refusal(wait)
        last = impatient[most][-1]
        self._leave(last)
        last.place.set_exception(self._refusal(wait))

    def _give_back(self, caller: str) -> None:
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]
        while (waiter := self._next_waiter()) is not None:
            self._leave(waiter)
            if self._times.needed() > waiter.deadline.remaining():
                waiter.place.set_exception(self._refusal(self._times.wait(0)))
            else:
                self._held[waiter.caller] += 1
                waiter.place.set_result(None)

    def _next_waiter(self) -> _Waiter | None:
        """Returns who gets the next place; None where there is no place or nobody may have one."""
        first = [waiting[0] for caller, waiting in self._waiting.items() if self._has_place_for(caller)]
        return min(first, key=lambda each: (self._held[each.caller], each.number), default=None)

    def _leave(self, waiter: _Waiter) -> bool:
        """Takes a call out of the queue; returns whether it was there."""
        waiting = self._waiting.get(waiter.caller)
        if waiting is None or waiter not in waiting:
            return False
        waiting.remove(waiter)
        if not waiting:
            del self._waiting[waiter.caller]
        return True

    def _refusal(self, wait: float) -> RateLimited:
        return RateLimited(
            f"{self._held.total()} calls are running and {self.queued} are waiting",
            retry_delay=min(max(_LEAST_RETRY_DELAY, wait), _MOST_RETRY_DELAY),
        )

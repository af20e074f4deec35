"""Holds all the calls to one endpoint back while it has asked for a pause."""

import asyncio
import time

from rpckit.call import Clock, Deadline
from rpckit.errors import RateLimited

# A longer pause is tried once in between.
_LONGEST_PAUSE = 3600.0


class RateLimitPause:
    """The pause that an endpoint's latest 429 has asked for; each call keeps to it, whoever was told."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._until = -float("inf")

    def note(self, error: RateLimited) -> None:
        """Takes up the delay that a provider named; without one there is no pause."""
        if error.retry_delay:
            self._until = max(self._until, self._clock() + min(error.retry_delay, _LONGEST_PAUSE))

    def check(self, deadline: Deadline) -> float:
        """Returns the seconds to wait before the endpoint may be asked.

        Raises:
            RateLimited: The deadline comes first. Its retry delay is the rest of the pause.
        """
        rest = max(0.0, self._until - self._clock())
        if rest and rest >= deadline.remaining():
            raise RateLimited("the provider has asked for a pause", retry_delay=rest)
        return rest

    async def wait(self, deadline: Deadline) -> None:
        """Waits until the endpoint may be asked.

        Raises:
            RateLimited: As `check` does.
        """
        while rest := self.check(deadline):  # noqa: ASYNC110 - a pause may have grown meanwhile
            await asyncio.sleep(rest)

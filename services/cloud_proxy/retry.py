"""Retries calls to a provider: for named reasons, within the deadline, out of a budget, and only here."""

import asyncio
import random
import time
from collections.abc import Callable

from rpckit.call import Deadline
from rpckit.errors import ChorusError, RateLimited, Unavailable
from services.cloud_proxy.provider_errors import EmptyAnswer, NoAnswer

_MAX_ATTEMPTS = 3
# Seconds. The delay doubles with each attempt.
_FIRST_BACKOFF = 0.2
_MAX_BACKOFF = 2.0


class RetryBudget:
    """Limits how much load the retries of all calls may add, as Finagle's RetryBudget does.

    Args:
        ratio: How many retries each call earns.
        per_second: How many retries are allowed besides, so that a quiet server can retry. They are kept for
            one second.
        most: How many earned retries are kept.
        clock: Returns the monotonic time in seconds.
    """

    def __init__(
        self,
        *,
        ratio: float = 0.2,
        per_second: float = 10.0,
        most: float = 100.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ratio = ratio
        self._per_second = per_second
        self._most = most
        self._clock = clock
        self._earned = 0.0
        self._reserve = per_second
        self._filled_at = clock()

    def deposit(self) -> None:
        """Adds what one call earns."""
        self._earned = min(self._most, self._earned + self._ratio)

    def withdraw(self) -> bool:
        """Takes one retry out of the budget, and returns whether there was one."""
        now = self._clock()
        self._reserve = min(self._per_second, self._reserve + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._earned >= 1:
            self._earned -= 1
            return True
        if self._reserve >= 1:
            self._reserve -= 1
            return True
        return False


class Retries:
    """Decides about the retries of one call.

    Args:
        budget: Shared by all calls to the provider.
        deadline: No retry waits beyond it.
        repeats_no_answer: Whether a response that is no answer is asked for again, once.
    """

    def __init__(self, budget: RetryBudget, deadline: Deadline, *, repeats_no_answer: bool = True) -> None:
        self._budget = budget
        self._deadline = deadline
        self._attempts = 1
        self._repeats_no_answer = repeats_no_answer

    async def again(self, error: ChorusError) -> bool:
        """Waits until the call may be tried again and returns True, or returns False if it may not."""
        delay = self._delay(error)
        if (
            delay is not None
            and self._attempts < _MAX_ATTEMPTS
            and delay < self._deadline.remaining()
            and self._budget.withdraw()
        ):
            self._attempts += 1
            await asyncio.sleep(delay)
            return True
        return False

    def _delay(self, error: ChorusError) -> float | None:
        if isinstance(error, RateLimited):
            # Where the provider names no delay, a retry within the deadline would be a guess.
            return error.retry_delay
        if isinstance(error, Unavailable):
            if error.retry_delay is not None:
                return error.retry_delay
            most = min(_MAX_BACKOFF, _FIRST_BACKOFF * 2 ** (self._attempts - 1))
            return random.uniform(most / 2, most)  # noqa: S311 - it spreads retries and guards no secret
        if isinstance(error, NoAnswer | EmptyAnswer) and self._repeats_no_answer:
            self._repeats_no_answer = False
            return 0.0
        return None

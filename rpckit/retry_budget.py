"""Bounds what retries add to the load of a backend.

A retry says so on its way (`rpckit.call.PREVIOUS_ATTEMPTS_KEY`). The hop that asks the backend takes it out
of the backend's budget, or refuses it, and does not ask again for it.
"""

import time
from collections import defaultdict, deque

from rpckit.call import Clock
from rpckit.errors import ChorusError, RateLimited

_WINDOW_SECONDS = 60.0
_SHARE = 0.2
# From 15 calls a minute on these are within the share.
_LEAST_RETRIES = 3

_REFUSED = {"refused": "retry"}
# Seconds. A call that is none is not refused, so this is no more than a moment.
_RETRY_DELAY = 1.0


def out_of_retries() -> RateLimited:
    """Returns the error of a call that is a retry, for which the backend's budget has no place."""
    text = "the model was asked again as often as it may be"
    return RateLimited(text, metadata=_REFUSED, retry_delay=_RETRY_DELAY)


def is_out_of_retries(error: ChorusError) -> bool:
    """Returns whether a peer has refused a call because it is a retry; the backend was not asked."""
    return isinstance(error, RateLimited) and error.metadata == _REFUSED


class RetryBudget:
    """Allows a retry while those of the last minute are fewer than a fifth of its calls, or fewer than three.

    A backend that fails every call thus sees at most 1.2 times the calls, and a quiet one is tried again all
    the same. Nothing is saved up: what a call has earned is gone after a minute.

    Args:
        least: How many retries a minute are allowed however few calls there are.
        clock: Returns the monotonic time in seconds.
    """

    def __init__(self, *, least: int = _LEAST_RETRIES, clock: Clock = time.monotonic) -> None:
        self._least = least
        self._clock = clock
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()

    def count_call(self) -> None:
        """Counts a call, but not its retries."""
        self._forget_old()
        self._calls.append(self._clock())

    def withdraw(self) -> bool:
        """Takes one retry out of the budget, and returns whether there was one."""
        self._forget_old()
        if len(self._retries) + 1 > max(self._least, _SHARE * len(self._calls)):
            return False
        self._retries.append(self._clock())
        return True

    def _forget_old(self) -> None:
        since = self._clock() - _WINDOW_SECONDS
        for times in (self._calls, self._retries):
            while times and times[0] <= since:
                times.popleft()


class RetryBudgets:
    """A budget for each backend, by its name."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._budgets: defaultdict[str, RetryBudget] = defaultdict(lambda: RetryBudget(clock=clock))

    def of(self, name: str) -> RetryBudget:
        """Returns the budget of a backend. Names come from servers or settings, not from callers."""
        return self._budgets[name]

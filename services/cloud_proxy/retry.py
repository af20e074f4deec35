"""Retries calls to a provider: for named reasons, within the deadline, out of a budget, and only here."""

import asyncio
import random

from rpckit.call import Deadline
from rpckit.errors import ChorusError, RateLimited, Unavailable
from rpckit.retry_budget import RetryBudget, out_of_retries
from services.cloud_proxy.circuit_breaker import CircuitOpen
from services.cloud_proxy.provider_errors import EmptyAnswer, NoAnswer

_MAX_ATTEMPTS = 3
# Seconds. The delay doubles with each attempt.
_FIRST_BACKOFF = 0.2
_MAX_BACKOFF = 2.0


class Retries:
    """Decides about the retries of one call, which counts in the budget, as a retry if it is one.

    A call that is a retry already is not tried again here: who makes it does that.

    Args:
        budget: Shared by all calls to the provider.
        deadline: No retry waits beyond it.
        is_retry: Whether the call's caller has asked the same before.
        repeats_no_answer: Whether a response that is no answer is asked for again, once.

    Raises:
        RateLimited: The call is a retry, and the budget has none left.
    """

    def __init__(
        self,
        budget: RetryBudget,
        deadline: Deadline,
        *,
        is_retry: bool = False,
        repeats_no_answer: bool = True,
    ) -> None:
        if not is_retry:
            budget.count_call()
        elif not budget.withdraw():
            raise out_of_retries()
        self._budget = budget
        self._deadline = deadline
        self._attempts = _MAX_ATTEMPTS if is_retry else 1
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
        if isinstance(error, CircuitOpen):
            return None
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

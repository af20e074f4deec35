"""Slows down machines that send one wrong token after another."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rpckit.call import Clock, Deadline

# So many may be mistakes, of a caller whose token was changed; each further one doubles the delay.
_FREE = 5
_FIRST_DELAY_SECONDS = 0.1
_MOST_DELAY_SECONDS = 5.0
# Who sends none for so long has made none.
_FORGOTTEN_AFTER_SECONDS = 60.0
# Of so many machines the latest mistakes are known.
_MOST_MACHINES = 10_000
# Calls that wait cost memory: of more than so many at once the others are refused without a delay.
_MOST_WAITING = 256


@dataclass(slots=True)
class _Mistakes:
    count: int
    at: float


class WrongTokens:
    """Counts the wrong tokens that each machine has sent, and delays their refusals.

    Right tokens are never looked for here, so that a machine which many callers share holds up none of them.
    """

    def __init__(
        self,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        # The machine whose latest mistake is longest ago comes first.
        self._mistakes: OrderedDict[str, _Mistakes] = OrderedDict()
        self._waiting = 0

    async def delay(self, machine: str, deadline: Deadline) -> None:
        """Counts a wrong token, and delays its refusal, at most half of the time left."""
        seconds = min(self._count(machine), deadline.remaining() / 2)
        if seconds <= 0 or self._waiting >= _MOST_WAITING:
            return
        self._waiting += 1
        try:
            await self._sleep(seconds)
        finally:
            self._waiting -= 1

    def _count(self, machine: str) -> float:
        """Returns the seconds that a machine's next refusal is delayed."""
        now = self._clock()
        mistakes = self._mistakes.pop(machine, None)
        if mistakes is None or now - mistakes.at > _FORGOTTEN_AFTER_SECONDS:
            mistakes = _Mistakes(0, now)
        mistakes.count += 1
        mistakes.at = now
        self._mistakes[machine] = mistakes
        while len(self._mistakes) > _MOST_MACHINES:
            self._mistakes.popitem(last=False)
        beyond = mistakes.count - _FREE
        if beyond <= 0:
            return 0.0
        # A larger power would not fit into a float.
        return min(_MOST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2.0 ** min(beyond - 1, 16))

"""Slows down machines that send one wrong token after another."""

import asyncio
import hashlib
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rpckit.call import Clock, Deadline
from rpckit.errors import RateLimited

# So many may be mistakes, of a caller whose token was changed; each further one doubles the delay.
_FREE = 5
_FIRST_DELAY_SECONDS = 0.1
MOST_DELAY_SECONDS = 5.0
"""No token waits longer. A call that has less than twice as long may have its token refused unseen."""

# Who sends none for so long has made none.
_FORGOTTEN_AFTER_SECONDS = 60.0
# Of so many machines the latest mistakes are known, and so many right tokens, each with its machine.
_MOST_MACHINES = 10_000
_MOST_RIGHT = 10_000
# Calls that wait cost memory: so many tokens of one machine, and of all together, wait at once.
_MOST_WAITING_OF_ONE = 64
_MOST_WAITING = 256


@dataclass(slots=True)
class _Mistakes:
    count: int
    at: float


class WrongTokens:
    """Looks tokens up, the later the more wrong ones their machine has sent.

    The delay comes before the look and is the same for a right token. If only the refusals came late, a
    guesser would send many at once, give each a moment, and take silence for a refusal. So a machine has
    some 13 tokens looked at in a second at most, however many it sends and whenever it hangs up. A token
    beyond those that may wait, or whose call has too little time, is refused unseen: that tells nothing of
    it.

    A token that was right for this machine is known, so it is taken at once, whatever else the machine
    sends. What that costs: somebody who guesses at a machine which many callers share keeps a caller that
    comes to it for the first time waiting, or has it refused, until the guessing ends.
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
        # Machines with the hashes of tokens that were right, the one that was used longest ago first.
        self._right: OrderedDict[tuple[str, bytes], None] = OrderedDict()
        self._waiting: Counter[str] = Counter()

    async def look_up(
        self, machine: str, token: str, deadline: Deadline, holder: Callable[[str], str]
    ) -> str:
        """Returns the name of a token's holder, "" for a wrong one.

        Raises:
            RateLimited: The machine has sent too many wrong ones, so the token is not looked at.
        """
        known = machine, hashlib.sha256(token.encode()).digest()
        if known not in self._right:
            await self._wait(machine, deadline)
        if name := holder(token):
            self._right[known] = None
            self._right.move_to_end(known)
            if len(self._right) > _MOST_RIGHT:
                self._right.popitem(last=False)
        else:
            self._right.pop(known, None)
            self._count(machine)
        return name

    async def _wait(self, machine: str, deadline: Deadline) -> None:
        seconds = self._delay(machine)
        if not seconds:
            return
        is_full = self._waiting[machine] >= _MOST_WAITING_OF_ONE or self._waiting.total() >= _MOST_WAITING
        if is_full or seconds > deadline.remaining() / 2:
            raise RateLimited("too many wrong tokens", retry_delay=MOST_DELAY_SECONDS)
        self._waiting[machine] += 1
        try:
            await self._sleep(seconds)
        finally:
            self._waiting[machine] -= 1
            if not self._waiting[machine]:
                del self._waiting[machine]

    def _delay(self, machine: str) -> float:
        """Returns the seconds that a machine's next token waits. Those that wait count as wrong ones."""
        mistakes = self._mistakes.get(machine)
        if mistakes is None or self._clock() - mistakes.at > _FORGOTTEN_AFTER_SECONDS:
            return 0.0
        beyond = mistakes.count + self._waiting[machine] - _FREE
        if beyond < 0:
            return 0.0
        # A larger power would not fit into a float.
        return min(MOST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2.0 ** min(beyond, 16))

    def _count(self, machine: str) -> None:
        now = self._clock()
        mistakes = self._mistakes.pop(machine, None)
        if mistakes is None or now - mistakes.at > _FORGOTTEN_AFTER_SECONDS:
            mistakes = _Mistakes(0, now)
        mistakes.count += 1
        mistakes.at = now
        self._mistakes[machine] = mistakes
        while len(self._mistakes) > _MOST_MACHINES:
            self._mistakes.popitem(last=False)

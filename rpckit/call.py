"""Holds the call that is being served: its deadline, request id and trace, which sub-calls inherit."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from rpckit.errors import Timeout
from rpckit.trace import NO_TRACE, Trace

REQUEST_ID_KEY = "x-request-id"
# The person for whom a caller calls that may name one.
ON_BEHALF_OF_KEY = "x-chorus-on-behalf-of"
# How often the same was asked before, so that the next hop does not ask again too. gRPC's own
# `grpc-previous-rpc-attempts` counts the servers that were gone, which say nothing about the backend.
PREVIOUS_ATTEMPTS_KEY = "x-chorus-previous-attempts"
SERVERS_GONE_KEY = "grpc-previous-rpc-attempts"

_RESERVE_SHARE = 0.02
_LEAST_RESERVE_SECONDS = 0.05
_SENT_DIGITS = 3
_LEAST_SENT_SECONDS = 0.001

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """A point on the monotonic clock, in seconds. It is passed down and never restarted.

    Attributes:
        clock: Reads the clock that `at` is a point on. Only tests have another than the machine's.
    """

    at: float
    clock: Clock = field(default=time.monotonic, compare=False, repr=False)

    @classmethod
    def after(cls, seconds: float, clock: Clock = time.monotonic) -> "Deadline":
        """Returns the deadline that lies `seconds` from now."""
        return cls(clock() + seconds, clock)

    @classmethod
    def of_caller(cls, seconds: float, clock: Clock = time.monotonic) -> "Deadline":
        """Returns when a caller no longer listens whose call came with so many seconds.

        gRPC sends three digits of the time, rounded up: 10.001 s come as 10.1 s, and below a second whole
        milliseconds. What that may have added is taken off, so that it takes nothing from the reserve.
        """
        if not math.isfinite(seconds):
            return cls.after(seconds, clock)
        added = _LEAST_SENT_SECONDS
        if seconds >= 1:
            added = 10.0 ** (math.floor(math.log10(seconds)) - _SENT_DIGITS + 1)
        return cls.after(max(0.0, seconds - added), clock)

    def remaining(self) -> float:
        """Returns the seconds left, at least 0."""
        return max(0.0, self.at - self.clock())

    def reserve(self) -> float:
        """Returns the seconds that a step keeps for those after it: 2 % of the time left, at least 50 ms.

        Every server keeps to this one rule, so that a caller sees our answer and not its own
        DEADLINE_EXCEEDED.
        """
        left = self.remaining()
        return max(_LEAST_RESERVE_SECONDS, _RESERVE_SHARE * left if math.isfinite(left) else 0.0)

    def with_reserve(self) -> "Deadline":
        """Returns the deadline of a sub-call whose answer is still to be passed on."""
        return self.earlier(self.reserve())

    def earlier(self, seconds: float) -> "Deadline":
        """Returns the deadline `seconds` before this one."""
        return Deadline(self.at - seconds, self.clock)

    def later(self, seconds: float) -> "Deadline":
        """Returns the point `seconds` after this one."""
        return Deadline(self.at + seconds, self.clock)

    def within(self, seconds: float) -> "Deadline":
        """Returns this deadline, or the one `seconds` from now if that is earlier."""
        return min(self, Deadline.after(seconds, self.clock))


@asynccontextmanager
async def ending_in_time(deadline: Deadline) -> AsyncIterator[None]:
    """Ends the block within half of the reserve, so that the caller hears of it from us.

    What takes longer than it should gives up before, at the whole reserve. This is for what cannot.

    Raises:
        Timeout: The block took too long.
    """
    late = Timeout("the deadline passed")
    last = deadline.earlier(deadline.reserve() / 2).remaining()
    if not last:
        # A block that never waits is ended by no time-out.
        raise late
    timeout = asyncio.timeout(last if math.isfinite(last) else None)
    try:
        async with timeout:
            yield
    except TimeoutError:
        if not timeout.expired():
            raise
        raise late from None


@dataclass(frozen=True, slots=True)
class Call:
    """Describes one call as its server sees it.

    Attributes:
        caller: The name of the caller, from its certificate or token; empty if it gave none. The person that
            it calls for follows after a colon.
        holder: Who holds a place in the server: the caller or, without a name, the machine that calls. Empty
            for a nameless caller on this machine, which may be anybody.
        trace: The parent of the spans that are started for this call.
        previous_attempts: How often its caller has asked the same before.
        servers_gone: How many servers gRPC has sent this very call to before, and lost.
    """

    method: str
    request_id: str
    deadline: Deadline
    caller: str = ""
    holder: str = ""
    trace: Trace = NO_TRACE
    previous_attempts: int = 0
    servers_gone: int = 0


current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)


def served_call() -> Call:
    """Returns the call that is being served; every handler runs within one."""
    call = current_call.get()
    if call is None:
        raise LookupError("no call is being served")
    return call


def current_trace() -> Trace:
    """Returns the trace of the call that is being served, or one that drops every span."""
    call = current_call.get()
    return call.trace if call else NO_TRACE

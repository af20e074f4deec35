"""The call that is being served: its deadline and its request id, which sub-calls inherit."""

import math
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from rpckit.trace import NO_TRACE, Trace

REQUEST_ID_KEY = "x-request-id"

_RESERVE_SHARE = 0.02
_LEAST_RESERVE_SECONDS = 0.05

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
        """The deadline that lies `seconds` from now."""
        return cls(clock() + seconds, clock)

    def remaining(self) -> float:
        """Seconds left, at least 0."""
        return max(0.0, self.at - self.clock())

    def reserve(self) -> float:
        """The seconds that a step keeps for those after it: 2 % of the time left, at least 50 ms.

        Every server keeps to this one rule, so that a caller sees our answer and not its own
        DEADLINE_EXCEEDED.
        """
        left = self.remaining()
        return max(_LEAST_RESERVE_SECONDS, _RESERVE_SHARE * left if math.isfinite(left) else 0.0)

    def with_reserve(self) -> "Deadline":
        """The deadline of a sub-call whose answer is still to be passed on."""
        return self.earlier(self.reserve())

    def earlier(self, seconds: float) -> "Deadline":
        """The deadline `seconds` before this one."""
        return Deadline(self.at - seconds, self.clock)

    def within(self, seconds: float) -> "Deadline":
        """This deadline, or the one `seconds` from now if that is earlier."""
        return min(self, Deadline.after(seconds, self.clock))


@dataclass(frozen=True, slots=True)
class Call:
    """One call as its server sees it.

    Attributes:
        caller: Who calls, as its certificate or token says; empty: nobody said.
        trace: Where the spans of what is done for this call hang.
    """

    method: str
    request_id: str
    deadline: Deadline
    caller: str = ""
    trace: Trace = NO_TRACE


current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)


def served_call() -> Call:
    """The call that is being served; there is one in every handler."""
    call = current_call.get()
    if call is None:
        raise LookupError("no call is being served")
    return call


def current_trace() -> Trace:
    """That of the call that is being served, if one is."""
    call = current_call.get()
    return call.trace if call else NO_TRACE

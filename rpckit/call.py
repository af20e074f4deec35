"""The call that is being served: its deadline and its request id, which sub-calls inherit."""

import time
from contextvars import ContextVar
from dataclasses import dataclass

from rpckit.trace import NO_TRACE, Trace

REQUEST_ID_KEY = "x-request-id"

_RESERVE_SHARE = 0.05
_LEAST_RESERVE = 0.2
_MOST_RESERVE = 2.0


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """A point on the monotonic clock, in seconds. It is passed down and never restarted."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The deadline that lies `seconds` from now."""
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, at least 0."""
        return max(0.0, self.at - time.monotonic())

    def with_reserve(self) -> "Deadline":
        """What a sub-call may use, so that the caller sees our answer and not its own DEADLINE_EXCEEDED.

        A twentieth of the time is kept, at least 0.2 s and at most 2.
        """
        return self.earlier(min(_MOST_RESERVE, max(_LEAST_RESERVE, _RESERVE_SHARE * self.remaining())))

    def earlier(self, seconds: float) -> "Deadline":
        """The deadline `seconds` before this one."""
        return Deadline(self.at - seconds)


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

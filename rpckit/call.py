"""The call that is being served: its deadline and its request id, which sub-calls inherit."""

import time
from contextvars import ContextVar
from dataclasses import dataclass

REQUEST_ID_KEY = "x-request-id"


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

    def earlier(self, seconds: float) -> "Deadline":
        """The deadline `seconds` before this one."""
        return Deadline(self.at - seconds)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as its server sees it.

    Attributes:
        caller: Who calls, as its certificate or token says; empty: nobody said.
    """

    method: str
    request_id: str
    deadline: Deadline
    caller: str = ""


current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)


def served_call() -> Call:
    """The call that is being served; there is one in every handler."""
    call = current_call.get()
    if call is None:
        raise LookupError("no call is being served")
    return call

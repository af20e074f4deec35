"""How long tests wait. They wait for conditions, so these times pass only where something is broken."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

# In seconds. Nothing in the tests takes nearly as long, even on a busy machine: what has not happened by then
# never will.
PATIENCE = 60.0
# For what other processes do: to start they take seconds of processor time, of which each of many has little.
PROCESS_PATIENCE = 180.0

MOST_ATTEMPTS = 4
_GROWTH = 4

Result = TypeVar("Result")


async def with_growing_deadline(
    attempt: Callable[[float], Awaitable[Result]], came_far: Callable[[Result], bool], first_seconds: float
) -> Result:
    """Attempts what must run into a deadline; returns the result of the first attempt that came far enough.

    On a busy machine a short deadline may pass before the call is where the test wants it to be. Each further
    attempt has four times as long, and the last one's result is returned as it is.
    """
    seconds = first_seconds
    for _ in range(MOST_ATTEMPTS - 1):
        result = await attempt(seconds)
        if came_far(result):
            return result
        seconds *= _GROWTH
    return await attempt(seconds)

"""Ends asyncio tasks that work beside a call."""

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN_SECONDS = 1.0


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels tasks until they have ended, and drops what they failed with.

    Once is not enough: Python 3.11's wait_for, in which redis-py sends, may lose a cancellation (CPython
    issue 86296). For the same reason whoever is cancelled in here hears of it only when the tasks have ended:
    a task that ends others may be ended in this way itself, and would leave them behind.
    """
    tasks = tuple(tasks)
    cancellation: asyncio.CancelledError | None = None
    while left := [each for each in tasks if not each.done()]:
        for each in left:
            each.cancel()
        try:
            await asyncio.wait(left, timeout=_AGAIN_SECONDS)
        except asyncio.CancelledError as error:
            cancellation = error
    for each in tasks:
        # An error that nobody asks for is logged by asyncio.
        _ = each.cancelled() or each.exception()
    if cancellation:
        raise cancellation

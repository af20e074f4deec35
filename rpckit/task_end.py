"""Ends asyncio tasks that work beside a call."""

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN_SECONDS = 1.0


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels tasks until they have ended, and drops what they failed with.

    Once is not enough: Python 3.11's wait_for, in which redis-py sends, may lose a cancellation (CPython
    issue 86296).
    """
    left = {each for each in tasks if not each.done()}
    while left:
        for each in left:
            each.cancel()
        ended, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
        for each in ended:
            # An error that nobody asks for is logged by asyncio.
            _ = each.cancelled() or each.exception()

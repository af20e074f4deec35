"""Runs what takes long in threads: a few at once, and of those that wait only so many."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from clients.web.server.problems import Problem

Result = TypeVar("Result")


class Workers:
    """Shares a few places out, in the order of asking."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._asked = 0

    async def run(self, work: Callable[[], Result]) -> Result:
        """Returns what `work` returns, which runs in a thread.

        Raises:
            Problem: Too many wait.
        """
        if self._asked >= self._most:
            raise Problem(503, "BUSY", "too many files are being read or written; try again in a minute")
        self._asked += 1
        try:
            async with self._places:
                return await asyncio.to_thread(work)
        finally:
            self._asked -= 1

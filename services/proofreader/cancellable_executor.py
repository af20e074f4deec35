"""Runs readings of texts in threads and stops them soon after their calls are cancelled."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

T = TypeVar("T")

# A reading calls it between its steps. It raises CancelledReadingError once nobody waits for the reading.
CancellationCheck = Callable[[], None]


class CancelledReadingError(Exception):
    """Nobody waits for this reading any more."""


class CancellableExecutor:
    """Runs readings in the threads of an executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def run(self, read: Callable[[CancellationCheck], T]) -> T:
        """Waits for a reading. If the waiting is cancelled, the reading ends at its next check."""
        stopped = threading.Event()

        def check_cancelled() -> None:
            if stopped.is_set():
                raise CancelledReadingError

        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, read, check_cancelled)
        finally:
            stopped.set()

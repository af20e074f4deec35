"""Reading takes processor time: it runs in threads, and stops soon after nobody waits for it any more."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

Result = TypeVar("Result")

# Called between steps of a reading; ends the reading when nobody waits for it.
Checkpoint = Callable[[], None]


class StoppedError(Exception):
    """Nobody waits for this reading any more."""


class Engine:
    """Runs readings in the threads of an executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def run(self, read: Callable[[Checkpoint], Result]) -> Result:
        """Waits for a reading. If the waiting is cancelled, the reading ends at its next checkpoint."""
        stopped = threading.Event()

        def checkpoint() -> None:
            if stopped.is_set():
                raise StoppedError

        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, read, checkpoint)
        finally:
            stopped.set()

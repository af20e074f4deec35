"""Runs readings of texts in threads, each in turn, and stops them soon after their calls are cancelled."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

from rpckit.call import Deadline
from services.proofreader.fair_turns import FairTurns
from services.proofreader.reading import Reading

T = TypeVar("T")


class ReadingThreads:
    """Runs a few readings at once in the threads of an executor.

    The executor has a thread for each call that the server takes on, so that none waits for a thread: those
    that have run least so far have the processor.
    """

    def __init__(self, executor: Executor, *, at_once: int, cpu_seconds: float) -> None:
        self._executor = executor
        self._turns = FairTurns(at_once)
        self._cpu_seconds = cpu_seconds

    async def run(self, read: Callable[[Reading], T], deadline: Deadline) -> T:
        """Waits for a reading. If the waiting is cancelled, the reading ends at its next step."""
        stopped = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._executor, self._in_turn, read, deadline, stopped
            )
        finally:
            stopped.set()

    def _in_turn(self, read: Callable[[Reading], T], deadline: Deadline, stopped: threading.Event) -> T:
        self._turns.take()
        try:
            reading = Reading(self._cpu_seconds, deadline, stopped, self._turns.let_others)
            reading.check()
            return read(reading)
        finally:
            self._turns.end()

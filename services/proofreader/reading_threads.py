"""Runs readings of texts in threads, each in turn, and stops them soon after their calls are cancelled."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import TypeVar

from rpckit.call import Deadline
from services.proofreader.fair_turns import FairTurns
from services.proofreader.reading import Reading

T = TypeVar("T")


class ReadingThreads:
    """Runs a few readings at once; of more, those that have run least so far have the processor.

    A reading takes a thread when its first turn comes, and keeps it until it ends. So the threads of the
    executor suffice unless a long reading has given its turn to others in between. Then one that begins has a
    thread of its own, which ends with it: what Kiwi keeps for each thread, 0.8 MiB, goes with the thread.

    Args:
        executor: It has a thread for each of the readings that run at once.
        at_once: How many run at once.
        cpu_seconds: How much processor time each may take.
    """

    def __init__(self, executor: Executor, *, at_once: int, cpu_seconds: float) -> None:
        self._executor = executor
        self._idle = threading.Semaphore(at_once)
        self._turns = FairTurns(at_once)
        self._cpu_seconds = cpu_seconds

    async def run(self, read: Callable[[Reading], T], deadline: Deadline) -> T:
        """Waits for a reading. If the waiting is cancelled, the reading ends at its next step."""
        stopped = threading.Event()
        result: Future[T] = Future()

        def resolve() -> None:
            if not result.set_running_or_notify_cancel():
                return
            try:
                reading = Reading(self._cpu_seconds, deadline, stopped, self._turns.let_others)
                reading.check()
                result.set_result(read(reading))
            except BaseException as error:  # noqa: BLE001 - it is raised where the reading is waited for
                result.set_exception(error)

        self._turns.begin(lambda: self._start(resolve, result))
        try:
            return await asyncio.wrap_future(result)
        finally:
            stopped.set()

    def _start(self, resolve: Callable[[], None], result: Future[T]) -> None:
        is_kept = self._idle.acquire(blocking=False)
        read = partial(self._read, resolve, is_kept=is_kept)
        try:
            if is_kept:
                self._executor.submit(read)
            else:
                threading.Thread(target=read, name="reader of its own").start()
        except RuntimeError as error:
            # The system gives this process no more threads.
            self._end_turn(is_kept=is_kept)
            if result.set_running_or_notify_cancel():
                result.set_exception(error)

    def _read(self, resolve: Callable[[], None], *, is_kept: bool) -> None:
        try:
            resolve()
        finally:
            self._end_turn(is_kept=is_kept)

    def _end_turn(self, *, is_kept: bool) -> None:
        # Whoever has the turn next then finds this thread, which is idle in a moment.
        if is_kept:
            self._idle.release()
        self._turns.end()

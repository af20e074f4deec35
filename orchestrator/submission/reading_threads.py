"""Reads submissions in a few threads, short ones first, and stops what nobody waits for any more."""

import asyncio
import heapq
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import Any, TypeVar

# One long text must not keep the others waiting. More threads would take the interpreter from the merges.
_THREADS = 2

# Called between the steps of a reading; what it raises ends the reading.
Checkpoint = Callable[[], None]

T = TypeVar("T")


class CancelledReadingError(Exception):
    """Nobody waits for this reading any more."""


def going_on() -> None:
    """Is the checkpoint of a reading that nothing ends early."""


def reading_executor() -> ThreadPoolExecutor:
    """Returns the threads that the readings of one process share."""
    return ThreadPoolExecutor(_THREADS, "reading")


class ReadingThreads:
    """Runs the readings of submissions.

    What else runs in asyncio's own threads, such as the merge, does not wait for a reading.
    """

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor or reading_executor()
        self._lock = threading.Lock()
        self._numbers = count()
        # By length, then in the order of their coming.
        self._waiting: list[tuple[int, int, Future[Any], Callable[[], Any]]] = []

    async def run(self, read: Callable[[Checkpoint], T], length: int) -> T:
        """Waits for a reading of a text of so many characters; the shortest that waits is read first.

        If the waiting is cancelled, the reading ends at its next checkpoint, or never begins.
        """
        stopped = threading.Event()
        result: Future[T] = Future()
        with self._lock:
            bounded: Callable[[], Any] = partial(read, partial(_check, stopped))
            heapq.heappush(self._waiting, (length, next(self._numbers), result, bounded))
        self._executor.submit(self._read_shortest)
        try:
            return await asyncio.wrap_future(result)
        finally:
            stopped.set()

    def _read_shortest(self) -> None:
        with self._lock:
            _, _, result, read = heapq.heappop(self._waiting)
        if not result.set_running_or_notify_cancel():
            return
        try:
            result.set_result(read())
        except BaseException as error:  # noqa: BLE001 - it is raised where the reading is waited for
            result.set_exception(error)


def _check(stopped: threading.Event) -> None:
    if stopped.is_set():
        raise CancelledReadingError

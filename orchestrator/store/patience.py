"""Waits for a store as long as it answers anybody, and not for one that is silent."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from orchestrator.store.store import SILENCE_SECONDS, StoreError, StoreSilentError
from rpckit import log
from rpckit.call import Deadline

T = TypeVar("T")

# The silence is counted in so many waits, for which the event loop has its turn in between. A loop that is
# held up by other work sees one of them pass, and hears the answers before the next.
_WAITS = 5
# A store that is silent is tried again after this long.
PAUSE_SECONDS = 2.0
# A call spends this part of its time at most on a store that is silent.
_CALL_SHARE = 0.5
# A call that has waited for it in vain waits no longer than this once more, with whatever it asks.
_ONCE_MORE_SECONDS = 0.1


@dataclass(slots=True)
class SilenceLimit:
    """How long one call waits for a store that is silent: for a part of its time at most, and once.

    Attributes:
        deadline: The caller's; None: what waits is no call.
        is_used_up: Whether the call has waited so long in vain.
    """

    deadline: Deadline | None = None
    is_used_up: bool = False

    @property
    def seconds(self) -> float:
        """How long the store may be silent now."""
        if self.is_used_up:
            return _ONCE_MORE_SECONDS
        if self.deadline is None:
            return SILENCE_SECONDS
        return min(SILENCE_SECONDS, _CALL_SHARE * self.deadline.remaining())


class Patience:
    """Asks a store. An operation goes on though nobody waits for it any more: it may hold what was paid for.

    As long as the store ends operations, others wait for their turn. Once it is silent, those who wait give
    up, and it is left alone: at least for a while, and until what it was asked has ended. It is logged once
    when errors begin and once when they end.

    Args:
        count_failure: Counts an operation that failed, by its name.
    """

    def __init__(self, count_failure: Callable[[str], None]) -> None:
        self._count_failure = count_failure
        self._asked: set[asyncio.Task[Any]] = set()
        self._ended_well = 0
        self._is_silent = False
        self._try_again_at = 0.0
        self._failing: set[str] = set()

    async def ask(
        self,
        operation: str,
        ask: Callable[[], Coroutine[Any, Any, T]],
        limit: SilenceLimit | None = None,
    ) -> T:
        """Returns what the store answers.

        Raises:
            StoreError: It fails, or it is silent.
        """
        return await self.wait(self.start(operation, ask), limit)

    def start(self, operation: str, ask: Callable[[], Coroutine[Any, Any, T]]) -> asyncio.Task[T]:
        """Starts an operation, which nobody has to wait for.

        Raises:
            StoreError: The store is silent.
        """
        is_too_soon = asyncio.get_running_loop().time() < self._try_again_at
        if self._is_silent and (self._asked or is_too_soon):
            self._count_failure(operation)
            raise StoreError("left alone")
        task = asyncio.create_task(ask(), name=operation)
        self._asked.add(task)
        task.add_done_callback(self._note_end)
        return task

    async def wait(self, task: asyncio.Task[T], limit: SilenceLimit | None = None) -> T:
        """Returns what the store answers to an operation that was started.

        Raises:
            StoreError: It fails, in whatever way, or it is silent for longer than the limit. It is left alone
                only if that is as long as anybody waits.
        """
        limit = limit or SilenceLimit()
        seconds, waits = limit.seconds, 0
        while not task.done():
            ended_well = self._ended_well
            await asyncio.wait([task], timeout=seconds / _WAITS)
            waits = waits + 1 if ended_well == self._ended_well else 0
            if waits == _WAITS and not task.done():
                limit.is_used_up = limit.deadline is not None
                error = (StoreSilentError if seconds == SILENCE_SECONDS else StoreError)("no answer")
                self.note_failure(task.get_name(), error)
                raise error
        return _answer(task)

    def note_failure(self, operation: str, error: BaseException) -> None:
        """Counts a failure, and logs the first one."""
        self._count_failure(operation)
        if isinstance(error, StoreSilentError):
            self._is_silent = True
            self._try_again_at = asyncio.get_running_loop().time() + PAUSE_SECONDS
        if not self._failing:
            wrong = str(error) if isinstance(error, StoreError) else type(error).__name__
            log.event("store fails", level=logging.WARNING, operation=operation, wrong=wrong)
        self._failing.add(operation)

    def _note_end(self, task: asyncio.Task[Any]) -> None:
        self._asked.discard(task)
        if task.cancelled():
            return
        operation, error = task.get_name(), task.exception()
        if error is not None:
            if not isinstance(error, StoreError):
                log.unexpected(operation, error)
            self.note_failure(operation, error)
            return
        self._ended_well += 1
        self._is_silent = False
        if operation in self._failing:
            self._failing.clear()
            log.event("store works again", operation=operation)


def _answer(task: asyncio.Task[T]) -> T:
    """Returns what an operation ended with. What nobody foresaw is a failure of the store, too."""
    if task.cancelled():
        raise StoreError("cancelled")
    error = task.exception()
    if error is None or isinstance(error, StoreError):
        return task.result()
    raise StoreError(type(error).__name__) from error

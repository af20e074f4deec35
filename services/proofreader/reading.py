"""Bounds one reading of a text: the rules ask it between their steps whether they may go on."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from rpckit.call import Deadline

T = TypeVar("T")

_FOREVER = Deadline(math.inf)


class CancelledReadingError(Exception):
    """Nobody waits for this reading any more."""


@dataclass(slots=True)
class Reading:
    """One reading, in the thread that makes it. Without arguments it is bounded by nothing.

    Attributes:
        cpu_seconds: How much processor time it may take.
        deadline: By when it has to end, whatever it has read by then.
        stopped: It is set once nobody waits for the reading.
        let_others: Called at each step with the seconds that the reading has taken; it may wait for others.
        clock: Reads the processor time of the thread, in seconds.
        unread_from: Where the words begin that no dictionary was asked for, as the reading had to end; None
            if there are none.
    """

    cpu_seconds: float = math.inf
    deadline: Deadline = _FOREVER
    stopped: threading.Event = field(default_factory=threading.Event)
    let_others: Callable[[float], None] = lambda _: None
    clock: Callable[[], float] = time.thread_time
    unread_from: int | None = field(default=None, init=False)
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    def check(self) -> None:
        """Lets other readings go first that have taken less so far.

        Raises:
            CancelledReadingError: Nobody waits for this one any more.
        """
        self.let_others(self._taken())
        if self.stopped.is_set():
            raise CancelledReadingError

    def through(self, items: Iterable[T]) -> Iterator[T]:
        """Yields the items, and checks before each: for a loop that is as long as the text."""
        # What `check` does, without a call of it for each of some thousand words.
        let_others, is_stopped, clock, began = self.let_others, self.stopped.is_set, self.clock, self._began
        for each in items:
            let_others(clock() - began)
            if is_stopped():
                raise CancelledReadingError
            yield each

    def has_spent(self, share: float = 1.0) -> bool:
        """Returns whether so much of its processor time is taken, or its deadline has come."""
        return self._taken() >= share * self.cpu_seconds or not self.deadline.remaining()

    def leave_unread(self, start: int) -> None:
        """Notes that the words from there on were not looked up."""
        self.unread_from = start if self.unread_from is None else min(self.unread_from, start)

    def _taken(self) -> float:
        return self.clock() - self._began

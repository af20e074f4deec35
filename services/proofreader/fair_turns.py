"""Lets a few of many readings run at once, those first that have run least so far."""

import heapq
import threading
from collections.abc import Callable
from itertools import count

# Two that have run equally long do not take turns more often than this.
_TURN_SECONDS = 0.05


class FairTurns:
    """Shares out turns, so that a long reading holds up no short one."""

    def __init__(self, at_once: int) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._numbers = count()
        # Those who wait: the seconds that each has run, the order of its coming, what gives it the turn.
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []

    def begin(self, start: Callable[[], None]) -> None:
        """Calls `start` at once or later, from any thread, when one that has not run yet has a turn.

        Until then it takes no thread. Whoever is started ends the turn.
        """
        if self._take(0.0, start):
            start()

    def end(self) -> None:
        """Gives the turn to the next."""
        with self._lock:
            if not self._waiting:
                self._free += 1
                return
            give = heapq.heappop(self._waiting)[-1]
        give()

    def let_others(self, seconds: float) -> None:
        """Gives the turn to one that has run less, if any waits, and waits for the next one."""
        # A glance without the lock costs next to nothing; what it misses, the next one sees.
        if self._waiting and self._has_priority(seconds):
            self.end()
            mine = threading.Event()
            if not self._take(seconds, mine.set):
                mine.wait()

    def _take(self, seconds: float, give: Callable[[], None]) -> bool:
        """Returns whether there is a turn now for one that has run so long; if not, it is given later."""
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return True
            heapq.heappush(self._waiting, (seconds, next(self._numbers), give))
            return False

    def _has_priority(self, seconds: float) -> bool:
        with self._lock:
            return bool(self._waiting) and self._waiting[0][0] + _TURN_SECONDS < seconds

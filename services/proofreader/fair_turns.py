"""Lets a few of many threads run at once, those first that have run least so far."""

import heapq
import threading
from itertools import count

# Two that have run equally long do not take turns more often than this.
_TURN_SECONDS = 0.05


class FairTurns:
    """Shares out turns, so that a long reading holds up no short one."""

    def __init__(self, at_once: int) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._numbers = count()
        # Those who wait: the seconds that each has run, the order of their coming, and what wakes them.
        self._waiting: list[tuple[float, int, threading.Event]] = []

    def take(self, seconds: float = 0.0) -> None:
        """Waits for a turn of one that has run so long."""
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return
            mine = threading.Event()
            heapq.heappush(self._waiting, (seconds, next(self._numbers), mine))
        mine.wait()

    def end(self) -> None:
        """Gives the turn to the next."""
        with self._lock:
            if self._waiting:
                heapq.heappop(self._waiting)[-1].set()
            else:
                self._free += 1

    def let_others(self, seconds: float) -> None:
        """Gives the turn to one that has run less, if any waits, and waits for the next one."""
        # A glance without the lock costs next to nothing; what it misses, the next one sees.
        if self._waiting and self._has_priority(seconds):
            self.end()
            self.take(seconds)

    def _has_priority(self, seconds: float) -> bool:
        with self._lock:
            return bool(self._waiting) and self._waiting[0][0] + _TURN_SECONDS < seconds

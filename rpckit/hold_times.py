"""How long calls hold their places, and what that says about a wait. Calls that do not end count, too."""

import heapq
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from rpckit.call import Clock

# The weight of the latest call in the moving averages.
_LATEST_WEIGHT = 0.1
# A call is given this many times the mean, or the mean and this many mean deviations: half of the calls take
# longer than the mean alone.
_SAFETY_FACTOR = 1.5
_SAFETY_DEVIATIONS = 2.0


class HoldTimes:
    """Measures the calls that hold a place, ended or not. Times are in seconds."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._numbers = count()
        # In the order of their beginning.
        self._began_at: dict[int, float] = {}
        self._any = _MovingMean()
        self._well_ended = _MovingMean()

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measures the block, which holds a place."""
        number = next(self._numbers)
        began_at = self._began_at[number] = self._clock()
        try:
            yield
            self._well_ended.add(self._clock() - began_at)
        finally:
            self._any.add(self._clock() - began_at)
            del self._began_at[number]

    def needed(self) -> float:
        """Returns how long a place must be held for an answer, as far as is known.

        While every call that runs has run for longer than that, it is as long as the youngest of them has.
        """
        return max(self._well_ended.safe(), self._youngest())

    def wait(self, ahead: int) -> float:
        """Returns how long it takes until so many calls and one more have got the place of one that runs.

        A call that has outlasted the mean is expected to take as long again.
        """
        now, usual = self._clock(), max(self._any.mean, self._youngest())
        left = [max(usual - (now - began_at), 0.0) or now - began_at for began_at in self._began_at.values()]
        if not left:
            return 0.0
        heapq.heapify(left)
        for _ in range(ahead):
            heapq.heapreplace(left, left[0] + usual)
        return left[0]

    def _youngest(self) -> float:
        if not self._began_at:
            return 0.0
        return self._clock() - next(reversed(self._began_at.values()))


class _MovingMean:
    """A mean that forgets, and the mean deviation from it, as TCP keeps them of round trips."""

    def __init__(self) -> None:
        self.mean = 0.0
        self._deviation = 0.0
        self._is_empty = True

    def add(self, value: float) -> None:
        if self._is_empty:
            self.mean, self._is_empty = value, False
            return
        self._deviation += _LATEST_WEIGHT * (abs(value - self.mean) - self._deviation)
        self.mean += _LATEST_WEIGHT * (value - self.mean)

    def safe(self) -> float:
        """Returns what most values are below."""
        return max(_SAFETY_FACTOR * self.mean, self.mean + _SAFETY_DEVIATIONS * self._deviation)

"""Holds the processor time of a function of a text against its length. Wall time plays no part."""

import time
from collections.abc import Callable, Sequence

from tests.hostile_texts import HostileText

LENGTHS = (1_000, 10_000, 100_000)
# Ten times the length may take this much more: what is linear takes 10 on average, what is quadratic 100.
_GROWTH = 25
# In seconds of the thread. They cover what is loaded once, and a processor whose caches others use.
_SLACK = 1.0
_MOST = 6.0
_ATTEMPTS = 3


def check_growth(read: Callable[[str], object], shape: HostileText, lengths: Sequence[int] = LENGTHS) -> None:
    """Reads texts of growing length.

    Raises:
        AssertionError: The longer one took too much, each time that it was tried.
    """
    seconds: list[float] = []
    for length in lengths:
        # A text that already takes more than this would not come to its end if it were longer.
        allowed = min(_MOST, _GROWTH * seconds[-1] + _SLACK) if seconds else _SLACK
        text = shape(length)
        taken = _taken(read, text)
        for _ in range(_ATTEMPTS - 1):
            if taken <= allowed:
                break
            taken = min(taken, _taken(read, text))
        assert taken <= allowed, f"{length:,} characters took {taken:.2f} s, shorter ones {seconds}"
        seconds.append(taken)


def _taken(read: Callable[[str], object], text: str) -> float:
    began = time.thread_time()
    read(text)
    return time.thread_time() - began

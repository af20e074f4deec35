"""Holds the processor time of a function of a text against its length. Wall time plays no part."""

import os
import time
from collections.abc import Callable, Sequence

from tests.hostile_texts import HostileText

LENGTHS = (1_000, 10_000, 100_000)
# Of the readers of a shape one reads its longest text, in turn, so that all take a minute and not five: the
# others stop before. CHORUS_ALL_LENGTHS=1 has everyone read all of them.
_READERS = 5
_ALL_LENGTHS = bool(os.environ.get("CHORUS_ALL_LENGTHS"))
# Ten times the length may take this much more: what is linear takes 10 on average, what is quadratic 100.
_GROWTH = 25
# In seconds of the thread. They cover what is loaded once, and a processor whose caches others use.
_SLACK = 1.0
_MOST = 2.0
_ATTEMPTS = 3


def lengths(shape: int, reader: int) -> Sequence[int]:
    """Returns how long the texts are that a reader reads of a shape, both given by their number."""
    return LENGTHS if _ALL_LENGTHS or (shape + reader) % _READERS == 0 else LENGTHS[:-1]


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

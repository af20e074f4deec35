"""Clocks that a test sets, and loops on which waiting takes no time."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from typing_extensions import override

from rpckit.call import Deadline

T = TypeVar("T")


class FakeClock:
    """A monotonic clock that stands still until it is told otherwise."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class _JumpingSelector(selectors.DefaultSelector):
    """Lets the clock jump to the next timer in the place of waiting for it."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(timeout if timeout is None else 0)
        if timeout and not ready:
            self._clock.now += timeout
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock jumps to the next timer as soon as nothing else is left to do.

    Nothing on it may wait for a thread or a socket together with a timer: the timer would fire at once.
    """

    def __init__(self) -> None:
        self._clock = FakeClock()
        super().__init__(_JumpingSelector(self._clock))

    @override
    def time(self) -> float:
        return self._clock()


def run_in_virtual_time(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine on a `VirtualTimeLoop`; `asyncio.get_running_loop().time` is its clock."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(coroutine)


def loop_deadline(seconds: float) -> Deadline:
    """A deadline by the clock of the running event loop."""
    return Deadline.after(seconds, asyncio.get_running_loop().time)

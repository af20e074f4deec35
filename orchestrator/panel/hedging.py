"""Asks a model a second time where its answer is late; the first answer counts, and the other is cut off."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from rpckit.call import Deadline
from rpckit.task_end import end
from rpckit.task_errors import error_of

T = TypeVar("T")

# A wait that is shorter is over: a clock may stand still for as long.
_NO_WAIT_SECONDS = 0.001


class HedgeTimes(Protocol):
    """Says when the models of one panel are asked a second time: `PanelPatience`, or a test's script."""

    def hedge_at(self, model: str) -> Deadline | None:
        """Returns when a model is late, as far as is known now; None: it is not asked a second time."""

    def note_piece(self, model: str, silent_from: Deadline) -> None:
        """Notes that a piece of a model's first answer came, and from when on it is silent without more."""

    def note_hedge(self, model: str) -> None:
        """Notes that a model is asked a second time now."""


class Hedge:
    """The second ask that a late answer of one model may have.

    Args:
        times: None: there is no second ask.
        may_ask: Whether there may be one now; it is called once, and spends what that takes.

    Attributes:
        is_made: Whether it was made.
    """

    def __init__(self, model: str, times: HedgeTimes | None, may_ask: Callable[[], bool]) -> None:
        self._model = model
        self._times = times
        self._may_ask = may_ask
        self.is_made = False

    def at(self) -> Deadline | None:
        """Returns when the answer is late, as `HedgeTimes.hedge_at` does."""
        return self._times.hedge_at(self._model) if self._times else None

    def note_piece(self, silent_from: Deadline) -> None:
        """Notes a piece of the first answer, as `HedgeTimes.note_piece` does."""
        if self._times:
            self._times.note_piece(self._model, silent_from)

    def make(self) -> bool:
        """Returns whether the model is asked a second time now."""
        self.is_made = self._may_ask()
        if self.is_made and self._times:
            self._times.note_hedge(self._model)
        return self.is_made


async def first_answer(ask: Callable[[int], Coroutine[Any, Any, T]], hedge: Hedge) -> T:
    """Asks, asks a second time where the answer is late, and returns the answer that comes first.

    Whoever is still asked then is cut off, and has ended when this returns.

    Args:
        ask: Asks; it is given how often it was asked before.
        hedge: The second ask.

    Raises:
        ChorusError: Nobody has answered; it is what the first one failed with.
    """
    if hedge.at() is None:
        return await ask(0)
    tasks = [asyncio.create_task(ask(0), name="first ask")]
    try:
        if await _is_late(tasks[0], hedge) and hedge.make():
            tasks.append(asyncio.create_task(ask(1), name="hedge"))
        return await _first_of(tasks)
    finally:
        await end(tasks)


async def _is_late(task: asyncio.Task[Any], hedge: Hedge) -> bool:
    while not task.done() and (until := hedge.at()) is not None:
        if until.remaining() < _NO_WAIT_SECONDS:
            return True
        await asyncio.wait([task], timeout=until.remaining())
    return False


async def _first_of(tasks: list[asyncio.Task[T]]) -> T:
    left = set(tasks)
    while left:
        ended, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        for each in ended:
            if error_of(each) is None:
                return each.result()
    return tasks[0].result()

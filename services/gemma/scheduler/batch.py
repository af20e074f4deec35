"""The answers that are being written, in the model's thread: who comes and who goes."""

import asyncio
import queue
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rpckit.call import Deadline
from rpckit.errors import ChorusError, Timeout
from services.gemma.interface.fault_isolation import isolated
from services.gemma.interface.local_model import Facts, Job, LocalModel, Progress


@dataclass(eq=False, slots=True)
class Order:
    """One answer that a caller waits for.

    Attributes:
        outbox: What was written, in the caller's event loop.
        left: The caller is gone.
    """

    job: Job
    deadline: Deadline
    loop: asyncio.AbstractEventLoop
    outbox: asyncio.Queue[Progress] = field(default_factory=asyncio.Queue)
    left: bool = False

    def tell(self, progress: Progress) -> None:
        """Hands over what was written."""
        self.loop.call_soon_threadsafe(self.outbox.put_nowait, progress)


class Batch:
    """Writes at most `places` answers at once; the next ones wait in their order."""

    def __init__(self, model: LocalModel[Any], places: int) -> None:
        self._model = model
        self._places = places
        self._arriving: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._waiting: deque[tuple[Order, Any]] = deque()
        self._writing: dict[Order, Any] = {}
        self._closed = False

    @property
    def facts(self) -> Facts:
        """What is known of the model."""
        return self._model.facts

    def submit(self, order: Order) -> None:
        """From any thread: asks for an answer."""
        self._arriving.put(order)

    def close(self) -> None:
        """From any thread: ends `run` after the pass that it is at."""
        self._arriving.put(None)

    def run(self) -> None:
        """Works until it is closed."""
        while True:
            self._receive()
            if self._closed:
                return
            self._let_go()
            self._admit()
            self._step()

    def _receive(self) -> None:
        """Takes in who has come; with nothing to do it waits for somebody."""
        idle = not self._waiting and not self._writing
        while idle or not self._arriving.empty():
            order = self._arriving.get()
            idle = False
            if order is None:
                self._closed = True
            else:
                self._begin(order)

    def _begin(self, order: Order) -> None:
        if order.left:
            return
        begun = isolated("begin", partial(self._model.begin, order.job))
        if isinstance(begun, ChorusError):
            order.tell(Progress(end=begun))
        else:
            self._waiting.append((order, begun))

    def _let_go(self) -> None:
        """No pass is made for a caller who is gone, or who was to have the answer by now."""
        for order in list(self._writing):
            if self._is_over(order):
                self._end(order)
        self._waiting = deque(each for each in self._waiting if not self._is_over(each[0]))

    def _is_over(self, order: Order) -> bool:
        if not order.left and not order.deadline.remaining():
            order.tell(Progress(end=Timeout("the deadline passed before the answer was written")))
            return True
        return order.left

    def _admit(self) -> None:
        while self._waiting and len(self._writing) < self._places:
            order, writing = self._waiting[0]
            admitted = isolated("admit", partial(self._model.admit, writing))
            if not admitted:
                return
            self._waiting.popleft()
            if isinstance(admitted, ChorusError):
                order.tell(Progress(end=admitted))
            else:
                self._writing[order] = writing

    def _step(self) -> None:
        if not self._writing:
            return
        orders = list(self._writing)
        for order, progress in zip(orders, self._model.step(list(self._writing.values())), strict=True):
            if progress.text or progress.end:
                order.tell(progress)
            if progress.end:
                self._end(order)

    def _end(self, order: Order) -> None:
        self._model.release(self._writing.pop(order))

"""Loads the model, runs it in a thread of its own, and loads it anew if that fails."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from rpckit import log
from rpckit.call import Deadline
from rpckit.errors import ChorusError, Unavailable
from services.gemma.interface.local_model import Ending, Facts, Job, LoadError, LocalModel, Progress
from services.gemma.scheduler.batch import Batch, Order

_LOADING_RETRY_DELAY = 2.0


class State(Enum):
    """Whether the model answers now."""

    LOADING = auto()
    READY = auto()
    UNAVAILABLE = auto()


@dataclass(frozen=True, slots=True)
class Status:
    """The model's state; `detail` says why it is not READY, `facts` are there when it is."""

    state: State
    detail: str = ""
    facts: Facts | None = None


class Engine(Protocol):
    """What the servicer needs of an engine."""

    @property
    def status(self) -> Status:
        """The model's state now."""

    def ready(self) -> Facts:
        """What is known of the model.

        Raises:
            Unavailable: No model is loaded.
        """

    def generate(self, job: Job, deadline: Deadline) -> AsyncGenerator[str | Ending, None]:
        """Yields the answer's text piece by piece, then its ending. Closed, it frees its place.

        Raises:
            Unavailable: No model is loaded, or it failed in the middle.
            Timeout: The deadline passed.
            ChorusError: As `LocalModel` says.
        """


class BatchEngine:
    """Runs one model in one thread, for several answers at once.

    Args:
        load: Loads the model, in that thread.
        places: How many answers are written at once.
    """

    def __init__(self, load: Callable[[], LocalModel[Any]], places: int) -> None:
        self._load = load
        self._places = places
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gemma")
        self._batch: Batch | None = None
        self._orders: set[Order] = set()
        self._closed = False
        self.status = Status(State.LOADING, "the weights are loading")

    async def run(self, announce: Callable[[Status], Awaitable[None]]) -> None:
        """Keeps the model running until `close`; says each time its status changes."""
        while await self._get_ready():
            await announce(self.status)
            error = None if self._closed else await self._work()
            if error is None:
                return
            log.unexpected("batch", error)
            # The error holds the frames, and with them the model that is to be loaded anew.
            detail = f"the model failed with {type(error).__name__} and is loaded anew"
            del error
            self.status = Status(State.LOADING, detail)
            self._give_up()
            await announce(self.status)
        await announce(self.status)

    def ready(self) -> Facts:
        """As `Engine` says."""
        return self._ready_batch().facts

    async def generate(self, job: Job, deadline: Deadline) -> AsyncGenerator[str | Ending, None]:
        """As `Engine` says."""
        batch = self._ready_batch()
        order = Order(job, deadline, asyncio.get_running_loop())
        self._orders.add(order)
        batch.submit(order)
        try:
            while True:
                progress = await order.outbox.get()
                if progress.text:
                    yield progress.text
                if isinstance(progress.end, ChorusError):
                    raise progress.end
                if progress.end:
                    yield progress.end
                    return
        finally:
            order.left = True
            self._orders.discard(order)

    def close(self) -> None:
        """Ends the thread once it has done what it is at."""
        self._closed = True
        if self._batch:
            self._batch.close()
        self._thread.shutdown(wait=False)

    async def _get_ready(self) -> bool:
        loading = asyncio.get_running_loop().run_in_executor(self._thread, self._load)
        await asyncio.wait([loading])
        error = loading.exception()
        if error is None:
            model = loading.result()
            self._batch = Batch(model, self._places)
            self.status = Status(State.READY, facts=model.facts)
        elif isinstance(error, LoadError):
            self.status = Status(State.UNAVAILABLE, str(error))
        else:
            log.unexpected("load", error)
            detail = f"loading failed with {type(error).__name__}; see the log"
            self.status = Status(State.UNAVAILABLE, detail)
        return error is None

    async def _work(self) -> BaseException | None:
        """Why the model's thread stopped; None if it was asked to."""
        working = asyncio.get_running_loop().run_in_executor(self._thread, self._ready_batch().run)
        await asyncio.wait([working])
        return working.exception()

    def _give_up(self) -> None:
        self._batch = None
        for order in self._orders:
            failed = Unavailable(self.status.detail, retry_delay=_LOADING_RETRY_DELAY)
            order.outbox.put_nowait(Progress(end=failed))

    def _ready_batch(self) -> Batch:
        if self._batch is None:
            delay = _LOADING_RETRY_DELAY if self.status.state is State.LOADING else None
            raise Unavailable(self.status.detail, retry_delay=delay)
        return self._batch

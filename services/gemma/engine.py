"""The one thread that loads the model and runs it. The event loop never waits for it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from rpckit import log
from rpckit.call import Deadline
from rpckit.errors import Timeout, Unavailable
from services.gemma.model import Ending, Facts, Job, LoadError, LocalModel

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

    def generate(self, job: Job, deadline: Deadline) -> AsyncGenerator[str | Ending, None]:
        """Yields what `LocalModel.generate` yields; work stops within one token when it is closed.

        Raises:
            Unavailable: No model is loaded.
            Timeout: The deadline passed.
            ChorusError: As `LocalModel.generate` raises it.
        """


class ThreadEngine:
    """Runs one model in one thread, token by token; several answers take turns."""

    def __init__(self, load: Callable[[], LocalModel]) -> None:
        self._load = load
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gemma")
        self._model: LocalModel | None = None
        self.status = Status(State.LOADING, "the weights are loading")

    async def load(self) -> bool:
        """Loads the model and says whether it is ready. Never raises: `status` holds the reason."""
        loading = asyncio.get_running_loop().run_in_executor(self._thread, self._load)
        await asyncio.wait([loading])
        error = loading.exception()
        if error is None:
            self._model = loading.result()
            self.status = Status(State.READY, facts=self._model.facts)
            return True
        if isinstance(error, LoadError):
            self.status = Status(State.UNAVAILABLE, str(error))
        else:
            log.unexpected("load", error)
            self.status = Status(
                State.UNAVAILABLE, f"loading failed with {type(error).__name__}; see the log"
            )
        return False

    async def generate(self, job: Job, deadline: Deadline) -> AsyncGenerator[str | Ending, None]:
        """As `Engine` says."""
        steps = self._ready_model().generate(job)
        loop = asyncio.get_running_loop()
        try:
            while (step := await loop.run_in_executor(self._thread, next, steps, None)) is not None:
                yield step
                if not deadline.remaining():
                    raise Timeout("the deadline passed while the model was writing")
        finally:
            # In the thread too, after the token that may be on its way: it frees the answer's memory.
            self._thread.submit(steps.close)

    def close(self) -> None:
        """Ends the thread once it has done what it is at."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _ready_model(self) -> LocalModel:
        if self._model is None:
            delay = _LOADING_RETRY_DELAY if self.status.state is State.LOADING else None
            raise Unavailable(self.status.detail, retry_delay=delay)
        return self._model

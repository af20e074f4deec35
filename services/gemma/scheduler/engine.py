"""Loads the model, runs it in a thread of its own, and loads it anew if it breaks."""

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from typing_extensions import override

from rpckit import log
from rpckit.call import Deadline
from rpckit.errors import ChorusError, Unavailable
from services.gemma.interface.generation_request import GenerationRequest
from services.gemma.interface.load_error import LoadError
from services.gemma.interface.local_model import GenerationResult, LocalModel, ModelInfo, StepOutput
from services.gemma.scheduler.batch import ContinuousBatch, PendingRequest

# In seconds: what a caller is told to wait while the model loads.
_LOADING_RETRY_DELAY = 2.0


class ModelState(Enum):
    """Whether the model answers now."""

    LOADING = auto()
    READY = auto()
    UNAVAILABLE = auto()


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The model's state. `detail` says why it is not READY; `info` is there when it is."""

    state: ModelState
    detail: str = ""
    info: ModelInfo | None = None


class GenerationEngine(Protocol):
    """Generates answers for the servicer, which knows neither the model nor its thread."""

    @property
    def status(self) -> ModelStatus:
        """The model's state now."""

    def ready(self) -> ModelInfo:
        """Describes the loaded model.

        Raises:
            Unavailable: No model is loaded.
        """

    def generate(
        self, request: GenerationRequest, deadline: Deadline
    ) -> AsyncGenerator[str | GenerationResult, None]:
        """Yields the answer's text piece by piece, then its result. Closing it frees the answer's memory.

        Raises:
            Unavailable: No model is loaded, or it broke in the middle.
            Timeout: The deadline passed.
            ChorusError: This answer failed, as `LocalModel` says.
        """


class LoadModel(Protocol):
    """Loads the model. It is called in the model's thread, again if the model breaks."""

    def __call__(self) -> LocalModel[Any]:
        """Loads the model.

        Raises:
            LoadError: It cannot be served.
        """


class AnnounceStatus(Protocol):
    """Is told each change of the model's status, in the event loop."""

    async def __call__(self, status: ModelStatus, /) -> None:
        """Takes the status from now on."""


class ContinuousBatchingEngine(GenerationEngine):
    """Runs one model in one thread, for several answers at once.

    Args:
        load: Loads the model.
        max_sequences: How many answers are generated at once.
    """

    status = ModelStatus(ModelState.LOADING, "the weights are loading")

    def __init__(self, load: LoadModel, max_sequences: int) -> None:
        self._load = load
        self._max_sequences = max_sequences
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gemma")
        self._batch: ContinuousBatch | None = None
        self._requests: set[PendingRequest] = set()
        self._closed = False

    async def run(self, announce: AnnounceStatus) -> None:
        """Keeps the model running until `close`; announces each change of its status."""
        while await self._load_model():
            await announce(self.status)
            error = None if self._closed else await self._run_batch()
            if error is None:
                return
            log.unexpected("batch", error)
            # The error holds the frames, and with them the model that is to be loaded anew.
            detail = f"the model failed with {type(error).__name__} and is loaded anew"
            del error
            self.status = ModelStatus(ModelState.LOADING, detail)
            self._fail_requests()
            await announce(self.status)
        await announce(self.status)

    @override
    def ready(self) -> ModelInfo:
        return self._loaded_batch().info

    @override
    async def generate(
        self, request: GenerationRequest, deadline: Deadline
    ) -> AsyncGenerator[str | GenerationResult, None]:
        batch = self._loaded_batch()
        pending = PendingRequest(request, deadline, asyncio.get_running_loop())
        self._requests.add(pending)
        batch.submit(pending)
        try:
            while True:
                output = await pending.outputs.get()
                if output.text:
                    yield output.text
                if isinstance(output.result, ChorusError):
                    raise output.result
                if output.result:
                    yield output.result
                    return
        finally:
            pending.abandoned = True
            self._requests.discard(pending)

    def close(self) -> None:
        """Ends the thread after its current step."""
        self._closed = True
        if self._batch:
            self._batch.close()
        self._thread.shutdown(wait=False)

    async def _load_model(self) -> bool:
        """Loads the model and sets the status; returns whether there is a model."""
        loading = asyncio.get_running_loop().run_in_executor(self._thread, self._load)
        await asyncio.wait([loading])
        error = loading.exception()
        if error is None:
            model = loading.result()
            self._batch = ContinuousBatch(model, self._max_sequences)
            self.status = ModelStatus(ModelState.READY, info=model.info)
        elif isinstance(error, LoadError):
            self.status = ModelStatus(ModelState.UNAVAILABLE, str(error))
        else:
            log.unexpected("load", error)
            detail = f"loading failed with {type(error).__name__}; see the log"
            self.status = ModelStatus(ModelState.UNAVAILABLE, detail)
        return error is None

    async def _run_batch(self) -> BaseException | None:
        """Runs the batch; returns what stopped it, None if `close` did."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, self._loaded_batch().run)
        await asyncio.wait([running])
        return running.exception()

    def _fail_requests(self) -> None:
        self._batch = None
        for each in self._requests:
            failed = Unavailable(self.status.detail, retry_delay=_LOADING_RETRY_DELAY)
            each.outputs.put_nowait(StepOutput(result=failed))

    def _loaded_batch(self) -> ContinuousBatch:
        if self._batch is None:
            delay = _LOADING_RETRY_DELAY if self.status.state is ModelState.LOADING else None
            raise Unavailable(self.status.detail, retry_delay=delay)
        return self._batch

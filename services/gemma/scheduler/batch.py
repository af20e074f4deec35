"""Continuous batching in the model's thread: requests join and leave between two forward passes."""

import asyncio
import queue
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rpckit.call import Deadline
from rpckit.errors import ChorusError, RateLimited, Timeout
from services.gemma.interface.fault_isolation import isolated
from services.gemma.interface.generation_request import GenerationRequest
from services.gemma.interface.local_model import LocalModel, ModelInfo, StepOutput

# In seconds: what a caller is told to wait whose answer was never begun.
_RETRY_DELAY = 1.0


@dataclass(eq=False, slots=True)
class PendingRequest:
    """A request whose caller waits for the answer, from its arrival to the answer's end.

    Attributes:
        loop: The caller's event loop.
        outputs: What was generated and is not yet read; it belongs to that loop.
        abandoned: The caller waits no longer.
    """

    request: GenerationRequest
    deadline: Deadline
    loop: asyncio.AbstractEventLoop
    outputs: asyncio.Queue[StepOutput] = field(default_factory=asyncio.Queue)
    abandoned: bool = False

    def send(self, output: StepOutput) -> None:
        """Hands an output to the caller, from the model's thread."""
        self.loop.call_soon_threadsafe(self.outputs.put_nowait, output)


class ContinuousBatch:
    """Generates at most `max_sequences` answers at once; the other requests wait in the order of arrival."""

    def __init__(self, model: LocalModel[Any], max_sequences: int) -> None:
        self._model = model
        self._max_sequences = max_sequences
        self._arriving: queue.SimpleQueue[PendingRequest | None] = queue.SimpleQueue()
        self._waiting: deque[tuple[PendingRequest, Any]] = deque()
        self._running: dict[PendingRequest, Any] = {}
        self._closed = False

    @property
    def info(self) -> ModelInfo:
        """Describes the model."""
        return self._model.info

    def submit(self, request: PendingRequest) -> None:
        """Asks for an answer. Any thread may call it."""
        self._arriving.put(request)

    def close(self) -> None:
        """Ends `run` after the current step. Any thread may call it."""
        self._arriving.put(None)

    def run(self) -> None:
        """Steps the model until the batch is closed; raises what `LocalModel.step` raises."""
        while True:
            self._receive()
            if self._closed:
                return
            self._drop_overdue()
            self._admit()
            self._step()

    def _receive(self) -> None:
        """Begins the requests that have arrived; with nothing to do it waits for one."""
        idle = not self._waiting and not self._running
        while idle or not self._arriving.empty():
            request = self._arriving.get()
            idle = False
            if request is None:
                self._closed = True
            else:
                self._begin(request)

    def _begin(self, request: PendingRequest) -> None:
        if request.abandoned:
            return
        sequence = isolated("begin", partial(self._model.begin, request.request))
        if isinstance(sequence, ChorusError):
            request.send(StepOutput(result=sequence))
        else:
            self._waiting.append((request, sequence))

    def _drop_overdue(self) -> None:
        """Ends what nobody waits for any longer, before a pass is made for it."""
        for request in list(self._running):
            if _is_over(request, Timeout("the deadline passed before the answer was written")):
                self._finish(request)
        refusal = RateLimited("no place became free before the deadline", retry_delay=_RETRY_DELAY)
        self._waiting = deque(each for each in self._waiting if not _is_over(each[0], refusal))

    def _admit(self) -> None:
        """Admits waiting requests in their order, as far as there are places and KV cache."""
        while self._waiting and len(self._running) < self._max_sequences:
            request, sequence = self._waiting[0]
            admitted = isolated("admit", partial(self._model.admit, sequence))
            if not admitted:
                return
            self._waiting.popleft()
            if isinstance(admitted, ChorusError):
                request.send(StepOutput(result=admitted))
            else:
                self._running[request] = sequence

    def _step(self) -> None:
        if not self._running:
            return
        requests = list(self._running)
        outputs = self._model.step(list(self._running.values()))
        for request, output in zip(requests, outputs, strict=True):
            if output.text or output.result:
                request.send(output)
            if output.result:
                self._finish(request)

    def _finish(self, request: PendingRequest) -> None:
        self._model.release(self._running.pop(request))


def _is_over(request: PendingRequest, error: ChorusError) -> bool:
    """Returns whether nobody waits for a request any longer; whose time is up is told the error."""
    if not request.abandoned and not request.deadline.remaining():
        request.send(StepOutput(result=error))
        return True
    return request.abandoned

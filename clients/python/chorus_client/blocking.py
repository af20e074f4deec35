"""The client for programs that know no event loop. Its methods are those of ChorusClient, without `await`."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

from chorus.classroom.v1 import classroom_service_pb2
from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from chorus.model.v1 import model_pb2
from chorus_client.channel import Tls
from chorus_client.client import ChorusClient, OnEvent

Result = TypeVar("Result")


class BlockingChorusClient:
    """Calls one orchestrator, or its replicas. Use it as a context manager, and share it among threads.

    Every call has a `timeout` in seconds, which is its deadline on the server, too, and may have a
    `request_id`. Ctrl-C cancels the call, and the models' work with it. A failed call raises a
    ChorusCallError. The connections live in a thread of their own.
    """

    def __init__(self, connect: Callable[[], ChorusClient]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chorus-client", daemon=True)
        self._thread.start()

        async def connected() -> ChorusClient:
            return connect()

        try:
            self._client = self._wait(connected())
        except BaseException:
            self._end()
            raise

    @classmethod
    def connect(
        cls, target: str, *, tls: Tls | None = None, token: str = "", insecure: bool = False
    ) -> "BlockingChorusClient":
        """Returns a client, as ChorusClient.connect does."""
        return cls(lambda: ChorusClient.connect(target, tls=tls, token=token, insecure=insecure))

    @classmethod
    def from_environment(cls, address: str = "") -> "BlockingChorusClient":
        """Returns a client, as ChorusClient.from_environment does."""
        return cls(lambda: ChorusClient.from_environment(address))

    def review(
        self, request: feedback_service_pb2.GetFeedbackRequest, *, timeout: float, request_id: str = ""
    ) -> feedback_service_pb2.GetFeedbackResponse:
        """Asks the panel about a text, and returns the merged feedback."""
        return self._wait(self._client.review(request, timeout=timeout, request_id=request_id))

    def stream(
        self,
        request: feedback_service_pb2.GetFeedbackRequest,
        on_event: OnEvent,
        *,
        timeout: float,
        request_id: str = "",
    ) -> feedback_service_pb2.GetFeedbackResponse:
        """Does what `review` does, and calls `on_event`, in the caller's thread, with each event."""
        events: SimpleQueue[feedback_service_pb2.StreamFeedbackResponse | None] = SimpleQueue()

        async def streamed() -> feedback_service_pb2.GetFeedbackResponse:
            try:
                return await self._client.stream(request, events.put, timeout=timeout, request_id=request_id)
            finally:
                events.put(None)

        future = asyncio.run_coroutine_threadsafe(streamed(), self._loop)
        try:
            while (event := events.get()) is not None:
                on_event(event)
            return future.result()
        finally:
            future.cancel()

    def stored(
        self, feedback_id: str, *, timeout: float, request_id: str = ""
    ) -> feedback_service_pb2.GetStoredFeedbackResponse:
        """Returns what is stored of a feedback, with what people scored and decided."""
        return self._wait(self._client.stored(feedback_id, timeout=timeout, request_id=request_id))

    def record_scores(
        self,
        feedback_id: str,
        rater: str,
        scores: Sequence[feedback_pb2.CriterionScore],
        *,
        timeout: float,
        request_id: str = "",
    ) -> None:
        """Records a person's scores. `rater` is a pseudonym; the scores replace what it said before."""
        self._wait(
            self._client.record_scores(feedback_id, rater, scores, timeout=timeout, request_id=request_id)
        )

    def record_decisions(
        self, feedback_id: str, decisions: decision_pb2.Decisions, *, timeout: float, request_id: str = ""
    ) -> None:
        """Records what a person decided on the points and scores of a feedback."""
        self._wait(
            self._client.record_decisions(feedback_id, decisions, timeout=timeout, request_id=request_id)
        )

    def delete(self, feedback_id: str, *, timeout: float, request_id: str = "") -> None:
        """Deletes everything that is stored of a feedback."""
        self._wait(self._client.delete(feedback_id, timeout=timeout, request_id=request_id))

    def list_models(
        self,
        *,
        timeout: float,
        capabilities: Sequence[model_pb2.Capability.ValueType] = (),
        states: Sequence[model_pb2.Model.State.ValueType] = (),
        request_id: str = "",
    ) -> feedback_service_pb2.ListModelsResponse:
        """Returns the models that can do all of `capabilities` and are in one of `states`, on one page."""
        return self._wait(
            self._client.list_models(
                timeout=timeout, capabilities=capabilities, states=states, request_id=request_id
            )
        )

    def student(
        self, request: classroom_service_pb2.SimulateStudentRequest, *, timeout: float, request_id: str = ""
    ) -> classroom_service_pb2.SimulateStudentResponse:
        """Writes a text as a student of a profile would: synthetic, and marked so."""
        return self._wait(self._client.student(request, timeout=timeout, request_id=request_id))

    def picture(
        self, request: classroom_service_pb2.GenerateImageRequest, *, timeout: float, request_id: str = ""
    ) -> classroom_service_pb2.GenerateImageResponse:
        """Draws a picture."""
        return self._wait(self._client.picture(request, timeout=timeout, request_id=request_id))

    def close(self) -> None:
        """Closes the connections, and cancels what still runs on them. Once is enough."""
        if not self._loop.is_closed():
            self._wait(self._client.close())
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wait(self, call: Coroutine[Any, Any, Result]) -> Result:
        future = asyncio.run_coroutine_threadsafe(call, self._loop)
        try:
            return future.result()
        finally:
            # It has ended, unless ctrl-C ended the wait for it.
            future.cancel()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

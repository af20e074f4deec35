"""Requests of a caller with the same request_id share one run, and its stored answer afterwards."""

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, suppress

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import failure_pb2
from orchestrator.review.pipeline import Event, Review
from orchestrator.store.store import Store
from rpckit.call import Deadline
from rpckit.errors import InvalidRequest, QuorumNotReached, Timeout, Unavailable

Request = feedback_service_pb2.GetFeedbackRequest
Response = feedback_service_pb2.GetFeedbackResponse

# What is sent to a model has its deadline for good. A caller who has far more time than a run waits for it to
# end, and asks again whom it gave up.
_JOINED_SHARE = 0.5


class IdempotentRuns:
    """Starts runs, or joins those that are under way here; those of other replicas are waited for."""

    def __init__(self, review: Review, store: Store) -> None:
        self._review = review
        self._store = store
        self._shared: dict[str, _SharedRun] = {}

    async def response(self, request: Request, deadline: Deadline, caller: str = "") -> Response:
        """The response that a request's run ends with.

        Raises:
            ChorusError: As the run ends; Timeout if it outlasts the deadline, as a joined run may.
        """
        try:
            async with (
                asyncio.timeout(deadline.remaining()),
                aclosing(self.events(request, deadline, caller)) as events,
            ):
                *_, last = [event async for event in events]
        except TimeoutError:
            raise Timeout("the deadline passed") from None
        return last.response

    async def events(self, request: Request, deadline: Deadline, caller: str = "") -> AsyncGenerator[Event]:
        """Yields the events of a request's run; the last one is its `response`.

        Raises:
            InvalidRequest: The request_id was given to another request.
            ChorusError: As the run ends.
        """
        if not request.request_id:
            async with aclosing(self._review(request, deadline, {})) as events:
                async for event in events:
                    yield event
                    if event.HasField("response"):
                        await self._keep("", event.response, deadline)
            return
        # Two callers may choose the same request_id.
        key = json.dumps([caller, request.request_id])
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
        run = self._shared.get(key)
        if run is not None:
            _check_same(run.digest, digest)
        if run is None or run.deadline.remaining() < _JOINED_SHARE * deadline.remaining():
            run = _SharedRun(digest, deadline, self._stored_or_new(key, request, digest, deadline, run))
            self._shared[key] = run
        run.listeners += 1
        try:
            async for event in run.listen():
                yield event
        finally:
            run.listeners -= 1
            if not run.listeners:
                if self._shared.get(key) is run:
                    del self._shared[key]
                await run.stop()

    async def _stored_or_new(
        self, key: str, request: Request, digest: bytes, deadline: Deadline, previous_run: "_SharedRun | None"
    ) -> AsyncGenerator[Event]:
        started = time.monotonic()
        if previous_run is not None:
            await previous_run.end()
        async with self._store.lease(key) as had_to_wait:
            stored = await self._store.open_request(key, digest)
            _check_same(stored.request_hash, digest)
            is_patient = deadline.remaining() > time.monotonic() - started
            asks_again = is_patient and (previous_run or had_to_wait) and _was_cut(request, stored.response)
            if stored.response is not None and not asks_again:
                for event in _replayed(stored.response):
                    yield event
                return
            kept = {result.model: result for result in stored.results}
            try:
                async with aclosing(self._review(request, deadline, kept)) as events:
                    async for event in events:
                        if event.result.HasField("feedback") and event.result.model not in kept:
                            await self._store.keep_result(key, event.result)
                        elif event.HasField("response"):
                            await self._keep(key, event.response, deadline)
                        yield event
            except QuorumNotReached as error:
                feedback_id = uuid.uuid4().hex
                # A name that the store does not know deletes nothing: the caller is told none.
                with suppress(Unavailable):
                    await self._store.name_results(key, feedback_id)
                    error.metadata["feedback_id"] = feedback_id
                raise

    async def _keep(self, key: str, response: Response, deadline: Deadline) -> None:
        """Keeps a response before anyone has it, unless that takes so long that nobody would get it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(deadline.remaining() / 2):
                await self._store.keep_response(key, response)


class _SharedRun:
    """One run that several callers listen to, each from its first event on."""

    def __init__(self, digest: bytes, deadline: Deadline, events: AsyncGenerator[Event]) -> None:
        self.digest = digest
        self.deadline = deadline
        self.listeners = 0
        self._past: list[Event] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._collect(events))
        self._task.add_done_callback(lambda _: self._news.set())

    async def listen(self) -> AsyncGenerator[Event]:
        heard = 0
        while True:
            news = self._news
            while heard < len(self._past):
                yield self._past[heard]
                heard += 1
            if self._task.done():
                self._task.result()
                return
            await news.wait()

    async def end(self) -> None:
        """Waits until it has ended, well or not."""
        await asyncio.wait([self._task])

    async def stop(self) -> None:
        self._task.cancel()
        await self.end()

    async def _collect(self, events: AsyncGenerator[Event]) -> None:
        async with aclosing(events):
            async for event in events:
                self._past.append(event)
                self._news.set()
                self._news = asyncio.Event()


def _check_same(digest: bytes, other: bytes) -> None:
    if digest != other:
        raise InvalidRequest({"request_id": "it was given to another request"})


def _was_cut(request: Request, response: Response | None) -> bool:
    """Whether models were given up because the call's time was up, and not by its policy."""
    policy = request.policy
    if response is None or policy.HasField("model_timeout") or policy.HasField("straggler_grace"):
        return False
    cut = failure_pb2.ERROR_REASON_TIMEOUT
    return any(each.failure.reason == cut and not each.substitute_for for each in response.results)


def _replayed(response: Response) -> Iterator[Event]:
    names = [result.model for result in response.results if not result.substitute_for]
    yield Event(accepted=Event.Accepted(models=names, rubric=response.rubric))
    for result in response.results:
        yield Event(result=result)
    response.replayed = True
    yield Event(response=response)

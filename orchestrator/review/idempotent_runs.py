"""Joins a repeat of a request_id to the run of the first call, or gives it that run's stored answer."""

import asyncio
import hashlib
import json
import uuid
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, suppress
from functools import partial

from typing_extensions import override

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import failure_pb2
from orchestrator.panel.model_reviewer import Audience
from orchestrator.review.submission_reviewer import (
    Event,
    ProvisionalMerge,
    Results,
    ReviewEvent,
    SubmissionReviewer,
)
from orchestrator.store.store import Store
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.errors import InvalidRequest, QuorumNotReached, Timeout, Unavailable

Request = feedback_service_pb2.GetFeedbackRequest
Response = feedback_service_pb2.GetFeedbackResponse

# A run cannot be given more time once its models are asked. A caller joins a run that has at least this share
# of the caller's time left. Otherwise the caller waits for its end, and then has the models asked again that
# it gave up.
_JOINED_SHARE = 0.5
_CANCEL_AGAIN_SECONDS = 1.0


class IdempotentRuns:
    """Runs each request once: who repeats a request_id joins the run, or gets its stored answer.

    A repeat is joined in two places: in `_attend` if the run is in this process, and by the store's lease in
    `_run` if it is in another one.
    """

    def __init__(self, reviewer: SubmissionReviewer, store: Store) -> None:
        self._reviewer = reviewer
        self._store = store
        self._shared: dict[str, _SharedRun] = {}

    async def response(self, request: Request, deadline: Deadline, caller: str = "") -> Response:
        """Waits for the response that a request's run ends with.

        Raises:
            ChorusError: As `events`.
        """
        async with aclosing(self._attend(request, deadline, caller, is_streaming=False)) as events:
            *_, last = [event async for event in events if not isinstance(event, ProvisionalMerge)]
        return last.response

    async def events(self, request: Request, deadline: Deadline, caller: str = "") -> AsyncGenerator[Event]:
        """Yields the events of a request's run, from its first one on; the last one is its `response`.

        The response is stored before it is yielded.

        Raises:
            InvalidRequest: The request_id was given to another request.
            Timeout: The run that was joined outlasts the deadline.
            ChorusError: As the run ends.
        """
        async with aclosing(self._attend(request, deadline, caller, is_streaming=True)) as events:
            async for event in events:
                yield await event.event() if isinstance(event, ProvisionalMerge) else event

    async def _attend(
        self, request: Request, deadline: Deadline, caller: str, *, is_streaming: bool
    ) -> AsyncGenerator[ReviewEvent]:
        """Joins a request's run, or starts one. A run stops when the last of its listeners leaves."""
        budget = TimeBudget.of(deadline, with_summary=bool(request.summary_model))
        # Two callers may choose the same request_id.
        key = json.dumps([caller, request.request_id]) if request.request_id else ""
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
        run = self._shared.get(key)
        give_up_at = budget.respond_by
        if run is not None:
            _check_same(run.digest, digest)
        if run is None or run.budget.deadline.remaining() < _JOINED_SHARE * deadline.remaining():
            run = _SharedRun(caller, digest, budget, partial(self._run, key, request, run))
            # Every step of the caller's own run keeps to the budget.
            give_up_at = deadline
            if key:
                self._shared[key] = run
        run.join(is_streaming=is_streaming)
        try:
            async for event in run.listen(give_up_at):
                yield event
        finally:
            run.leave(is_streaming=is_streaming)
            if not run.listeners:
                if self._shared.get(key) is run:
                    del self._shared[key]
                await run.stop()

    async def _run(
        self, key: str, request: Request, previous_run: "_SharedRun | None", run: "_SharedRun"
    ) -> AsyncGenerator[ReviewEvent]:
        """Yields a run's events: those of the stored response if it will do, else those of a review."""
        if not key:
            async with aclosing(self._review(key, request, {}, run)) as events:
                async for event in events:
                    yield event
            return
        deadline = run.budget.deadline
        if previous_run is not None:
            await previous_run.end()
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(run.budget.respond_by.remaining()):
                    had_to_wait = await stack.enter_async_context(self._store.lease(key))
            except TimeoutError:
                raise Timeout("another server is still at work on this request_id") from None
            stored = await self._store.open_request(key, run.digest)
            _check_same(stored.request_hash, run.digest)
            # Those who have waited for longer than they have time left are given what there is.
            is_patient = deadline.remaining() > run.seconds_at_start - deadline.remaining()
            asks_again = is_patient and (previous_run or had_to_wait) and _was_cut(request, stored.response)
            if stored.response is not None and not asks_again:
                for replayed in _replayed(stored.response):
                    yield replayed
                return
            kept = {result.model: result for result in stored.results}
            try:
                async with aclosing(self._review(key, request, kept, run)) as events:
                    async for event in events:
                        yield event
            except QuorumNotReached as error:
                feedback_id = uuid.uuid4().hex
                # The caller is told no name that the store does not know: nothing could be deleted by it.
                with suppress(Unavailable):
                    await self._store.name_results(key, run.caller, feedback_id)
                    error.metadata["feedback_id"] = feedback_id
                raise

    async def _review(
        self, key: str, request: Request, kept: Results, run: "_SharedRun"
    ) -> AsyncGenerator[ReviewEvent]:
        """Yields a review's events; an answer or response is stored before anybody hears of it."""
        async with aclosing(self._reviewer.review(request, run.budget, kept, run)) as events:
            async for event in events:
                if isinstance(event, ProvisionalMerge):
                    pass
                elif key and event.result.HasField("feedback") and event.result.model not in kept:
                    await self._store.keep_result(key, event.result)
                elif event.HasField("response"):
                    # A store that takes so long that nobody would get the response is not waited for.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(run.budget.respond_by.remaining()):
                            await self._store.keep_response(key, run.caller, event.response)
                yield event


class _SharedRun(Audience):
    """One run of a caller's request and those who listen to it, each from its first event on."""

    def __init__(
        self,
        caller: str,
        digest: bytes,
        budget: TimeBudget,
        run: Callable[["_SharedRun"], AsyncGenerator[ReviewEvent]],
    ) -> None:
        self.caller = caller
        self.digest = digest
        self.budget = budget
        self.seconds_at_start = budget.deadline.remaining()
        self.listeners = 0
        self._streaming_listeners = 0
        self._past: list[ReviewEvent] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._collect(run(self)))
        self._task.add_done_callback(lambda _: self._news.set())

    @property
    @override
    def is_listening(self) -> bool:
        return self._streaming_listeners > 0

    def join(self, *, is_streaming: bool) -> None:
        """Counts one more listener."""
        self.listeners += 1
        self._streaming_listeners += is_streaming

    def leave(self, *, is_streaming: bool) -> None:
        """Counts one listener less."""
        self.listeners -= 1
        self._streaming_listeners -= is_streaming

    async def listen(self, give_up_at: Deadline) -> AsyncGenerator[ReviewEvent]:
        """Yields every event, the past ones at once.

        Raises:
            Timeout: There is no end in sight at the time to give up.
            ChorusError: As the run ends.
        """
        heard = 0
        while True:
            news = self._news
            while heard < len(self._past):
                yield self._past[heard]
                heard += 1
            if self._task.done():
                self._task.result()
                return
            try:
                async with asyncio.timeout(give_up_at.remaining()):
                    await news.wait()
            except TimeoutError:
                raise Timeout("the deadline passed") from None

    async def end(self) -> None:
        """Waits until the run has ended, well or not."""
        await asyncio.wait([self._task])

    async def stop(self) -> None:
        """Ends the run."""
        while not self._task.done():
            self._task.cancel()
            # Python 3.11's wait_for, in which redis-py sends, may lose a cancellation (CPython issue 86296).
            await asyncio.wait([self._task], timeout=_CANCEL_AGAIN_SECONDS)

    async def _collect(self, events: AsyncGenerator[ReviewEvent]) -> None:
        async with aclosing(events):
            async for event in events:
                self._past.append(event)
                self._news.set()
                self._news = asyncio.Event()


def _check_same(digest: bytes, other: bytes) -> None:
    if digest != other:
        raise InvalidRequest({"request_id": "it was given to another request"})


def _was_cut(request: Request, response: Response | None) -> bool:
    """Returns whether models were given up because the call's time was up, rather than by its policy."""
    policy = request.policy
    if response is None or policy.HasField("model_timeout") or policy.HasField("straggler_grace"):
        return False
    cut = failure_pb2.ERROR_REASON_TIMEOUT
    return any(each.failure.reason == cut and not each.substitute_for for each in response.results)


def _replayed(response: Response) -> Iterator[Event]:
    """Yields the events of a stored response; nobody needs its provisional merges any more."""
    names = [result.model for result in response.results if not result.substitute_for]
    yield Event(accepted=Event.Accepted(models=names, rubric=response.rubric))
    for result in response.results:
        yield Event(result=result)
    response.replayed = True
    yield Event(response=response)

"""Joins a repeat of a request_id to the run of the first call, or gives it that run's stored answer."""

import hashlib
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from functools import partial

from chorus.feedback.v1 import feedback_service_pb2
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.review.run_record import RunRecord, check_same
from orchestrator.review.shared_run import SharedRun
from orchestrator.review.submission_reviewer import Event, ProvisionalMerge, ReviewEvent, SubmissionReviewer
from orchestrator.store.store import Store
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.errors import ChorusError, QuorumNotReached

Request = feedback_service_pb2.GetFeedbackRequest
Response = feedback_service_pb2.GetFeedbackResponse

# A run cannot be given more time once its models are asked. A caller joins a run that has at least this share
# of the caller's time left. Otherwise the caller waits for its end, and then has the models asked again that
# it gave up.
_JOINED_SHARE = 0.5


class IdempotentRuns:
    """Runs each request once: who repeats a request_id joins the run, or gets its stored answer.

    A repeat is joined in two places: in `_attend` if the run is in this process, and by the store's lease in
    `_run` if it is in another one. What the store has of a run is its `RunRecord`'s.
    """

    def __init__(self, reviewer: SubmissionReviewer, store: Store) -> None:
        self._reviewer = reviewer
        self._store = store
        self._shared: dict[str, SharedRun] = {}
        self._attending = 0

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
            Timeout: The run outlasts the deadline.
            ChorusError: As the run ends.
        """
        merge_by = deadline.with_reserve()
        async with aclosing(self._attend(request, deadline, caller, is_streaming=True)) as events:
            async for event in events:
                if not isinstance(event, ProvisionalMerge):
                    yield event
                elif (merged := await event.event(merge_by)) is not None:
                    yield merged

    async def _attend(
        self, request: Request, deadline: Deadline, caller: str, *, is_streaming: bool
    ) -> AsyncGenerator[ReviewEvent]:
        """Joins a request's run, or starts one. A run stops when the last of its listeners leaves."""
        budget = TimeBudget.of(
            deadline, with_summary=bool(request.summary_model), other_reviews=self._attending
        )
        # Two callers may choose the same request_id.
        key = json.dumps([caller, request.request_id]) if request.request_id else ""
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
        run = self._shared.get(key)
        if run is not None:
            check_same(run.digest, digest)
        if run is None or run.budget.deadline.remaining() < _JOINED_SHARE * deadline.remaining():
            run = SharedRun(caller, digest, budget, partial(self._run, key, request, run))
            if key:
                self._shared[key] = run
        run.join(is_streaming=is_streaming)
        self._attending += 1
        try:
            async for event in run.listen(budget.respond_by):
                yield event
        finally:
            self._attending -= 1
            run.leave(is_streaming=is_streaming)
            if not run.listeners:
                if self._shared.get(key) is run:
                    del self._shared[key]
                await run.stop()

    async def _run(
        self, key: str, request: Request, previous_run: SharedRun | None, run: SharedRun
    ) -> AsyncGenerator[ReviewEvent]:
        """Yields a run's events: those of the stored response if it will do, else those of a review."""
        record = RunRecord(self._store, key, run.digest, run.caller, run.budget)
        if not key:
            async with aclosing(self._review(record, request, EarlierRun(), run)) as events:
                async for event in events:
                    yield event
            return
        deadline = run.budget.deadline
        if previous_run is not None:
            await previous_run.end()
        async with record.lease():
            stored = await record.open()
            earlier = EarlierRun.of(request, stored, deadline.remaining())
            # Those who have waited for longer than they have time left are given what there is.
            is_patient = deadline.remaining() > run.seconds_at_start - deadline.remaining()
            if earlier.response is None:
                events = self._review(record, request, earlier, run)
            elif is_patient and earlier.is_worth_repeating:
                events = self._repeat(record, request, earlier, earlier.response, run)
            else:
                events = _stored(earlier.response)
            async with aclosing(events):
                async for event in events:
                    yield event

    async def _repeat(
        self,
        record: RunRecord,
        request: Request,
        earlier: EarlierRun,
        response: Response,
        run: SharedRun,
    ) -> AsyncGenerator[ReviewEvent]:
        """Yields the events of a review that asks models again; where there can be none, of the response."""
        has_begun = False
        try:
            async with aclosing(self._review(record, request, earlier, run)) as events:
                async for event in events:
                    has_begun = True
                    yield event
        except ChorusError:
            if has_begun:
                raise
            for event in _replayed(response):
                yield event

    async def _review(
        self, record: RunRecord, request: Request, earlier: EarlierRun, run: SharedRun
    ) -> AsyncGenerator[ReviewEvent]:
        """Yields a review's events; an answer or response is stored before anybody hears of it."""
        try:
            async with aclosing(self._reviewer.review(request, run.budget, earlier, run)) as events:
                async for event in events:
                    if isinstance(event, ProvisionalMerge):
                        pass
                    elif request.request_id and earlier.lacks(event.result):
                        await record.keep_result(event.result)
                    elif event.HasField("response"):
                        await record.keep_response(event.response, earlier)
                        event.response.store_failed = record.has_failed
                    yield event
        except QuorumNotReached as error:
            # The caller is told no name that the store does not know: nothing could be deleted by it.
            if request.request_id and (feedback_id := await record.name_results()):
                error.metadata["feedback_id"] = feedback_id
            raise


async def _stored(response: Response) -> AsyncGenerator[ReviewEvent]:
    for event in _replayed(response):
        yield event


def _replayed(response: Response) -> Iterator[Event]:
    """Yields the events of a stored response; nobody needs its provisional merges any more."""
    names = [result.model for result in response.results if not result.substitute_for]
    yield Event(accepted=Event.Accepted(models=names, rubric=response.rubric))
    for result in response.results:
        yield Event(result=result)
    response.replayed = True
    yield Event(response=response)

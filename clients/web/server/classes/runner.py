"""Asks for the reviews of works, a few at a time, and goes on where it was after a restart."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import grpc
from google.rpc import status_pb2
from sqlalchemy.exc import InterfaceError, OperationalError

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import failure_pb2
from clients.web.server.classes.class_store import ClassStore
from clients.web.server.classes.review_prices import ReviewPrices
from clients.web.server.classes.tables import Assignment, StopReason, Work
from clients.web.server.classes.work_queue import Claimed, Held, NotReviewed, Reviewed, WorkQueue
from clients.web.server.classes.work_request import request_of, reviewed
from rpckit import log
from rpckit.errors import (
    ChorusError,
    Internal,
    QuorumNotReached,
    RateLimited,
    Timeout,
    Unavailable,
    from_rpc_error,
    to_failure,
)

_REVIEW_SECONDS = 300.0
# How long is waited before each repeat of what fails for a reason that passes: two and a half minutes in all.
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 45.0, 45.0)
_MOST_PAUSE_SECONDS = 60.0
# After these answers may have been bought that nobody has got: the request stays as it is, and joins them.
_MAY_HAVE_BOUGHT = (Unavailable, RateLimited, Timeout, Internal)
_TOO_LATE = "it was interrupted for longer than answers are kept, and may have been paid for"
_WHOLE = ("MEASURED", "ESTIMATED")

Result = TypeVar("Result")


@dataclass
class ClassRunner:
    """Runs all classes that were started.

    Attributes:
        store: Where the classes are.
        queue: Their works that wait.
        stub: Of the FeedbackService.
        prices: What reviews may cost.
        calls: How many run at once.
        kept_seconds: How long the orchestrator keeps what it has answered.
        pauses: How long is waited before each repeat.
    """

    store: ClassStore
    queue: WorkQueue
    stub: Any
    prices: ReviewPrices
    calls: int
    kept_seconds: float
    pauses: Sequence[float] = PAUSES
    _tasks: dict[str, tuple[str, "asyncio.Task[None]"]] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Looks for works that wait."""
        self._wake.set()

    async def stop(self, assignment_id: str) -> None:
        """Ends the reviews of a class, at the providers too; what has no answer waits for a start."""
        # What waits goes first, so that nothing new begins.
        await _thread(lambda: self.store.stop(assignment_id, StopReason.TEACHER))
        tasks = [task for of, task in self._tasks.values() if of == assignment_id]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # One may have been handed out in between.
        await _thread(lambda: self.store.stop(assignment_id, StopReason.TEACHER))

    async def leave(self, work_id: str) -> None:
        """Ends the review of one work, which is deleted next."""
        _, task = self._tasks.get(work_id, ("", None))
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def run(self) -> None:
        """Runs for ever. Where it is cancelled, works under way are taken up by the next server."""
        interrupted: list[str] = []
        try:
            interrupted = await self._patiently(self.queue.interrupted)
            while True:
                self._wake.clear()
                try:
                    held = await self._fill(interrupted)
                except Exception as error:  # noqa: BLE001 - one class's fault must not stop the others for ever
                    log.unexpected("classes", error)
                    held = True
                # Without a price, or with others' money reserved, it looks again by itself.
                seconds = PAUSES[0] if held else None
                await self._rest(seconds)
        finally:
            tasks = [task for _, task in self._tasks.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _rest(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _fill(self, interrupted: list[str]) -> bool:
        """Starts what can be started; True: something waits that could not be, and may be later."""
        while interrupted and len(self._tasks) < self.calls:
            found = await self._patiently(lambda: self.queue.running(interrupted[0]))
            interrupted.pop(0)
            if found:
                self._start(found[0].id, found[1].id, was_cut=True)
        while len(self._tasks) < self.calls:
            waiting = await self._patiently(self.queue.waiting)
            has_started = is_held = False
            for assignment in waiting:
                claimed = await self._claim(assignment)
                if isinstance(claimed, Claimed):
                    self._start(assignment.id, claimed.work_id, was_cut=claimed.was_begun)
                    has_started = True
                    # The next place is the next class's.
                    break
                is_held |= claimed is not Held.LIMIT
            if not has_started:
                return is_held
        return False

    async def _claim(self, assignment: Assignment) -> Claimed | Held:
        price: Callable[[Work], int] = _free
        if assignment.limit_nanos is not None:
            try:
                price = (await self.prices.of(assignment)).of
            except grpc.aio.AioRpcError:
                return Held.MONEY_IS_RESERVED
        return await self._patiently(lambda: self.queue.claim(assignment.id, price, time.time()))

    def _start(self, assignment_id: str, work_id: str, *, was_cut: bool) -> None:
        task = asyncio.create_task(self._review(work_id, was_cut=was_cut))
        self._tasks[work_id] = (assignment_id, task)
        task.add_done_callback(lambda _: self._end(work_id, task))

    def _end(self, work_id: str, task: "asyncio.Task[None]") -> None:
        # After a stop and a start there may be another one.
        if self._tasks.get(work_id, ("", None))[1] is task:
            del self._tasks[work_id]
        if not task.cancelled() and (error := task.exception()):
            log.unexpected("classes", error)
        self._wake.set()

    async def _review(self, work_id: str, *, was_cut: bool) -> None:
        found = await self._patiently(lambda: self.queue.running(work_id))
        if found is None:
            return
        assignment, work = found
        outcome = await self._outcome(assignment, work, _Spent(was_cut=was_cut))
        if isinstance(outcome, Reviewed):
            await _whole(self._patiently(lambda: self.queue.succeed(work_id, outcome)))
        else:
            await _whole(self._patiently(lambda: self.queue.fail(work_id, outcome)))

    async def _outcome(self, assignment: Assignment, work: Work, spent: "_Spent") -> Reviewed | NotReviewed:
        if time.time() - (work.begun or 0.0) > self.kept_seconds:
            # A repeat could buy again what nobody has got: that is the teacher's decision.
            return replace(spent.not_reviewed(Timeout(_TOO_LATE)), is_cost_whole=False, keeps_request=False)
        try:
            answer = await self._answer(request_of(assignment, work), spent)
            found = reviewed(answer)
            # What was kept is what was bought. Of a call that was cut nobody knows what is billed.
            is_whole = found.is_cost_whole and (answer.replayed or not spent.was_cut)
            return replace(found, is_cost_whole=is_whole)
        except ChorusError as error:
            return spent.not_reviewed(error)
        except Exception as error:  # noqa: BLE001 - the work must not seem to run for ever
            log.unexpected("classes", error)
            return spent.not_reviewed(Internal("internal error"))

    async def _answer(
        self, request: feedback_service_pb2.GetFeedbackRequest, spent: "_Spent"
    ) -> feedback_service_pb2.GetFeedbackResponse:
        """Asks, and asks the same again while it fails for a reason that passes.

        Raises:
            ChorusError: It fails for another, or too often.
        """
        for pause in (*self.pauses, None):
            try:
                answer: feedback_service_pb2.GetFeedbackResponse
                answer = await self.stub.GetFeedback(request, timeout=_REVIEW_SECONDS)
            except grpc.aio.AioRpcError as rpc_error:
                error = from_rpc_error(rpc_error)
                spent.add(error)
                passes = error.retry_delay is not None or isinstance(error, Unavailable)
                if pause is None or not passes:
                    raise error from None
                await asyncio.sleep(min(_MOST_PAUSE_SECONDS, max(pause, error.retry_delay or 0.0)))
            else:
                return answer
        raise AssertionError("the last round returns or raises")

    async def _patiently(self, act: Callable[[], Result]) -> Result:
        """Does something in the database; one that is away is waited for, so that no answer is lost."""
        at = 0
        while True:
            try:
                return await _thread(act)
            except (OperationalError, InterfaceError) as error:
                log.unexpected("classes", error)
                await asyncio.sleep(PAUSES[min(at, len(PAUSES) - 1)])
                at += 1


@dataclass
class _Spent:
    """What failures of one work cost.

    Attributes:
        nanos: What is known of it.
        is_whole: Whether that is all.
        feedback_id: Of the last that has one.
        was_cut: Whether a call broke off that may have bought something.
    """

    nanos: int = 0
    is_whole: bool = True
    feedback_id: str = ""
    was_cut: bool = False

    def add(self, error: ChorusError) -> None:
        # A server that refuses a call says when to come back; one that is gone says nothing.
        self.was_cut |= isinstance(error, Unavailable) and error.retry_delay is None
        if isinstance(error, QuorumNotReached):
            said = error.metadata.get("cost_usd_nanos", "")
            self.nanos += int(said) if said.isdecimal() else 0
            self.is_whole &= error.metadata.get("usage_basis", "") in _WHOLE or not said
            self.feedback_id = error.metadata.get("feedback_id", self.feedback_id)

    def not_reviewed(self, error: ChorusError) -> NotReviewed:
        # The call's failure, then those of the models.
        status = status_pb2.Status()
        status.details.add().Pack(to_failure(error))
        status.details.extend(each for each in error.details if each.Is(failure_pb2.Failure.DESCRIPTOR))
        return NotReviewed(
            failure=status.SerializeToString(),
            feedback_id=self.feedback_id,
            cost_nanos=self.nanos,
            is_cost_whole=self.is_whole,
            keeps_request=isinstance(error, _MAY_HAVE_BOUGHT),
        )


def _free(_: Work) -> int:
    return 0


async def _thread(act: Callable[[], Result]) -> Result:
    return await asyncio.to_thread(act)


async def _whole(keeping: Coroutine[Any, Any, None]) -> None:
    """Ends what was begun, even where this task is cancelled: an answer that came is kept."""
    task = asyncio.ensure_future(keeping)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise

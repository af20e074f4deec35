"""Keeps answers flowing while the store is slow or gone."""

import asyncio
import copy
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from typing_extensions import override

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from orchestrator.store.model_call import ModelCall
from orchestrator.store.patience import PAUSE_SECONDS, Patience, SilenceLimit
from orchestrator.store.store import SILENCE_SECONDS, Store, StoredFeedback, StoredRequest, StoreError
from rpckit.call import Deadline
from rpckit.errors import Unavailable

T = TypeVar("T")

# What has expired is gone this much later at most.
_DELETE_EVERY_SECONDS = 60.0
# The most calls that wait to be written. Further ones leave no record: the store is slower than the calls.
_MAX_UNWRITTEN = 1000
# The models of a panel end one after the other, and each write costs a transaction.
_GATHERING_SECONDS = 0.2


class PatientStore(Store):
    """Passes everything on to another store, and waits for it as long as it works.

    What belongs to a request raises StoreError if the store fails: the request is answered, and its answer
    says so. What only the store can do fails with UNAVAILABLE.

    Args:
        count_failure: Counts an operation that failed, by its name.
    """

    def __init__(self, store: Store, count_failure: Callable[[str], None] = lambda _: None) -> None:
        self._store = store
        self._patience = Patience(count_failure)
        self.silence_limit = SilenceLimit()
        self._unwritten: asyncio.Queue[ModelCall] = asyncio.Queue(_MAX_UNWRITTEN)
        # The writes under each request_id that have not ended yet.
        self._writes: defaultdict[str, set[asyncio.Task[None]]] = defaultdict(set)
        self._releases: set[asyncio.Task[None]] = set()

    async def keep_deleting(self, every_seconds: float = _DELETE_EVERY_SECONDS) -> None:
        """Deletes what has expired, again and again: nobody may ask for anything for a long time."""
        is_done = True
        while True:
            await asyncio.sleep(every_seconds if is_done else 0)
            is_done = not await self.delete_expired()

    async def run(self) -> None:
        """Writes the records of calls, so that no answer waits for them; those of a moment together."""
        while True:
            calls = [await self._unwritten.get()]
            try:
                await asyncio.sleep(_GATHERING_SECONDS)
            finally:
                while not self._unwritten.empty():
                    calls.append(self._unwritten.get_nowait())
                with suppress(StoreError):
                    await self._patience.ask("add_calls", partial(self._store.add_calls, calls))

    async def finish(self) -> None:
        """Waits, as long as for any answer, for writes and for leases that are given up."""
        if going_on := self._releases.union(*self._writes.values()):
            await asyncio.wait(going_on, timeout=SILENCE_SECONDS)

    @override
    def for_call(self, deadline: Deadline) -> "PatientStore":
        """Returns this store for one call, which waits for a silent one for half of its time at most."""
        store = copy.copy(self)
        store.silence_limit = SilenceLimit(deadline)
        return store

    @override
    async def take_lease(self, request_id: str) -> AbstractAsyncContextManager[None] | None:
        taking = self._patience.start("lease", partial(self._store.take_lease, request_id))
        try:
            return await self._patience.wait(taking, self.silence_limit)
        except BaseException:
            taking.add_done_callback(self._give_back)
            raise

    def _give_back(self, taking: asyncio.Task[AbstractAsyncContextManager[None] | None]) -> None:
        """Gives back a lease that came when nobody waited for it any more."""
        if not taking.cancelled() and taking.exception() is None and (lease := taking.result()) is not None:
            self._release(lease, ())

    @override
    @asynccontextmanager
    async def lease(self, request_id: str) -> AsyncIterator[None]:
        """Waits for another replica as long as it takes; gives the lease up once what was kept is written.

        Nobody waits for that: a store that falls silent now holds up no answer.
        """
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(super().lease(request_id))
            try:
                yield
            finally:
                self._release(stack.pop_all(), tuple(self._writes.pop(request_id, ())))

    def _release(self, lease: AbstractAsyncContextManager[Any], writes: Sequence[asyncio.Task[None]]) -> None:
        release = asyncio.create_task(_end_lease(lease, writes))
        self._releases.add(release)
        release.add_done_callback(self._releases.discard)

    @override
    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        return await self._patience.ask(
            "open_request", partial(self._store.open_request, request_id, request_hash), self.silence_limit
        )

    @override
    async def keep_result(
        self, request_id: str, request_hash: bytes, result: feedback_pb2.ModelResult
    ) -> None:
        keep = partial(self._store.keep_result, request_id, request_hash, result)
        await self._write("keep_result", request_id, keep)

    @override
    async def keep_response(
        self,
        request_id: str,
        request_hash: bytes,
        caller: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        keep = partial(self._store.keep_response, request_id, request_hash, caller, response)
        await self._write("keep_response", request_id, keep)

    async def _write(
        self, operation: str, request_id: str, write: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        """Writes what belongs to a request; that goes on when the request has ended."""
        task = self._patience.start(operation, write)
        if request_id:
            self._writes[request_id].add(task)
            task.add_done_callback(partial(self._forget_write, request_id))
        await self._patience.wait(task, self.silence_limit)

    def _forget_write(self, request_id: str, task: asyncio.Task[None]) -> None:
        """A request whose lease failed, or has ended, takes its writes along with nobody."""
        writes = self._writes.get(request_id, set())
        writes.discard(task)
        if not writes:
            self._writes.pop(request_id, None)

    @override
    async def replace_response(self, caller: str, response: feedback_service_pb2.GetFeedbackResponse) -> bool:
        return await self._patience.ask(
            "replace_response", partial(self._store.replace_response, caller, response), self.silence_limit
        )

    @override
    async def name_results(self, request_id: str, caller: str, feedback_id: str) -> None:
        await self._patience.ask(
            "name_results",
            partial(self._store.name_results, request_id, caller, feedback_id),
            self.silence_limit,
        )

    @override
    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        return await self._needed("feedback", partial(self._store.feedback, caller, feedback_id))

    @override
    async def keep_scores(
        self, caller: str, feedback_id: str, scores: feedback_service_pb2.RecordedScores
    ) -> bool:
        return await self._needed(
            "keep_scores", partial(self._store.keep_scores, caller, feedback_id, scores)
        )

    @override
    async def keep_decisions(self, caller: str, feedback_id: str, decisions: decision_pb2.Decisions) -> bool:
        return await self._needed(
            "keep_decisions", partial(self._store.keep_decisions, caller, feedback_id, decisions)
        )

    @override
    async def delete_feedback(self, caller: str, feedback_id: str) -> bool:
        return await self._needed(
            "delete_feedback", partial(self._store.delete_feedback, caller, feedback_id)
        )

    @override
    async def delete_expired(self) -> bool:
        try:
            return await self._patience.ask("delete_expired", self._store.delete_expired)
        except StoreError:
            return False

    @override
    async def add_calls(self, calls: Sequence[ModelCall]) -> None:
        """Queues the calls, which `run` writes soon."""
        try:
            for call in calls:
                self._unwritten.put_nowait(call)
        except asyncio.QueueFull:
            self._patience.note_failure("add_calls", StoreError("too slow"))

    @override
    async def latest_calls(self) -> Sequence[ModelCall]:
        try:
            return await self._patience.ask("latest_calls", self._store.latest_calls)
        except StoreError:
            return ()

    async def _needed(self, operation: str, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        try:
            return await self._patience.ask(operation, ask)
        except StoreError:
            raise Unavailable("the store does not answer", retry_delay=PAUSE_SECONDS) from None


async def _end_lease(lease: AbstractAsyncContextManager[Any], writes: Sequence[asyncio.Task[None]]) -> None:
    """Gives a lease up when the writes have ended, well or not."""
    async with lease:
        if writes:
            await asyncio.wait(writes)

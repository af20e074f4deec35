"""Answers on while the store fails, without its protection."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from typing_extensions import override

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from orchestrator.store.model_call import ModelCall
from orchestrator.store.store import Store, StoredFeedback, StoredRequest, StoreError
from rpckit import log
from rpckit.call import Clock
from rpckit.errors import Unavailable

# An operation may hold an answer up this long.
_PATIENCE_SECONDS = 0.6
# A store that did not answer in time is left alone this long.
_PAUSE_SECONDS = 2.0
# What has expired is gone this much later at most.
_DELETE_EVERY_SECONDS = 60.0
# The most calls that wait to be written. Further ones leave no record: the store is slower than the calls.
_MAX_UNWRITTEN = 1000


class FailOpenStore(Store):
    """Passes everything on to another store, and logs once when its errors begin and once when they end.

    Meanwhile requests are answered as if nothing were kept. What only the store can do fails with
    UNAVAILABLE.
    """

    def __init__(self, store: Store, clock: Clock = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._failing: set[str] = set()
        self._resume_at = 0.0
        self._unwritten: asyncio.Queue[ModelCall] = asyncio.Queue(_MAX_UNWRITTEN)

    async def keep_deleting(self, every_seconds: float = _DELETE_EVERY_SECONDS) -> None:
        """Deletes what has expired, again and again: nobody may ask for anything for a long time.

        It waits first. At the start the judgements are read from the same file, and a lock that is held for
        that would look like a store that fails.
        """
        while True:
            await asyncio.sleep(every_seconds)
            await self.delete_expired()

    async def run(self) -> None:
        """Writes the records of calls, so that no answer waits for them."""
        while True:
            call = await self._unwritten.get()
            with suppress(StoreError):
                async with self._asked("add_call"):
                    await self._store.add_call(call)

    @override
    @asynccontextmanager
    async def lease(self, request_id: str) -> AsyncIterator[None]:
        """Waits for another replica, but for no store that fails."""
        async with AsyncExitStack() as stack:
            with suppress(StoreError):
                async with self._asked("lease", patience=None):
                    await stack.enter_async_context(self._store.lease(request_id))
            yield

    @override
    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        try:
            async with self._asked("open_request"):
                return await self._store.open_request(request_id, request_hash)
        except StoreError:
            return StoredRequest(request_hash, response=None, results=())

    @override
    async def keep_result(self, request_id: str, result: feedback_pb2.ModelResult) -> None:
        with suppress(StoreError):
            async with self._asked("keep_result"):
                await self._store.keep_result(request_id, result)

    @override
    async def keep_response(
        self,
        request_id: str,
        caller: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        with suppress(StoreError):
            async with self._asked("keep_response"):
                await self._store.keep_response(request_id, caller, response)

    @override
    async def replace_response(self, caller: str, response: feedback_service_pb2.GetFeedbackResponse) -> bool:
        with suppress(StoreError):
            async with self._asked("replace_response"):
                return await self._store.replace_response(caller, response)
        return False

    @override
    async def name_results(self, request_id: str, caller: str, feedback_id: str) -> None:
        async with self._needed("name_results"):
            await self._store.name_results(request_id, caller, feedback_id)

    @override
    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        async with self._needed("feedback"):
            return await self._store.feedback(caller, feedback_id)

    @override
    async def keep_scores(
        self, caller: str, feedback_id: str, scores: feedback_service_pb2.RecordedScores
    ) -> bool:
        async with self._needed("keep_scores"):
            return await self._store.keep_scores(caller, feedback_id, scores)

    @override
    async def keep_decisions(self, caller: str, feedback_id: str, decisions: decision_pb2.Decisions) -> bool:
        async with self._needed("keep_decisions"):
            return await self._store.keep_decisions(caller, feedback_id, decisions)

    @override
    async def delete_feedback(self, caller: str, feedback_id: str) -> bool:
        async with self._needed("delete_feedback"):
            return await self._store.delete_feedback(caller, feedback_id)

    @override
    async def delete_expired(self) -> None:
        """Lets the store take its time, because no answer waits for it."""
        with suppress(StoreError):
            async with self._asked("delete_expired", patience=None):
                await self._store.delete_expired()

    @override
    async def add_call(self, call: ModelCall) -> None:
        """Queues the call, which `run` writes soon."""
        try:
            self._unwritten.put_nowait(call)
        except asyncio.QueueFull:
            self._note_failure("add_call", "too slow")

    @override
    async def latest_calls(self) -> Sequence[ModelCall]:
        try:
            async with self._asked("latest_calls"):
                return await self._store.latest_calls()
        except StoreError:
            return ()

    @asynccontextmanager
    async def _needed(self, operation: str) -> AsyncIterator[None]:
        try:
            async with self._asked(operation):
                yield
        except StoreError:
            raise Unavailable("the store does not answer", retry_delay=_PAUSE_SECONDS) from None

    @asynccontextmanager
    async def _asked(self, operation: str, patience: float | None = _PATIENCE_SECONDS) -> AsyncIterator[None]:
        if self._clock() < self._resume_at:
            raise StoreError("left alone")
        try:
            async with asyncio.timeout(patience):
                yield
        except TimeoutError:
            self._resume_at = self._clock() + _PAUSE_SECONDS
            self._note_failure(operation, "no answer")
            raise StoreError("no answer") from None
        except StoreError as error:
            self._note_failure(operation, str(error))
            raise
        if operation in self._failing:
            self._failing.clear()
            log.event("store works again", operation=operation)

    def _note_failure(self, operation: str, wrong: str) -> None:
        if not self._failing:
            log.event("store fails", level=logging.WARNING, operation=operation, wrong=wrong)
        self._failing.add(operation)

"""What the store keeps of one run of a request."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.store.store import Store, StoredRequest, StoreError
from orchestrator.time_budget import TimeBudget
from rpckit.errors import InvalidRequest, Timeout

Response = feedback_service_pb2.GetFeedbackResponse


class RunRecord:
    """Keeps a run's answers and its response. A store that fails ends no run.

    A store that works is waited for, as long as the step that waits has time: what it holds is not bought
    again.

    Attributes:
        has_failed: Whether the store failed the run in anything, so that its response has to say so.
    """

    def __init__(self, store: Store, key: str, digest: bytes, caller: str, budget: TimeBudget) -> None:
        self._store = store.for_call(budget.deadline)
        self._key = key
        self._digest = digest
        self._caller = caller
        self._budget = budget
        self.has_failed = False

    @asynccontextmanager
    async def lease(self) -> AsyncIterator[None]:
        """Lets no other server run the request meanwhile.

        Raises:
            Timeout: Another server outlasts the caller's time.
        """
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._budget.respond_by.remaining()):
                    await stack.enter_async_context(self._store.lease(self._key))
            except TimeoutError:
                raise Timeout("another server is still at work on this request_id") from None
            except StoreError:
                self.has_failed = True
            yield

    async def open(self) -> StoredRequest:
        """Returns what is kept of the request.

        Raises:
            InvalidRequest: The request_id was given to another request.
            Timeout: The store works, and takes longer than the caller has time.
        """
        try:
            async with asyncio.timeout(self._budget.respond_by.remaining()):
                stored = await self._store.open_request(self._key, self._digest)
        except TimeoutError:
            raise Timeout("the store has not said in time whether this request_id was answered") from None
        except StoreError:
            self.has_failed = True
            return StoredRequest(self._digest, response=None, results=())
        check_same(stored.request_hash, self._digest)
        return stored

    async def keep_result(self, result: feedback_pb2.ModelResult) -> None:
        """Keeps an answer, before anybody hears of it. The response holds it once more."""
        keeping = self._store.keep_result(self._key, self._digest, result)
        with suppress(StoreError, TimeoutError):
            async with asyncio.timeout(self._budget.answer_by.remaining()):
                await keeping

    async def keep_response(self, response: Response, earlier: EarlierRun) -> None:
        """Keeps the response, before anybody has it."""
        if earlier.response is None:
            await self._keep(self._store.keep_response(self._key, self._digest, self._caller, response))
            return
        # What is an old answer to this caller is the answer to the first one.
        kept = Response()
        kept.CopyFrom(response)
        kept.replayed = False
        await self._keep(self._store.replace_response(self._caller, kept))

    async def name_results(self) -> str:
        """Names what is kept of a run without a response; "": the store does not know the name."""
        feedback_id = uuid.uuid4().hex
        is_named = await self._keep(self._store.name_results(self._key, self._caller, feedback_id))
        return feedback_id if is_named else ""

    async def _keep(self, keeping: Awaitable[object]) -> bool:
        try:
            async with asyncio.timeout(self._budget.store_by.remaining()):
                is_kept = await keeping is not False
        except (StoreError, TimeoutError):
            is_kept = False
        self.has_failed |= not is_kept
        return is_kept


def check_same(digest: bytes, other: bytes) -> None:
    """Checks that a request_id means one request.

    Raises:
        InvalidRequest: It means two.
    """
    if digest != other:
        raise InvalidRequest({"request_id": "it was given to another request"})

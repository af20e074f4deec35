"""A store in memory that does one thing at a time, and takes its time over each."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext

from typing_extensions import override

from chorus.feedback.v1.decision_pb2 import Decisions
from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse, RecordedScores
from orchestrator.store.model_call import ModelCall
from orchestrator.store.store import Store, StoredFeedback, StoredRequest, StoreError


class SlowStore(Store):
    """Keeps requests, results and responses. Nothing else is ever there.

    Args:
        seconds: How long each operation takes, by the event loop's clock.

    Attributes:
        works: While it is not set, the store is silent.
        fails: Whether it fails at once.
        error: What it fails with.
        asked: How many operations it was asked for.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._hashes: dict[str, bytes] = {}
        self._results: defaultdict[str, dict[str, ModelResult]] = defaultdict(dict)
        self._responses: dict[str, GetFeedbackResponse] = {}
        self.calls: list[ModelCall] = []
        self.works = asyncio.Event()
        self.works.set()
        self.fails = False
        self.error: Exception = StoreError("broken")
        self.asked = 0

    async def _operate(self) -> None:
        self.asked += 1
        if self.fails:
            raise self.error
        async with self._turn:
            await self.works.wait()
            await asyncio.sleep(self._seconds)

    @override
    async def take_lease(self, request_id: str) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    @override
    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        await self._operate()
        kept_hash = self._hashes.setdefault(request_id, request_hash)
        response = self._responses.get(request_id)
        results = tuple(self._results[request_id].values())
        if response is None:
            return StoredRequest(kept_hash, None, results)
        copied = GetFeedbackResponse()
        copied.CopyFrom(response)
        return StoredRequest(kept_hash, copied, results)

    @override
    async def keep_result(self, request_id: str, request_hash: bytes, result: ModelResult) -> None:
        await self._operate()
        self._hashes.setdefault(request_id, request_hash)
        self._results[request_id][result.model] = result

    @override
    async def keep_response(
        self, request_id: str, request_hash: bytes, caller: str, response: GetFeedbackResponse
    ) -> None:
        kept = GetFeedbackResponse()
        kept.CopyFrom(response)
        await self._operate()
        self._hashes.setdefault(request_id, request_hash)
        self._responses[request_id] = kept

    @override
    async def replace_response(self, caller: str, response: GetFeedbackResponse) -> bool:
        await self._operate()
        return False

    @override
    async def name_results(self, request_id: str, caller: str, feedback_id: str) -> None:
        await self._operate()

    @override
    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        await self._operate()
        return None

    @override
    async def keep_scores(self, caller: str, feedback_id: str, scores: RecordedScores) -> bool:
        await self._operate()
        return False

    @override
    async def keep_decisions(self, caller: str, feedback_id: str, decisions: Decisions) -> bool:
        await self._operate()
        return False

    @override
    async def delete_feedback(self, caller: str, feedback_id: str) -> bool:
        await self._operate()
        return False

    @override
    async def delete_expired(self) -> bool:
        await self._operate()
        return False

    @override
    async def add_calls(self, calls: Sequence[ModelCall]) -> None:
        await self._operate()
        self.calls += calls

    @override
    async def latest_calls(self) -> Sequence[ModelCall]:
        return tuple(self.calls)

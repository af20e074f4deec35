"""Knows the most that the review of a work may cost."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chorus.feedback.v1 import feedback_service_pb2
from chorus.model.v1 import model_pb2
from clients.web.server.classes.tables import SETTLED, Assignment, Work

# What ListModels says is for a text of so many bytes, under the default rubric.
_PRICED_BYTES = 9000
_MAX_PAGES = 20
_CALL_SECONDS = 10.0
_FRESH_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class ReviewPrice:
    """What reviews by the models of an assignment may cost.

    Attributes:
        most_nanos: The most for a text of two pages, in 1e-9 USD, by all models whose price is known.
        unknown: The other models. Under a limit they are not asked.
        read_bytes: What is read beside each work: the task, the notes and the rubric.
    """

    most_nanos: int
    unknown: Sequence[str]
    read_bytes: int

    def of(self, work: Work) -> int:
        """Returns the most for one work; what is longer than two pages costs more to read."""
        return self._of(work.size)

    def least_limit(self, works: Sequence[Work]) -> int:
        """Returns the lowest limit under which one more review is asked for; 0: none is left to ask for.

        What runs counts once it is known what it cost.
        """
        fresh = [self.of(each) for each in works if each.begun is None and each.state not in SETTLED]
        if works and not fresh:
            return 0
        return min(fresh, default=self._of(0)) + sum(each.cost_nanos + each.unsettled_nanos for each in works)

    def _of(self, size: int) -> int:
        read = max(_PRICED_BYTES, size + self.read_bytes)
        # Rounded up.
        return -(-self.most_nanos * read // _PRICED_BYTES)


class ReviewPrices:
    """Asks the orchestrator for prices, not more often than every 15 s."""

    def __init__(self, stub: Any) -> None:
        self._stub = stub
        self._lock = asyncio.Lock()
        self._asked = float("-inf")
        self._most: Mapping[str, int] = {}

    async def of(self, assignment: Assignment) -> ReviewPrice:
        """Returns the price of an assignment's reviews.

        Raises:
            grpc.aio.AioRpcError: The orchestrator does not say.
        """
        async with self._lock:
            if time.monotonic() > self._asked + _FRESH_SECONDS:
                self._most = await self._listed()
                self._asked = time.monotonic()
            most = self._most
        models = json.loads(assignment.models)
        beside = len(f"{assignment.task}{assignment.notes}".encode()) + len(assignment.rubric)
        return ReviewPrice(
            most_nanos=sum(most.get(each, 0) for each in models),
            unknown=[each for each in models if each not in most],
            read_bytes=beside,
        )

    async def _listed(self) -> Mapping[str, int]:
        most: dict[str, int] = {}
        token = ""
        for _ in range(_MAX_PAGES):
            request = feedback_service_pb2.ListModelsRequest(page_token=token)
            page = await self._stub.ListModels(request, timeout=_CALL_SECONDS)
            most.update(page.max_review_cost_usd_nanos)
            # A reviewer by rule has no price, and costs nothing.
            most.update((each.name, 0) for each in page.models if each.kind == model_pb2.Model.KIND_RULES)
            token = page.next_page_token
            if not token:
                break
        return most

"""The seam between the orchestrator and the database that keeps its state."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from orchestrator.store.model_call import ModelCall
from rpckit.call import Deadline

SILENCE_SECONDS = 5.0
"""A store that has ended nothing well for this long is silent, whichever it is."""

# Who waits for a lease looks again this often.
_LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """What is kept of a request: its hash, its response once there is one, and the answers paid for."""

    request_hash: bytes
    response: feedback_service_pb2.GetFeedbackResponse | None
    results: tuple[feedback_pb2.ModelResult, ...]


@dataclass(frozen=True, slots=True)
class StoredFeedback:
    """What is kept of a feedback. Times are in seconds since 1970.

    Attributes:
        response: The answer as it was given; None: the call failed, and its models' answers alone are kept.
        scores: What people scored, in the order of the raters' names.
        decisions: What people decided, in the order of the raters' names.
    """

    response: feedback_service_pb2.GetFeedbackResponse | None
    scores: tuple[feedback_service_pb2.RecordedScores, ...]
    decisions: tuple[decision_pb2.Decisions, ...]
    created_at: float
    expires_at: float


class StoreError(Exception):
    """A store failed. The text is a word or two for the log, without any content."""


OTHER_REQUEST = "the request_id is another request's"
"""The text of the StoreError where a request_id is kept already, with another hash."""


ANSWERED_ALREADY = "the request_id has another answer"
"""The text of the StoreError where a request_id has a response: a run that did not know of it came later."""


class StoreSilentError(StoreError):
    """A store did not answer in time."""


class Store(Protocol):
    """Keeps the orchestrator's state. All of it expires but the calls of models, which hold no text.

    A feedback belongs to the caller who asked for it; to any other caller it is not there. A `request_id` is
    unique among all callers. Each method may raise StoreError.
    """

    def for_call(self, deadline: Deadline) -> "Store":  # noqa: ARG002 - of those that know of patience
        """Returns this store for one call, which does not spend all of its time on it."""
        return self

    async def take_lease(self, request_id: str) -> AbstractAsyncContextManager[None] | None:
        """Takes a request for this orchestrator alone, until the block ends; None: another one has it.

        One that dies loses it within seconds.
        """

    @asynccontextmanager
    async def lease(self, request_id: str) -> AsyncIterator[None]:
        """Waits until no other orchestrator runs a request, and makes others wait while the block runs."""
        while (lease := await self.take_lease(request_id)) is None:  # noqa: ASYNC110 - no store wakes others
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        async with lease:
            yield

    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        """Finds what is kept under a request_id, and begins to keep a new one."""

    async def keep_result(
        self, request_id: str, request_hash: bytes, result: feedback_pb2.ModelResult
    ) -> None:
        """Keeps one model's answer, so that a repeat does not pay for it again.

        It begins to keep the request, too, where `open_request` could not.
        """

    async def keep_response(
        self,
        request_id: str,
        request_hash: bytes,
        caller: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        """Keeps a response under its feedback_id, and as that of its request_id, if that is not empty.

        It begins to keep the request, too, where `open_request` could not. A request_id that has a response
        keeps it, whatever a run answers that the store could not tell of it.

        Raises:
            StoreError: The request_id has another response, or is another request's. Nothing is kept.
        """

    async def replace_response(self, caller: str, response: feedback_service_pb2.GetFeedbackResponse) -> bool:
        """Keeps a response in the place of the one that has its feedback_id.

        When it expires, and what people said of it, stay as they are. Returns whether the caller has such a
        response.
        """

    async def name_results(self, request_id: str, caller: str, feedback_id: str) -> None:
        """Lets `delete_feedback` delete the answers of a request that came to no response.

        Raises:
            StoreError: Nothing is kept under the request_id.
        """

    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        """Finds what is kept of a caller's feedback; None if it is not there."""

    async def keep_scores(
        self, caller: str, feedback_id: str, scores: feedback_service_pb2.RecordedScores
    ) -> bool:
        """Keeps a person's scores, which replace those that the same person gave before.

        Returns whether the caller has a feedback of that id with a response.
        """

    async def keep_decisions(self, caller: str, feedback_id: str, decisions: decision_pb2.Decisions) -> bool:
        """Keeps a person's decisions, which replace those of the same person before.

        Returns whether the caller has a feedback of that id with a response.
        """

    async def delete_feedback(self, caller: str, feedback_id: str) -> bool:
        """Deletes all that is kept of a feedback, its request and its models' answers included.

        Returns whether the caller had a feedback of that id.
        """

    async def delete_expired(self) -> bool:
        """Deletes some of what has expired, where that does not happen by itself.

        Returns whether there may be more, so that others are served between two steps.
        """

    async def add_calls(self, calls: Sequence[ModelCall]) -> None:
        """Adds calls of models to their records, the oldest first."""

    async def latest_calls(self) -> Sequence[ModelCall]:
        """Lists the latest calls of every model, the oldest first."""

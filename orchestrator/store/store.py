"""The seam between the orchestrator and the database that keeps its state."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, submission_pb2
from orchestrator.store.model_call import ModelCall


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """What is kept of a request: its hash, its response once there is one, and the answers paid for."""

    request_hash: bytes
    response: feedback_service_pb2.GetFeedbackResponse | None
    results: tuple[feedback_pb2.ModelResult, ...]


class StoreError(Exception):
    """A store failed. The text is a word or two for the log, without any content."""


class Store(Protocol):
    """Keeps the orchestrator's state. All of it expires but the calls of models, which hold no text.

    Each method may raise StoreError.
    """

    def lease(self, request_id: str) -> AbstractAsyncContextManager[bool]:
        """Lets one orchestrator alone run a request while the block runs; the others wait for their turn.

        Gives the block whether it had to wait. One that dies loses it within seconds.
        """

    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        """Finds what is kept under a request_id, and begins to keep a new one."""

    async def keep_result(self, request_id: str, result: feedback_pb2.ModelResult) -> None:
        """Keeps one model's answer, so that a repeat does not pay for it again."""

    async def keep_response(
        self,
        request_id: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        """Keeps a response under its request_id, if it has one, and its rubric under its feedback_id."""

    async def name_results(self, request_id: str, feedback_id: str) -> None:
        """Lets `delete_feedback` delete the answers of a request that came to no response.

        Raises:
            StoreError: Nothing is kept under the request_id.
        """

    async def rubric(self, feedback_id: str) -> submission_pb2.Rubric | None:
        """Finds the rubric of a feedback; None if there is no such feedback or it has expired."""

    async def keep_scores(
        self,
        feedback_id: str,
        rater: str,
        scores: Sequence[feedback_pb2.CriterionScore],
    ) -> None:
        """Keeps a person's scores, which replace those that the same person gave before."""

    async def delete_feedback(self, feedback_id: str) -> None:
        """Deletes all that is kept of a feedback, its request and its models' answers included."""

    async def add_call(self, call: ModelCall) -> None:
        """Adds a call of a model to its record."""

    async def latest_calls(self) -> Sequence[ModelCall]:
        """Lists the latest calls of every model, the oldest first."""

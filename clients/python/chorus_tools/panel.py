"""Whom the tools ask."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Protocol

from chorus.feedback.v1 import feedback_service_pb2
from chorus_client import ChorusClient

_LIST_SECONDS = 20.0


class Panel(Protocol):
    """The models behind the tools. Its methods raise ChorusCallError."""

    def review(
        self, request: feedback_service_pb2.GetFeedbackRequest, *, seconds: float | None = None
    ) -> AsyncGenerator[feedback_service_pb2.StreamFeedbackResponse, None]:
        """Yields what happens, the response last. Who closes the iterator cancels the review.

        Args:
            request: What is asked.
            seconds: How long it may take, at most as long as the panel may. None: that long.
        """

    async def list_models(self) -> feedback_service_pb2.ListModelsResponse:
        """Returns the models, on one page."""


class CalledPanel:
    """The panel that a client calls.

    Args:
        chorus: The client.
        seconds: How long a review may take.
    """

    def __init__(self, chorus: ChorusClient, seconds: float) -> None:
        self._chorus = chorus
        self._seconds = seconds

    async def review(
        self, request: feedback_service_pb2.GetFeedbackRequest, *, seconds: float | None = None
    ) -> AsyncGenerator[feedback_service_pb2.StreamFeedbackResponse, None]:
        """Does what Panel.review says."""
        timeout = min(seconds or self._seconds, self._seconds)
        events: asyncio.Queue[feedback_service_pb2.StreamFeedbackResponse | None] = asyncio.Queue()

        async def stream() -> None:
            try:
                await self._chorus.stream(request, events.put_nowait, timeout=timeout)
            finally:
                events.put_nowait(None)

        streaming = asyncio.create_task(stream())
        try:
            while (event := await events.get()) is not None:
                yield event
            await streaming
        finally:
            streaming.cancel()
            await asyncio.gather(streaming, return_exceptions=True)

    async def list_models(self) -> feedback_service_pb2.ListModelsResponse:
        """Does what Panel.list_models says."""
        return await self._chorus.list_models(timeout=_LIST_SECONDS)

"""Asks the orchestrator, for a door."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import grpc

from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc
from chorus_client.errors import typed_error
from clients.web.server.visiting import call_metadata

_PAGE_SIZE = 1000
_MOST_PAGES = 10
_LIST_SECONDS = 20.0

if TYPE_CHECKING:
    Stub = feedback_service_pb2_grpc.FeedbackServiceAsyncStub


class Panel:
    """The orchestrator behind a door.

    Args:
        channel: To its FeedbackService.
        seconds: How long a review may take.
    """

    def __init__(self, channel: grpc.aio.Channel, seconds: float) -> None:
        self._stub: Stub = feedback_service_pb2_grpc.FeedbackServiceStub(channel)  # type: ignore[assignment]
        self.seconds = seconds

    async def review(
        self,
        request: feedback_service_pb2.GetFeedbackRequest,
        request_id: str = "",
        seconds: float | None = None,
    ) -> AsyncGenerator[feedback_service_pb2.StreamFeedbackResponse, None]:
        """Yields what happens, the response last. Who closes the iterator cancels the review.

        Args:
            request: What is asked.
            request_id: In the logs of every server; empty: the orchestrator chooses one.
            seconds: How long it may take, at most as long as the panel may.

        Raises:
            ChorusCallError: The review failed.
        """
        call = self._stub.StreamFeedback(
            feedback_service_pb2.StreamFeedbackRequest(request=request),
            timeout=min(seconds or self.seconds, self.seconds),
            metadata=call_metadata(request_id),
        )
        try:
            async for event in call:
                yield event
        except grpc.aio.AioRpcError as error:
            raise typed_error(error, request_id) from None
        finally:
            call.cancel()

    async def list_models(self, request_id: str = "") -> feedback_service_pb2.ListModelsResponse:
        """Returns the models, on one page.

        Raises:
            ChorusCallError: The orchestrator does not say.
        """
        listed = feedback_service_pb2.ListModelsResponse()
        page_token = ""
        for _ in range(_MOST_PAGES):
            asked = feedback_service_pb2.ListModelsRequest(page_size=_PAGE_SIZE, page_token=page_token)
            try:
                page = await self._stub.ListModels(
                    asked, timeout=_LIST_SECONDS, metadata=call_metadata(request_id)
                )
            except grpc.aio.AioRpcError as error:
                raise typed_error(error, request_id) from None
            listed.models.extend(page.models)
            listed.default_panel[:] = page.default_panel
            page_token = page.next_page_token
            if not page_token:
                break
        return listed

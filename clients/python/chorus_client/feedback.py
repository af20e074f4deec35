"""Calls of the FeedbackService."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc
from chorus.model.v1 import model_pb2
from chorus_client.connection import Server
from rpckit.errors import BadOutput

if TYPE_CHECKING:
    # The stubs' name for what a stub is on an aio channel.
    from chorus.feedback.v1.feedback_service_pb2_grpc import FeedbackServiceAsyncStub

_PAGE_SIZE = 1000

Told = Callable[[feedback_service_pb2.StreamFeedbackResponse], object]


async def stream_feedback(
    request: feedback_service_pb2.GetFeedbackRequest, told: Told, server: Server
) -> feedback_service_pb2.GetFeedbackResponse:
    """Calls `told` with each event as it comes and returns the last one's response.

    Raises:
        ChorusError: The call failed.
    """
    response = None
    async with _stub(server) as stub:
        wrapped = feedback_service_pb2.StreamFeedbackRequest(request=request)
        async for event in stub.StreamFeedback(wrapped, timeout=server.timeout):
            told(event)
            if event.HasField("response"):
                response = event.response
    if response is None:
        raise BadOutput("the stream ended without a response")
    return response


async def list_models(server: Server) -> feedback_service_pb2.ListModelsResponse:
    """The models that can be asked, and those that cannot: all pages as one.

    Raises:
        ChorusError: A call failed.
    """
    models: list[model_pb2.Model] = []
    request = feedback_service_pb2.ListModelsRequest(page_size=_PAGE_SIZE)
    async with _stub(server) as stub:
        while True:
            page = await stub.ListModels(request, timeout=server.timeout)
            models += page.models
            request.page_token = page.next_page_token
            if not request.page_token:
                break
    return feedback_service_pb2.ListModelsResponse(
        models=models, unreachable=page.unreachable, default_panel=page.default_panel
    )


@asynccontextmanager
async def _stub(server: Server) -> AsyncIterator["FeedbackServiceAsyncStub"]:
    async with server.connected("chorus.feedback.v1.FeedbackService") as channel:
        yield cast("FeedbackServiceAsyncStub", feedback_service_pb2_grpc.FeedbackServiceStub(channel))

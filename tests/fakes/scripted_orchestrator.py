"""An orchestrator of a few lines, whose answers and failures are set beforehand and whose calls are kept."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import message

from chorus.classroom.v1 import classroom_service_pb2_grpc
from chorus.classroom.v1.classroom_service_pb2 import (
    GenerateImageRequest,
    GenerateImageResponse,
    SimulateStudentRequest,
    SimulateStudentResponse,
)
from chorus.feedback.v1 import feedback_service_pb2_grpc
from chorus.feedback.v1.feedback_service_pb2 import (
    BatchFeedbackRequest,
    BatchFeedbackResponse,
    DeleteFeedbackRequest,
    DeleteFeedbackResponse,
    GetFeedbackRequest,
    GetFeedbackResponse,
    GetStoredFeedbackRequest,
    GetStoredFeedbackResponse,
    ListModelsRequest,
    ListModelsResponse,
    RecordDecisionsRequest,
    RecordDecisionsResponse,
    RecordScoresRequest,
    RecordScoresResponse,
    StreamFeedbackRequest,
    StreamFeedbackResponse,
)
from chorus.model.v1.model_pb2 import Model
from rpckit.call import Call, served_call
from rpckit.errors import ChorusError
from rpckit.server import Host, serving
from rpckit.settings import Environment, ServerSettings

FEEDBACK = "chorus.feedback.v1.FeedbackService"
CLASSROOM = "chorus.classroom.v1.ClassroomService"


@dataclass(frozen=True)
class ScriptedSettings:
    """Where and how the scripted orchestrator serves."""

    server: ServerSettings


@dataclass
class ScriptedOrchestrator(
    feedback_service_pb2_grpc.FeedbackServiceServicer, classroom_service_pb2_grpc.ClassroomServiceServicer
):
    """Answers each call, unless a failure is next.

    Attributes:
        failures: What the next calls fail with, one each.
        events: What a stream sends.
        hangs: Whether a review never ends, a stream's after its events.
        pages: The names of the models that ListModels lists, page by page.
        models: What it lists instead, on one page.
        calls: How each call looked to the server.
        requests: What each call asked.
        begun: Set when a call has come.
        cancelled: Set when a caller has left a review that hangs.
    """

    failures: list[ChorusError] = field(default_factory=list)
    events: list[StreamFeedbackResponse] = field(default_factory=list)
    hangs: bool = False
    pages: list[list[str]] = field(default_factory=lambda: [[]])
    models: list[Model] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    requests: list[message.Message] = field(default_factory=list)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    async def GetFeedback(self, request: GetFeedbackRequest, context: Any) -> GetFeedbackResponse:
        self._take(request)
        await self._hang()
        return GetFeedbackResponse(feedback_id="f1")

    async def StreamFeedback(
        self, request: StreamFeedbackRequest, context: Any
    ) -> AsyncGenerator[StreamFeedbackResponse]:
        self._take(request)
        try:
            for event in self.events:
                yield event
        except GeneratorExit:
            # The client left while grpc was sending an event.
            self.cancelled.set()
            raise
        await self._hang()

    async def BatchFeedback(
        self, request_iterator: AsyncIterator[BatchFeedbackRequest], context: Any
    ) -> AsyncGenerator[BatchFeedbackResponse]:
        async for request in request_iterator:
            yield BatchFeedbackResponse(item_id=request.item_id)

    async def GetStoredFeedback(
        self, request: GetStoredFeedbackRequest, context: Any
    ) -> GetStoredFeedbackResponse:
        self._take(request)
        return GetStoredFeedbackResponse(caller="tutor")

    async def RecordScores(self, request: RecordScoresRequest, context: Any) -> RecordScoresResponse:
        self._take(request)
        return RecordScoresResponse()

    async def RecordDecisions(self, request: RecordDecisionsRequest, context: Any) -> RecordDecisionsResponse:
        self._take(request)
        return RecordDecisionsResponse()

    async def DeleteFeedback(self, request: DeleteFeedbackRequest, context: Any) -> DeleteFeedbackResponse:
        self._take(request)
        return DeleteFeedbackResponse()

    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        self._take(request)
        if self.models:
            return ListModelsResponse(models=self.models, default_panel=["a/1"])
        number = int(request.page_token or 0)
        is_last = number + 1 == len(self.pages)
        return ListModelsResponse(
            models=[Model(name=name) for name in self.pages[number]],
            default_panel=["a/1"],
            unreachable=["c"],
            max_review_cost_usd_nanos=dict.fromkeys(self.pages[number], 70),
            next_page_token="" if is_last else str(number + 1),
        )

    async def SimulateStudent(self, request: SimulateStudentRequest, context: Any) -> SimulateStudentResponse:
        self._take(request)
        return SimulateStudentResponse(text="I has a dog.")

    async def GenerateImage(self, request: GenerateImageRequest, context: Any) -> GenerateImageResponse:
        self._take(request)
        return GenerateImageResponse(model="a/1")

    def _take(self, request: message.Message) -> None:
        self.begun.set()
        self.calls.append(served_call())
        self.requests.append(request)
        if self.failures:
            raise self.failures.pop(0)

    async def _hang(self) -> None:
        if self.hangs:
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled.set()

    async def register(self, host: Host, settings: ScriptedSettings) -> None:
        """Adds both services."""
        add = feedback_service_pb2_grpc.add_FeedbackServiceServicer_to_server
        await host.add(FEEDBACK, add, self)
        add_classroom = classroom_service_pb2_grpc.add_ClassroomServiceServicer_to_server
        await host.add(CLASSROOM, add_classroom, self)

    @asynccontextmanager
    async def start(self, **variables: str) -> AsyncIterator[str]:
        """Serves with variables of the prefix X while the block runs; yields the address."""
        environment = Environment({"X_PORT": "0", "CHORUS_DRAIN_PAUSE_SECONDS": "0"} | variables)
        server = ServerSettings.read(environment, "X", port=0, has_outside_callers=True)
        async with serving(ScriptedSettings(server), self.register) as port:
            yield f"127.0.0.1:{port}"

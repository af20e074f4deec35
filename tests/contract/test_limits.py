"""A request at a limit that a comment states is taken, one beyond it is refused by its field."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.message import Message

from chorus.classroom.v1 import classroom_service_pb2_grpc
from chorus.classroom.v1.classroom_service_pb2 import GenerateImageRequest, SimulateStudentRequest
from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc
from chorus.feedback.v1.feedback_service_pb2 import (
    BatchFeedbackRequest,
    DeleteFeedbackRequest,
    GetFeedbackRequest,
    GetStoredFeedbackRequest,
    RecordDecisionsRequest,
    RecordScoresRequest,
)
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric, Submission
from chorus.model.v1 import model_pb2, model_service_pb2, model_service_pb2_grpc
from chorus.model.v1.failure_pb2 import ERROR_REASON_INVALID_REQUEST
from chorus.model.v1.model_service_pb2 import GenerateRequest, StreamGenerateRequest
from rpckit.channel import connect
from rpckit.errors import Internal, InvalidRequest, from_rpc_error
from tests.contract.limits.limit import (
    CRITERIA,
    FEEDBACK_ID,
    LONG_NAME,
    LONG_PROVIDER,
    MANY_NAMES,
    PAINTER,
    Limit,
)
from tests.contract.limits.table import limits
from tests.fakes.model_server import FakeModels
from tests.fakes.models import Fake
from tests.fakes.orchestrating import orchestrating

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECONDS = 60.0
ABLE = (*model_pb2.Capability.values()[1:],)
FAKES = dict.fromkeys((*MANY_NAMES, LONG_NAME, PAINTER), Fake("alpha", LONG_PROVIDER, capabilities=ABLE))
RUBRIC = Rubric(
    criteria=[Criterion(id=each, levels=[Level(score=score) for score in range(1, 6)]) for each in CRITERIA]
)


class Chorus:
    """An orchestrator that keeps a feedback, and a model server."""

    def __init__(self, orchestrator: grpc.aio.Channel, models: grpc.aio.Channel) -> None:
        self._feedback: Any = feedback_service_pb2_grpc.FeedbackServiceStub(orchestrator)
        classroom: Any = classroom_service_pb2_grpc.ClassroomServiceStub(orchestrator)
        model: Any = model_service_pb2_grpc.ModelServiceStub(models)
        self._feedback_id = ""
        self._methods: Mapping[type[Message], Any] = {
            GetFeedbackRequest: self._feedback.GetFeedback,
            GetStoredFeedbackRequest: self._feedback.GetStoredFeedback,
            RecordScoresRequest: self._feedback.RecordScores,
            RecordDecisionsRequest: self._feedback.RecordDecisions,
            DeleteFeedbackRequest: self._feedback.DeleteFeedback,
            feedback_service_pb2.ListModelsRequest: self._feedback.ListModels,
            SimulateStudentRequest: classroom.SimulateStudent,
            GenerateImageRequest: classroom.GenerateImage,
            GenerateRequest: model.Generate,
            StreamGenerateRequest: lambda request, timeout: model.StreamGenerate(
                request, timeout=timeout
            ).read(),
            model_service_pb2.ListModelsRequest: model.ListModels,
        }

    async def review(self) -> None:
        """Has a feedback with a score for each criterion."""
        request = GetFeedbackRequest(
            submission=Submission(text="A text."), rubric=RUBRIC, models=MANY_NAMES[:1]
        )
        response = await self._feedback.GetFeedback(request, timeout=SECONDS)
        assert all(each.HasField("score") for each in response.merged.scores)
        self._feedback_id = response.feedback_id

    async def refused_fields(self, request: Any) -> set[str]:
        """The fields that a request is refused for; none if it is taken."""
        if isinstance(request, BatchFeedbackRequest):
            return await self._refused_fields_of_item(request)
        if getattr(request, "feedback_id", "") == FEEDBACK_ID:
            request.feedback_id = self._feedback_id
        try:
            await self._methods[type(request)](request, timeout=SECONDS)
        except grpc.aio.AioRpcError as error:
            failure = from_rpc_error(error)
            assert not isinstance(failure, Internal)
            return set(failure.metadata) if isinstance(failure, InvalidRequest) else set()
        return set()

    async def _refused_fields_of_item(self, item: BatchFeedbackRequest) -> set[str]:
        (answer,) = [each async for each in self._feedback.BatchFeedback(iter([item]), timeout=SECONDS)]
        refused = answer.failure.reason == ERROR_REASON_INVALID_REQUEST
        return set(answer.failure.metadata) if refused else set()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chorus(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chorus]:
    folder: Path = tmp_path_factory.mktemp("state")
    settings = {"CHORUS_STUDENT_MODEL": MANY_NAMES[0], "CHORUS_PICTURE_MODEL": PAINTER}
    async with (
        FakeModels(FAKES).start() as models,
        orchestrating(folder, models, **settings) as orchestrator,
        connect(orchestrator, "chorus.feedback.v1.FeedbackService") as orchestrator_channel,
        connect(models, "chorus.model.v1.ModelService") as model_channel,
    ):
        # gRPC shares connections: a port that an earlier server here had may still count as refused.
        await orchestrator_channel.channel_ready()
        await model_channel.channel_ready()
        found = Chorus(orchestrator_channel, model_channel)
        await found.review()
        yield found


def _name(limit: Limit) -> str:
    message = (*limit.refused, *limit.taken)[0]
    return f"{limit.element}: {limit.phrase} in {message.DESCRIPTOR.name}"


@pytest.mark.parametrize("limit", list(limits()), ids=_name)
async def test_a_limit_is_kept(chorus: Chorus, limit: Limit) -> None:
    for request in limit.refused:
        assert await chorus.refused_fields(request) == {limit.blamed}
    for request in limit.taken:
        # A review that would else be paid for is refused for a calibration that is not kept alone.
        assert await chorus.refused_fields(request) <= {"calibration_version"} - {limit.blamed}

from contextlib import AsyncExitStack

import pytest
from prometheus_client import CollectorRegistry

from chorus.classroom.v1.classroom_service_pb2 import (
    GenerateImageRequest,
    SimulateStudentRequest,
    StudentProfile,
)
from chorus.model.v1 import model_pb2
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import ListedModel, Listing, ModelDirectory
from orchestrator.servicers.classroom import ClassroomServicer, default_model
from rpckit.errors import InvalidRequest, Unavailable
from rpckit.settings import Security


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (SimulateStudentRequest(task=" "), {"task"}),
        (SimulateStudentRequest(task="x" * 20_001, model="no/such"), {"task", "model"}),
        (SimulateStudentRequest(task="x", profile=StudentProfile(level="x" * 2**16)), {"profile"}),
    ],
)
async def test_a_malformed_request_names_its_fields(
    request_: SimulateStudentRequest, fields: set[str]
) -> None:
    directory = ModelDirectory((), Security(), AsyncExitStack(), ModelMetrics(CollectorRegistry()))
    with pytest.raises(InvalidRequest) as caught:
        await ClassroomServicer(directory, "", "").SimulateStudent(request_, None)
    assert set(caught.value.metadata) == fields


def google(name: str, *, ready: bool = False, retirement_date: str = "") -> ListedModel:
    model = model_pb2.Model(
        name=name,
        provider="google",
        capabilities=[model_pb2.CAPABILITY_TEXT],
        state=model_pb2.Model.STATE_READY if ready else model_pb2.Model.STATE_UNAVAILABLE,
        retirement_date=retirement_date,
    )
    return ListedModel(model, server="a:1")


@pytest.mark.parametrize(
    ("models", "chosen"),
    [
        ((google("old", retirement_date="2025-09-24"), google("needs a key")), "needs a key"),
        ((google("needs a key"), google("ready", ready=True)), "ready"),
        ((google("ready", ready=True, retirement_date="2999-01-01"), google("too", ready=True)), "ready"),
        ((google("old", retirement_date="2025-09-24"),), "old"),
    ],
)
def test_the_default_is_ready_or_else_lacks_no_more_than_its_key(
    models: tuple[ListedModel, ...], chosen: str
) -> None:
    found = default_model(Listing(models, ()), model_pb2.CAPABILITY_TEXT)
    assert found is not None
    assert found.name == chosen


def test_there_is_no_default_where_no_model_can() -> None:
    assert default_model(Listing((google("writer"),), ()), model_pb2.CAPABILITY_IMAGE_OUTPUT) is None


async def test_without_a_default_it_is_said_what_sets_one() -> None:
    directory = ModelDirectory((), Security(), AsyncExitStack(), ModelMetrics(CollectorRegistry()))
    servicer = ClassroomServicer(directory, "", "")
    with pytest.raises(Unavailable, match="CHORUS_STUDENT_MODEL"):
        await servicer.SimulateStudent(SimulateStudentRequest(task="x"), None)
    with pytest.raises(Unavailable, match="CHORUS_PICTURE_MODEL"):
        await servicer.GenerateImage(GenerateImageRequest(prompt="x"), None)

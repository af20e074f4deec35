from contextlib import AsyncExitStack

import pytest
from prometheus_client import CollectorRegistry

from chorus.classroom.v1.classroom_service_pb2 import SimulateStudentRequest, StudentProfile
from orchestrator.classroom_servicer import ClassroomServicer
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import Directory
from rpckit.errors import InvalidRequest
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
    directory = Directory((), Security(), AsyncExitStack(), ModelMetrics(CollectorRegistry()))
    with pytest.raises(InvalidRequest) as caught:
        await ClassroomServicer(directory, "", "").SimulateStudent(request_, None)
    assert set(caught.value.metadata) == fields

"""Calls of the ClassroomService."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

from chorus.classroom.v1 import classroom_service_pb2, classroom_service_pb2_grpc
from chorus_client.connection import Server

if TYPE_CHECKING:
    from chorus.classroom.v1.classroom_service_pb2_grpc import ClassroomServiceAsyncStub


async def simulate_student(
    request: classroom_service_pb2.SimulateStudentRequest, server: Server
) -> classroom_service_pb2.SimulateStudentResponse:
    """A text as a student of the profile would write it.

    Raises:
        ChorusError: The call failed.
    """
    async with _stub(server) as stub:
        return await stub.SimulateStudent(request, timeout=server.timeout)


async def generate_image(
    request: classroom_service_pb2.GenerateImageRequest, server: Server
) -> classroom_service_pb2.GenerateImageResponse:
    """A picture.

    Raises:
        ChorusError: The call failed.
    """
    async with _stub(server) as stub:
        return await stub.GenerateImage(request, timeout=server.timeout)


@asynccontextmanager
async def _stub(server: Server) -> AsyncIterator["ClassroomServiceAsyncStub"]:
    async with server.connected("chorus.classroom.v1.ClassroomService") as channel:
        yield cast("ClassroomServiceAsyncStub", classroom_service_pb2_grpc.ClassroomServiceStub(channel))

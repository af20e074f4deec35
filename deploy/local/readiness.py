"""Waits until a service is ready, and until the orchestrator has found the others."""

import asyncio
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc
from chorus.model.v1 import model_pb2, model_service_pb2, model_service_pb2_grpc
from deploy.local.process import GEMMA, Service
from rpckit.channel import connect

_FEEDBACK = "chorus.feedback.v1.FeedbackService"
_HEALTH = "grpc.health.v1.Health"
_START_SECONDS = 120.0
# Gemma may have to download its weights first.
_LOAD_SECONDS = 3600.0
_CALL_SECONDS = 5.0
_POLL_SECONDS = 0.2


async def until_ready(service: Service) -> str:
    """Waits until the service is ready and returns "ready", or for a Gemma without a usable model the reason.

    Raises:
        TimeoutError: The service took too long.
    """
    is_gemma = service.name == GEMMA.name
    seconds, read_state = (_LOAD_SECONDS, _gemma_state) if is_gemma else (_START_SECONDS, _health_state)
    async with (
        asyncio.timeout(seconds),
        connect(service.address, _HEALTH, watch_health=False, security=service.security) as channel,
    ):
        while True:
            try:
                if state := await read_state(channel):
                    return state
            except grpc.aio.AioRpcError:
                # The service does not answer in time, or has ended, which whoever started it notices.
                continue
            await asyncio.sleep(_POLL_SECONDS)


async def until_found(orchestrator: Service, target: str) -> None:
    """Waits until the orchestrator gets an answer from a model server, if it asks that one.

    A server that began later than the orchestrator is found a moment after it is ready.

    Raises:
        TimeoutError: It took too long.
    """
    async with (
        asyncio.timeout(_START_SECONDS),
        connect(orchestrator.address, _FEEDBACK, security=orchestrator.security) as channel,
    ):
        stub: Any = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
        request = feedback_service_pb2.ListModelsRequest(page_size=1)
        while True:
            try:
                answer = await stub.ListModels(request, timeout=_CALL_SECONDS)
                if target not in answer.unreachable:
                    return
            except grpc.aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.UNAUTHENTICATED:
                    # It answers named callers alone, and who starts it may be none of them.
                    return
            await asyncio.sleep(_POLL_SECONDS)


async def until_listening(service: Service) -> None:
    """Waits until something listens where the page is served.

    Raises:
        TimeoutError: It took too long.
    """
    host = service.host.strip("[]")
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, service.port)
            except OSError:
                await asyncio.sleep(_POLL_SECONDS)
            else:
                writer.close()
                return


async def _health_state(channel: grpc.aio.Channel) -> str:
    """Returns "ready", or "" while the service is not."""
    stub: Any = health_pb2_grpc.HealthStub(channel)
    answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=_CALL_SECONDS, wait_for_ready=True)
    return "ready" if answer.status == health_pb2.HealthCheckResponse.SERVING else ""


async def _gemma_state(channel: grpc.aio.Channel) -> str:
    """Returns "ready", or why the model is not usable, or "" while it loads."""
    stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
    request = model_service_pb2.ListModelsRequest()
    answer = await stub.ListModels(request, timeout=_CALL_SECONDS, wait_for_ready=True)
    model = answer.models[0]
    if model.state == model_pb2.Model.STATE_LOADING:
        return ""
    return "ready" if model.state == model_pb2.Model.STATE_READY else model.state_detail

"""Waits until a service that was started is ready."""

import asyncio
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chorus.model.v1 import model_pb2, model_service_pb2, model_service_pb2_grpc
from deploy.local.process import GEMMA, Service
from rpckit.channel import connect

_HEALTH = "grpc.health.v1.Health"
_START_SECONDS = 120.0
# Weights may have to be fetched first.
_LOAD_SECONDS = 3600.0
_CALL_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.2


async def until_ready(service: Service) -> str:
    """Waits; returns "ready", or why Gemma, which need not have a model, is not.

    Raises:
        TimeoutError: The wait was too long.
    """
    seconds, look = (_LOAD_SECONDS, _gemma) if service.name == GEMMA.name else (_START_SECONDS, _health)
    async with (
        asyncio.timeout(seconds),
        connect(service.address, _HEALTH, watch_health=False, security=service.security) as channel,
    ):
        while True:
            try:
                if state := await look(channel):
                    return state
            except grpc.aio.AioRpcError:
                # It ended, or does not answer in time: the first is seen by whoever started it.
                continue
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _health(channel: grpc.aio.Channel) -> str:
    stub: Any = health_pb2_grpc.HealthStub(channel)
    answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=_CALL_SECONDS, wait_for_ready=True)
    return "ready" if answer.status == health_pb2.HealthCheckResponse.SERVING else ""


async def _gemma(channel: grpc.aio.Channel) -> str:
    stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
    request = model_service_pb2.ListModelsRequest()
    answer = await stub.ListModels(request, timeout=_CALL_SECONDS, wait_for_ready=True)
    model = answer.models[0]
    if model.state == model_pb2.Model.STATE_LOADING:
        return ""
    return "ready" if model.state == model_pb2.Model.STATE_READY else model.state_detail

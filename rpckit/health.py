"""Which services answer now: told to those who ask, and to those who watch."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import grpc
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

# The process answers, whether its services do or not. Ready is what "" says: all of them do.
LIVENESS = "liveness"


class Health(health_pb2_grpc.HealthServicer):
    """The health service. In grpc's own, one watcher that leaves deafens the others (grpc#43403)."""

    def __init__(self) -> None:
        self._ready: dict[str, bool] = {}
        self._draining = False
        self._changed = asyncio.Event()

    @property
    def services(self) -> tuple[str, ...]:
        """The full names of the services."""
        return tuple(self._ready)

    def set_ready(self, service: str, *, ready: bool) -> None:
        """Says whether a service answers."""
        self._ready[service] = ready
        self._tell()

    def drain(self) -> None:
        """Says of every service, from now on, that it does not."""
        self._draining = True
        self._tell()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _status(self, service: str) -> int:
        if service == LIVENESS:
            return HealthCheckResponse.SERVING
        ready = all(self._ready.values()) if not service else self._ready.get(service)
        if ready is None:
            return HealthCheckResponse.SERVICE_UNKNOWN
        return (
            HealthCheckResponse.SERVING if ready and not self._draining else HealthCheckResponse.NOT_SERVING
        )

    async def Check(self, request: HealthCheckRequest, context: Any) -> HealthCheckResponse:  # noqa: N802
        """As the protocol has it."""
        status = self._status(request.service)
        if status == HealthCheckResponse.SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND)
        return HealthCheckResponse(status=status)

    async def Watch(self, request: HealthCheckRequest, context: Any) -> AsyncGenerator[HealthCheckResponse]:  # noqa: ARG002, N802
        """As the protocol has it: the status now, and each one that differs from the one before."""
        told = None
        while True:
            changed = self._changed
            status = self._status(request.service)
            if status != told:
                yield HealthCheckResponse(status=status)
                told = status
            await changed.wait()

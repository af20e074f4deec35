"""Reports which services answer now, to clients that ask and to clients that watch."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import grpc
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from typing_extensions import override

# Under this name the process reports itself alive, whether its services answer or not. Under "" it reports
# itself ready, which means that all of its services answer.
LIVENESS = "liveness"


class Health(health_pb2_grpc.HealthServicer):
    """Implements the health service. In grpc's, a watcher that leaves cuts off the others (grpc#43403)."""

    def __init__(self) -> None:
        self._ready: dict[str, bool] = {}
        self._draining = False
        self._has_watches_ended = False
        self._changed = asyncio.Event()

    @property
    def services(self) -> tuple[str, ...]:
        """Returns the full names of the services."""
        return tuple(self._ready)

    def set_ready(self, service: str, *, ready: bool) -> None:
        """Sets whether a service answers."""
        self._ready[service] = ready
        self._notify_watchers()

    def drain(self) -> None:
        """Reports every service as NOT_SERVING from now on."""
        self._draining = True
        self._notify_watchers()

    def end_watches(self) -> None:
        """Lets every watch end, after it has reported what there is to report."""
        self._has_watches_ended = True
        self._notify_watchers()

    def _notify_watchers(self) -> None:
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

    @override
    async def Check(self, request: HealthCheckRequest, context: Any) -> HealthCheckResponse:
        status = self._status(request.service)
        if status == HealthCheckResponse.SERVICE_UNKNOWN:
            await context.abort(grpc.StatusCode.NOT_FOUND)
        return HealthCheckResponse(status=status)

    @override
    async def Watch(self, request: HealthCheckRequest, context: Any) -> AsyncGenerator[HealthCheckResponse]:
        reported = None
        while True:
            changed = self._changed
            status = self._status(request.service)
            if status != reported:
                yield HealthCheckResponse(status=status)
                reported = status
            if self._has_watches_ended:
                return
            await changed.wait()

"""Serves health on a port of its own, for probes that know no certificates, such as those of Kubernetes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
from grpc_health.v1 import health_pb2_grpc

from rpckit.health import Health
from rpckit.interceptor import HealthInterceptor
from rpckit.settings import ServerSettings


@asynccontextmanager
async def health_endpoint(servicer: Health, settings: ServerSettings) -> AsyncIterator[None]:
    """Answers in plaintext while the block runs, if the settings name a port for it.

    Raises:
        SettingError: The port is taken.
    """
    if not settings.health_port:
        yield
        return
    server = grpc.aio.server(interceptors=[HealthInterceptor()], options=[("grpc.so_reuseport", 0)])
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    try:
        server.add_insecure_port(f"{settings.host}:{settings.health_port}")
    except RuntimeError:
        raise settings.port_taken("HEALTH_PORT", settings.health_port) from None
    await server.start()
    try:
        yield
    finally:
        await server.stop(None)

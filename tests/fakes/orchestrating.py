"""A whole orchestrator inside of a test's own process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from orchestrator.__main__ import register
from orchestrator.servicers.feedback import SERVICE as FEEDBACK_SERVICE
from orchestrator.settings import OrchestratorSettings
from rpckit.server import serving
from rpckit.settings import Environment


@asynccontextmanager
async def orchestrating(folder: Path, *model_servers: str, **variables: str) -> AsyncIterator[str]:
    """Serves on a free port while the block runs; yields the address once it is ready."""
    own = {
        "ORCHESTRATOR_PORT": "0",
        "CHORUS_MODEL_SERVERS": ",".join(model_servers),
        "CHORUS_STATE_DIR": str(folder),
        "CHORUS_DRAIN_PAUSE_SECONDS": "0",
    }
    settings = OrchestratorSettings.read(Environment(own | variables))
    async with serving(settings, register) as port:
        address = f"127.0.0.1:{port}"
        async with grpc.aio.insecure_channel(address) as channel:
            health: Any = health_pb2_grpc.HealthStub(channel)
            request = health_pb2.HealthCheckRequest(service=FEEDBACK_SERVICE)
            async for response in health.Watch(request):
                if response.status == health_pb2.HealthCheckResponse.SERVING:
                    break
        yield address

"""The Gemma server with a tiny Gemma, loaded as a real one is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from modelkit.servicer import MODEL_SERVICE
from rpckit.server import serving
from rpckit.settings import Environment
from services.gemma.__main__ import register
from services.gemma.settings import GemmaSettings
from tests.contract.subject import Subject

_FOLDER = "tiny-gemma-it"


@asynccontextmanager
async def start(**variables: str) -> AsyncIterator[str]:
    """Serves a tiny Gemma while the block runs; yields the address once it is ready."""
    pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")
    from tests.fakes import tiny_gemma  # noqa: PLC0415 - imports torch

    with TemporaryDirectory() as folder:
        build = tiny_gemma.build_seeing if "GEMMA_IMAGES" in variables else tiny_gemma.build
        source = build(Path(folder) / _FOLDER)
        async with serving(settings(source, **variables), register) as port:
            address = f"127.0.0.1:{port}"
            await ready(address)
            yield address


def settings(source: Path | str, **variables: str) -> GemmaSettings:
    """What the server is started with."""
    own = {
        "GEMMA_MODEL": str(source),
        "GEMMA_CACHE_DIR": "/no/copies",
        "GEMMA_PORT": "0",
        "CHORUS_DRAIN_PAUSE_SECONDS": "0",
    }
    return GemmaSettings.read(Environment(own | variables))


async def ready(address: str) -> None:
    """Waits until health says SERVING."""
    async with grpc.aio.insecure_channel(address) as channel:
        health: Any = health_pb2_grpc.HealthStub(channel)
        async for response in health.Watch(health_pb2.HealthCheckRequest(service=MODEL_SERVICE)):
            if response.status == health_pb2.HealthCheckResponse.SERVING:
                return


SUBJECTS = [Subject("gemma", f"gemma/{_FOLDER}", start, may_be_cut=True)]

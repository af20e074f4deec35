"""The real server in a process of its own, and what it takes of the device's memory."""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import torch

from bench.gemma.__main__ import quantized
from chorus.model.v1 import model_pb2
from chorus.model.v1.model_service_pb2 import ListModelsRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub

# Each part has a shorter time, but the server wants to know one.
CALL_SECONDS = 600.0
_POLL_SECONDS = 0.2
_SETTLE_SECONDS = 1.0


class ModelNotReadyError(Exception):
    """The server will not answer; the text says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready.

    Attributes:
        stub: Calls its ModelService.
        ready_seconds: From nothing to READY.
        model: What it says of its model.
    """

    stub: Any
    ready_seconds: float
    model: model_pb2.Model
    _process: int
    _before: float

    def memory_gib(self) -> float:
        """What is taken on the GPU since before it started; on a CPU, what no file stands behind."""
        if torch.cuda.is_available():
            return device_memory_gib() - self._before
        status = Path(f"/proc/{self._process}/status").read_text(encoding="ascii")
        return int(status.partition("RssAnon:")[2].split()[0]) / 2**20


def device_memory_gib() -> float:
    """What all processes, this one too, have taken of the first GPU, with contexts; 0: there is none."""
    if not torch.cuda.is_available():
        return 0.0
    free, total = torch.cuda.mem_get_info(0)
    return (total - free) / 2**30


@asynccontextmanager
async def started(
    source: Path, precision: str, places: int, module: str = "services.gemma"
) -> AsyncIterator[Server]:
    """Starts a server and ends it.

    Args:
        source: The model's folder.
        precision: As GEMMA_PRECISION.
        places: How many answers are written at once.
        module: What to run.

    Raises:
        ModelNotReadyError: It ended, has no model, or runs on the CPU although there is a GPU.
    """
    port = _free_port()
    own = {
        "GEMMA_MODEL": str(source),
        "GEMMA_PORT": str(port),
        "GEMMA_PRECISION": precision,
        "GEMMA_MAX_IN_FLIGHT": str(places),
        "GEMMA_MAX_QUEUED": "1024",
        "CHORUS_DRAIN_GRACE_SECONDS": "1",
    }
    if precision != "bf16":
        own["GEMMA_CACHE_DIR"] = str(quantized(source, precision))
    before = device_memory_gib()
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, env=os.environ | own)
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub: Any = ModelServiceStub(channel)
            model = await _ready(stub, process)
            yield Server(stub, time.perf_counter() - began, model, process.pid, before)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await asyncio.sleep(_SETTLE_SECONDS)


async def _ready(stub: Any, process: asyncio.subprocess.Process) -> model_pb2.Model:
    while process.returncode is None:
        try:
            (model,) = (await stub.ListModels(ListModelsRequest(), timeout=CALL_SECONDS)).models
        except grpc.aio.AioRpcError as error:
            if error.code() is not grpc.StatusCode.UNAVAILABLE:
                raise
            # It does not listen yet.
            model = model_pb2.Model()
        if model.state == model_pb2.Model.STATE_UNAVAILABLE:
            raise ModelNotReadyError(model.state_detail)
        if model.state == model_pb2.Model.STATE_READY:
            if torch.cuda.is_available() and model.footprint.device == "cpu":
                raise ModelNotReadyError("there is a GPU, and the server has taken the CPU")
            found: model_pb2.Model = model
            return found
        await asyncio.sleep(_POLL_SECONDS)
    raise ModelNotReadyError(f"the server ended with {process.returncode}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port

"""The Gemma server with little memory left once its model is loaded, which its preflight does not know of."""

import os
import resource
from functools import partial
from pathlib import Path
from typing import Any

import torch

from bench.gemma.gpu.device import device
from rpckit.server import Host, run
from services.gemma.__main__ import register_engine
from services.gemma.fit.resources import Resources
from services.gemma.scheduler.engine import BatchEngine
from services.gemma.scheduler.local_model import LocalModel
from services.gemma.settings import Settings
from services.gemma.weights.load import load
from services.gemma.weights.source import Hub

LEFT_BYTES = 256 * 2**20


async def register(host: Host, settings: Settings) -> None:
    """Adds the service, as the server's own bootstrap does."""
    await register_engine(
        host, settings, BatchEngine(partial(_load, settings), settings.server.max_in_flight)
    )


def _load(settings: Settings) -> LocalModel[Any]:
    model = load(settings, Hub(), Resources.read(settings.cache))
    here = device()
    if here.type == "cuda":
        taken, (_, total) = torch.cuda.memory_reserved(here), torch.cuda.mem_get_info(here)
        torch.cuda.set_per_process_memory_fraction((taken + LEFT_BYTES) / total, here)
    else:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        taken = int(status.partition("VmData:")[2].split()[0]) * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (taken + LEFT_BYTES, taken + LEFT_BYTES))
    return model


if __name__ == "__main__":
    run(Settings.read, register)
    os._exit(0)

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
from services.gemma.fit.resources import MachineResources
from services.gemma.interface.local_model import LocalModel
from services.gemma.loading.load_model import load_model
from services.gemma.scheduler.engine import ContinuousBatchingEngine
from services.gemma.settings import GemmaSettings
from services.gemma.weights.source import HuggingFaceHub

LEFT_BYTES = 256 * 2**20


async def register(host: Host, settings: GemmaSettings) -> None:
    """Adds the service, as the server's own bootstrap does."""
    await register_engine(
        host, settings, ContinuousBatchingEngine(partial(_load, settings), settings.server.max_in_flight)
    )


def _load(settings: GemmaSettings) -> LocalModel[Any]:
    model = load_model(settings, HuggingFaceHub(), MachineResources.read(settings.cache))
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
    run(GemmaSettings.read, register)
    os._exit(0)

"""Starts the Gemma server; with arguments, checks what fits here or quantises a model."""

import os
import sys
from functools import partial
from typing import Any

from chorus.model.v1 import model_service_pb2_grpc
from modelkit.gen_ai import ModelCalls
from modelkit.servicer import MODEL_SERVICE
from rpckit import log
from rpckit.server import Host, run
from services.gemma.fit.resources import MachineResources
from services.gemma.interface.load_error import LoadError
from services.gemma.interface.local_model import LocalModel
from services.gemma.scheduler.engine import ContinuousBatchingEngine, ModelState, ModelStatus
from services.gemma.server.servicer import GemmaServicer
from services.gemma.settings import GemmaSettings


async def register(host: Host, settings: GemmaSettings) -> None:
    """Registers the service, which is ready when the model is."""
    engine = ContinuousBatchingEngine(partial(_load, settings), settings.server.max_in_flight)
    await register_engine(host, settings, engine)


async def register_engine(host: Host, settings: GemmaSettings, engine: ContinuousBatchingEngine) -> None:
    """Registers the service of one engine, and starts the engine, which loads its model."""

    async def announce(status: ModelStatus) -> None:
        ready = status.state is ModelState.READY
        log.event("ready" if ready else "not ready", detail=status.detail)
        await host.set_ready(MODEL_SERVICE, ready=ready)

    host.exit_stack.callback(engine.close)
    servicer = GemmaServicer(settings.name, engine, images=settings.images, calls=ModelCalls(host.metrics))
    await host.add(
        MODEL_SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, servicer, ready=False
    )
    host.spawn(engine.run(announce))


def _load(settings: GemmaSettings) -> LocalModel[Any]:
    if not settings.source:
        raise LoadError("set GEMMA_MODEL to a folder or a repository name of a Gemma model")
    # Before torch is imported: the preflight counts the memory that it takes.
    resources = MachineResources.read(settings.cache)
    try:
        # Torch takes seconds to import, during which health answers already; without a model it need not be
        # installed.
        from services.gemma.loading.load_model import load_model  # noqa: PLC0415
        from services.gemma.weights.source import HuggingFaceHub  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise LoadError(f"{error.name} is not installed: pip install '.[gemma]'") from error
    return load_model(settings, HuggingFaceHub(), resources)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        try:
            from services.gemma.commands import main
        except ModuleNotFoundError as error:
            sys.exit(f"{error.name} is not installed: pip install '.[gemma]'")
        sys.exit(main(sys.argv[1:]))
    run(GemmaSettings.read, register)
    # All calls have ended. The model may still be loading, and Python would wait for its thread.
    os._exit(0)

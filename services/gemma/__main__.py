"""Starts the Gemma server; or checks what fits here, or quantises a model."""

import os
import sys
from functools import partial
from typing import Any

from chorus.model.v1 import model_service_pb2_grpc
from modelkit.servicer import MODEL_SERVICE
from rpckit import log
from rpckit.server import Host, run
from services.gemma.fit.resources import Resources
from services.gemma.scheduler.engine import BatchEngine, State, Status
from services.gemma.scheduler.local_model import LoadError, LocalModel
from services.gemma.server.servicer import GemmaServicer
from services.gemma.settings import Settings


async def register(host: Host, settings: Settings) -> None:
    """Adds the service, which is ready when the model is."""
    engine = BatchEngine(partial(_load, settings), settings.server.max_in_flight)
    await register_engine(host, settings, engine)


async def register_engine(host: Host, settings: Settings, engine: BatchEngine) -> None:
    """Adds the service of one engine, and has the engine load its model."""

    async def announce(status: Status) -> None:
        ready = status.state is State.READY
        log.event("ready" if ready else "not ready", detail=status.detail)
        await host.set_ready(MODEL_SERVICE, ready=ready)

    host.exit_stack.callback(engine.close)
    servicer = GemmaServicer(settings.name, engine, images=settings.images)
    await host.add(
        MODEL_SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, servicer, ready=False
    )
    host.spawn(engine.run(announce))


def _load(settings: Settings) -> LocalModel[Any]:
    if not settings.source:
        raise LoadError("set GEMMA_MODEL to a folder or a repository name of a Gemma model")
    # Before torch is here: the preflight counts what it takes.
    resources = Resources.read(settings.cache)
    try:
        # Only here: torch takes seconds to import, while health answers, and without a model it need not be
        # installed.
        from services.gemma.weights.load import load  # noqa: PLC0415
        from services.gemma.weights.source import Hub  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise LoadError(f"{error.name} is not installed: pip install '.[gemma]'") from error
    return load(settings, Hub(), resources)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        try:
            from services.gemma.commands import main
        except ModuleNotFoundError as error:
            sys.exit(f"{error.name} is not installed: pip install '.[gemma]'")
        sys.exit(main(sys.argv[1:]))
    run(Settings.read, register)
    # All calls have ended. A load has not, perhaps: Python would wait for its thread.
    os._exit(0)

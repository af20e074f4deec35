"""Starts the Gemma server."""

from functools import partial

from chorus.model.v1 import model_service_pb2_grpc
from rpckit import log
from rpckit.server import Host, run
from services.gemma.engine import ThreadEngine
from services.gemma.model import LoadError, LocalModel
from services.gemma.servicer import SERVICE, GemmaServicer
from services.gemma.settings import Settings


async def register(host: Host, settings: Settings) -> None:
    """Adds the service, which is ready when the model is."""
    await register_engine(host, settings, ThreadEngine(partial(_load, settings)))


async def register_engine(host: Host, settings: Settings, engine: ThreadEngine) -> None:
    """Adds the service of one engine, and has the engine load its model."""
    host.exit_stack.callback(engine.close)
    servicer = GemmaServicer(settings.name, engine)
    await host.add(SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, servicer, ready=False)
    host.spawn(_get_ready(host, engine))


async def _get_ready(host: Host, engine: ThreadEngine) -> None:
    ready = await engine.load()
    log.event("ready" if ready else "not ready", detail=engine.status.detail)
    await host.set_ready(SERVICE, ready=ready)


def _load(settings: Settings) -> LocalModel:
    if not settings.source:
        raise LoadError("set GEMMA_MODEL to a folder or a repository name of a Gemma model")
    try:
        # Only here: torch takes seconds to import, while health answers, and without a model it need not be
        # installed.
        from services.gemma.loading import load  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise LoadError(f"{error.name} is not installed: pip install '.[gemma]'") from error
    return load(settings.source, settings.threads)


if __name__ == "__main__":
    run(Settings.read, register)

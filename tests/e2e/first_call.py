"""Runs a service as `python -m` does, and notes what its calls loaded after it was ready.

`python -m tests.e2e.first_call services.proofreader` writes to the file that FIRST_CALL names, as the
service drains, one line for each module that was imported since and each cache of a loader that was filled.
"""

import asyncio
import functools
import inspect
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from rpckit.server import Host, run

_OURS = ("orchestrator", "services", "modelkit", "rpckit")


def counting(register: Callable[[Host, Any], Awaitable[None]]) -> Callable[[Host, Any], Awaitable[None]]:
    """Returns a `register` that also compares what is loaded at the end with what was once it was ready."""

    async def register_counted(host: Host, settings: Any) -> None:
        await register(host, settings)
        loaded_when_ready: set[str] = set()

        async def note() -> None:
            while not await _is_ready(host):  # noqa: ASYNC110 - a service does not say that it is ready
                await asyncio.sleep(0.01)
            loaded_when_ready.update(_loaded())

        def write() -> None:
            new = _loaded() - loaded_when_ready if loaded_when_ready else {"was never ready"}
            Path(os.environ["FIRST_CALL"]).write_text("".join(f"{each}\n" for each in sorted(new)), "utf-8")

        host.spawn(note())
        host.exit_stack.callback(write)

    return register_counted


async def _is_ready(host: Host) -> bool:
    response = await host.health.Check(HealthCheckRequest(), None)
    return response.status == HealthCheckResponse.SERVING


def _loaded() -> set[str]:
    return {*sys.modules, *_filled_loaders()}


def _filled_loaders() -> Iterator[str]:
    """Yields the functions of ours without arguments that have kept what they loaded."""
    # Not by way of the garbage collector, which would hold what another thread is still building.
    for module in [each for name, each in sys.modules.items() if name.startswith(_OURS)]:
        loaders = [each for each in vars(module).values() if isinstance(each, functools._lru_cache_wrapper)]
        for each in loaders:
            if each.cache_info().currsize and not inspect.signature(each).parameters:
                yield f"{each.__module__}.{each.__qualname__}"


if __name__ == "__main__":
    service = import_module(f"{sys.argv[1]}.__main__")
    (settings,) = (
        each
        for name, each in vars(service).items()
        if name.endswith("Settings") and hasattr(each, "read") and each.__module__.startswith(sys.argv[1])
    )
    run(settings.read, counting(service.register))

"""Counts a server's calls and serves the page that Prometheus reads. No label holds text of a caller's."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import grpc
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    start_http_server,
)

from rpckit.callers import account_of
from rpckit.memory_in_use import malloc_bytes
from rpckit.settings import ServerSettings

# The buckets reach from a listing of models to the longest generation.
_BUCKET_SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600)


OTHER_CALLERS = "other"


def caller_label(caller: str, named: frozenset[str]) -> str:
    """Returns what metrics call a caller: its name if the operator named it. So labels have an end."""
    account = account_of(caller)
    return account if account in named else OTHER_CALLERS


class CallMetrics:
    """Counts the calls of one server.

    Args:
        registry: Where they are counted.
        running: Returns how many calls run or wait.
        queued: Returns how many wait.
        callers: Those that have a label of their own.
    """

    def __init__(
        self,
        registry: CollectorRegistry,
        *,
        running: Callable[[], int],
        queued: Callable[[], int],
        callers: frozenset[str] = frozenset(),
    ) -> None:
        self._callers = callers
        labels = ("method", "code", "reason", "caller")
        self._ended = Counter("chorus_calls", "Calls that have ended.", labels, registry=registry)
        self._seconds = Histogram(
            "chorus_call_seconds",
            "How long calls took.",
            ("method",),
            buckets=_BUCKET_SECONDS,
            registry=registry,
        )
        in_flight = Gauge("chorus_calls_in_flight", "Calls that run or wait for a place.", registry=registry)
        in_flight.set_function(running)
        waiting = Gauge("chorus_calls_queued", "Calls that wait for a place.", registry=registry)
        waiting.set_function(queued)

    def end(
        self,
        method: str,
        code: grpc.StatusCode,
        reason: str,
        seconds: float,
        caller: str = "",
        exemplar: dict[str, str] | None = None,
    ) -> None:
        """Counts a call that has ended. `method` is the contract's name, not what a caller wrote."""
        label = caller_label(caller, self._callers)
        self._ended.labels(method, code.name, reason, label).inc(1, exemplar)
        self._seconds.labels(method).observe(seconds, exemplar)


@contextmanager
def metrics_endpoint(registry: CollectorRegistry, settings: ServerSettings) -> Iterator[None]:
    """Serves `/metrics` while the block runs in an event loop, if the settings name a port for it.

    Raises:
        SettingError: The port is taken.
    """
    if not settings.metrics_port:
        yield
        return
    ProcessCollector(registry=registry)
    loop = asyncio.get_running_loop()
    tasks = Gauge("chorus_asyncio_tasks", "Tasks of the event loop that have not ended.", registry=registry)
    tasks.set_function(lambda: len(asyncio.all_tasks(loop)))
    malloc = Gauge(
        "chorus_malloc_bytes", "What malloc has given out, without Python's small objects.", registry=registry
    )
    malloc.set_function(malloc_bytes)
    blocks = Gauge("chorus_python_blocks", "Blocks of Python's small objects, in use.", registry=registry)
    blocks.set_function(sys.getallocatedblocks)
    try:
        server, thread = start_http_server(settings.metrics_port, settings.host, registry)
    except OSError:
        raise settings.port_taken("METRICS_PORT", settings.metrics_port) from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

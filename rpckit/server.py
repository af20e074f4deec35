"""Starts, serves and drains a process: all that a server needs around its services is here and only here."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

import grpc
import uvloop
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health import SERVICE_NAME as HEALTH_SERVICE
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc
from prometheus_client import CollectorRegistry

from rpckit import log
from rpckit.admission import Admission
from rpckit.call import Deadline
from rpckit.callers import Callers
from rpckit.garbage import collect_often
from rpckit.health import Health
from rpckit.interceptor import CallInterceptor
from rpckit.metrics import metrics_endpoint
from rpckit.probes import health_endpoint
from rpckit.reflection import PacedReflection
from rpckit.settings import Environment, ServerSettings, SettingError
from rpckit.task_end import end
from rpckit.task_errors import error_of
from rpckit.tracing import start_tracing
from rpckit.transport import (
    COMMON_OPTIONS,
    LEAST_PING_SECONDS,
    SERVER_PING_SECONDS,
    SERVER_PING_TIMEOUT_SECONDS,
    Option,
    ping_options,
)

_WRONG_SETTING_EXIT_CODE = 2
# A call that was accepted and has not begun gets this long to begin while a server drains.
_LAST_CALLS_SECONDS = 2.0
# A server that drains stops once no call has begun for so long.
_QUIET_SECONDS = 0.2
# So many calls may wait to be seen, each of which costs some kilobytes.
_MAX_PENDING = 20_000


class ServiceSettings(Protocol):
    """The part of a service's settings that the bootstrap needs."""

    @property
    def server(self) -> ServerSettings:
        """Says where and how to serve."""


AnySettings = TypeVar("AnySettings", bound=ServiceSettings)


class Host:
    """Hosts the services of a process; a service's `register` adds its servicers, tasks and clean-up to it.

    Attributes:
        exit_stack: Holds what `register` opened; it is closed when the last call has ended.
        metrics: Holds what this process counts; a service may add its own.
        health: Reports what `set_ready` says.
        admission: Gives every call a place, and each request of a stream, which its servicer asks for.
        draining: Is set when the server begins to drain; a call that could go on for ever must end then.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.admission = Admission(settings.max_in_flight, settings.max_queued, settings.most_per_caller)
        self.metrics = CollectorRegistry()
        self.exit_stack = AsyncExitStack()
        tracer = start_tracing(settings, self.exit_stack)
        self._calls = CallInterceptor(
            self.admission, Callers(settings.callers), self.metrics, tracer, settings.metrics_callers
        )
        self._settings = settings
        self.server = grpc.aio.server(interceptors=[self._calls], options=_options(settings))
        self.health = Health()
        self.draining = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self.server)

    async def add(
        self,
        service: str,
        add_to_server: Callable[[Any, grpc.aio.Server], None],
        servicer: object,
        *,
        ready: bool = True,
    ) -> None:
        """Adds a servicer under its full name, for example "chorus.model.v1.ModelService"."""
        add_to_server(servicer, self.server)
        await self.set_ready(service, ready=ready)

    async def set_ready(self, service: str, *, ready: bool) -> None:
        """Sets whether a service answers. The process is ready when all of its services are."""
        self.health.set_ready(service, ready=ready)

    def spawn(self, background: Coroutine[Any, Any, None]) -> None:
        """Runs a coroutine beside the calls until it ends or the server has drained, and logs its error."""
        task = asyncio.create_task(background)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(error_of)

    def reflect(self) -> None:
        """Adds the reflection service, which tells clients the descriptors of all that was added."""
        names = (*self.health.services, HEALTH_SERVICE, reflection.SERVICE_NAME)
        add: Any = reflection_pb2_grpc.add_ServerReflectionServicer_to_server
        add(PacedReflection(names), self.server)

    async def drain(self) -> None:
        """Reports NOT_SERVING, gives clients time to notice, waits for running calls, and closes the rest."""
        self.health.drain()
        self.draining.set()
        await asyncio.sleep(self._settings.drain_pause)
        await self._until_none_begins()
        self.health.end_watches()
        stopping = asyncio.create_task(self.server.stop(self._settings.drain_grace))
        while not stopping.done():
            idle = asyncio.create_task(self._calls.idle())
            await asyncio.wait((stopping, idle), return_when=asyncio.FIRST_COMPLETED)
            idle.cancel()
            # A call that came before its client heard of the drain may not have begun yet. What stays open
            # while no call runs is a reflection, which need not end by itself.
            await asyncio.wait((stopping,), timeout=_LAST_CALLS_SECONDS)
            if self._calls.is_idle:
                await self.server.stop(None)
        await stopping
        await end(self._tasks)
        await self.exit_stack.aclose()

    async def _until_none_begins(self) -> None:
        """Waits until no call has begun for a moment, unless a client sends them without end.

        As it stops, grpc ends with CANCELLED what it has taken and not handed over. A busy process is handed
        its calls late, and its clients hear late of the drain.
        """
        quiet = min(_QUIET_SECONDS, self._settings.drain_pause)
        until = Deadline.after(_LAST_CALLS_SECONDS)
        begun = -1
        while quiet and begun != self._calls.begun and until.remaining():
            begun = self._calls.begun
            await asyncio.sleep(quiet)


Register = Callable[[Host, AnySettings], Awaitable[None]]


def run(read: Callable[[Environment], AnySettings], register: Register[AnySettings]) -> None:
    """Reads the settings, serves what `register` adds until SIGTERM or SIGINT, drains, and exits.

    After a wrong setting the process prints one line that names the variable, and exits with 2.
    """
    log.configure()
    try:
        settings = read(Environment())
        uvloop.run(serve(settings, register))
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_WRONG_SETTING_EXIT_CODE)


async def serve(settings: AnySettings, register: Register[AnySettings]) -> None:
    """Serves until SIGTERM or SIGINT, then drains.

    Raises:
        SettingError: The port is taken.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    async with serving(settings, register) as port:
        collect_often()
        log.event("serving", address=f"{settings.server.host}:{port}")
        await stopping.wait()
        log.event("draining")


@asynccontextmanager
async def serving(settings: AnySettings, register: Register[AnySettings]) -> AsyncIterator[int]:
    """Serves while the block runs, then drains.

    Yields the port; port 0 in the settings lets the system choose.

    Raises:
        SettingError: The port is taken.
    """
    _check_free(settings.server)
    host = Host(settings.server)
    try:
        await register(host, settings)
        host.reflect()
        host.exit_stack.enter_context(metrics_endpoint(host.metrics, settings.server))
        await host.exit_stack.enter_async_context(health_endpoint(host.health, settings.server))
        port = _bind(host.server, settings.server)
        await host.server.start()
        yield port
    finally:
        await host.drain()


def _check_free(settings: ServerSettings) -> None:
    """Checks the ports before anything is loaded, and before grpc does, which would log a line of its own."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    ports = {"PORT": settings.port, "HEALTH_PORT": settings.health_port}
    if settings.has_token_port:
        ports["TOKEN_PORT"] = settings.callers.token_port
    for which, port in ports.items():
        try:
            socket.create_server((settings.host.strip("[]"), port), family=family).close()
        except OSError:
            raise settings.port_taken(which, port) from None


def _bind(server: grpc.aio.Server, settings: ServerSettings) -> int:
    certificates = settings.security.certificates
    address, which, port = f"{settings.host}:{settings.port}", "PORT", settings.port
    try:
        if certificates is None:
            return server.add_insecure_port(address)
        bound = server.add_secure_port(address, certificates.for_server(ask_clients=True))
        if settings.has_token_port:
            which, port = "TOKEN_PORT", settings.callers.token_port
            server.add_secure_port(f"{settings.host}:{port}", certificates.for_server(ask_clients=False))
    except RuntimeError:
        raise settings.port_taken(which, port) from None
    return bound


def _options(settings: ServerSettings) -> tuple[Option, ...]:
    return (
        *COMMON_OPTIONS,
        *ping_options(SERVER_PING_SECONDS, SERVER_PING_TIMEOUT_SECONDS),
        ("grpc.so_reuseport", 0),
        # Beyond these grpc ends calls that nobody has seen with CANCELLED, whosesoever they are, at random up
        # to the second. By default they are 1,000 and 3,000; the admission says what it refuses, and why.
        ("grpc.server.max_pending_requests", _MAX_PENDING),
        ("grpc.server.max_pending_requests_hard_limit", _MAX_PENDING),
        # An old connection takes no new calls. There is no grace after which its running calls are cut off:
        # they have their deadlines, and a drain bounds them.
        ("grpc.max_connection_age_ms", round(settings.connection_age * 1000)),
        ("grpc.http2.min_ping_interval_without_data_ms", round(LEAST_PING_SECONDS * 1000)),
    )

"""Starts the processes of Chorus on this machine together, and stops them in order."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import cast

from deploy.local.variables import variables_of
from rpckit.settings import Environment, Security, SettingError

_HOST = "127.0.0.1"
# This is longer than a draining server lets its calls run.
_STOP_SECONDS = 130.0
_PLAINTEXT = Security()
# Kiwi's allocator, mimalloc, would otherwise keep the memory that only loading took.
_MIMALLOC_VARIABLES = {"MIMALLOC_PURGE_DELAY": "0", "MIMALLOC_ALLOW_LARGE_OS_PAGES": "0"}
# All show one certificate here, whatever its name, and listen to this machine alone.
_CALLERS_VARIABLES = {"CLOUD_PROXY_CALLERS": ","}


class PortTakenError(SettingError):
    """Something else listens on the port that a variable names."""


@dataclass(frozen=True, slots=True)
class Service:
    """Says which module a service runs, where it listens, and how clients connect to it."""

    name: str
    module: str
    port: int
    security: Security = _PLAINTEXT
    host: str = _HOST

    @property
    def address(self) -> str:
        """Returns the gRPC target, or the page's host and port."""
        return f"{self.host}:{self.port}"

    @property
    def port_variable(self) -> str:
        """Returns the name of the environment variable for the port."""
        return f"{self.name.upper()}_PORT"


ORCHESTRATOR = Service("orchestrator", "orchestrator", 50051)
GEMMA = Service("gemma", "services.gemma", 50052)
CLOUD_PROXY = Service("cloud_proxy", "services.cloud_proxy", 50053)
PROOFREADER = Service("proofreader", "services.proofreader", 50054)
SERVICES = (ORCHESTRATOR, GEMMA, CLOUD_PROXY, PROOFREADER)
# A client of the orchestrator, which serves no gRPC; nothing waits for it.
PAGE = Service("web", "clients.web.server", 8000)


def services(environment: Environment, *, free_ports: bool) -> list[Service]:
    """Returns the services, each with a port that is free now.

    With `free_ports` the system chooses them. Otherwise the environment names them, or they are the usual.

    Raises:
        SettingError: A variable holds no port, one that is taken, or no usable certificate.
    """
    security = Security.read(environment)
    found = []
    with ExitStack() as stack:
        # Every port is held until the last one is found, so that the system gives none out twice.
        for each in SERVICES:
            port = environment.integer(each.port_variable, each.port, least=1, most=65535)
            try:
                held = stack.enter_context(socket.create_server((_HOST, 0 if free_ports else port)))
            except OSError:
                wrong = f"cannot listen on {_HOST}:{port}; is something else listening there?"
                raise PortTakenError(each.port_variable, wrong) from None
            found.append(Service(each.name, each.module, held.getsockname()[1], security))
    return found


def page_service(environment: Environment) -> Service:
    """Returns where the page is served.

    Raises:
        SettingError: WEB_PORT holds no port.
        PortTakenError: It is taken.
    """
    host = environment.text("WEB_HOST", PAGE.host)
    port = environment.integer(PAGE.port_variable, PAGE.port, most=65535)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host.strip("[]"), port), family=family) as held:
            return replace(PAGE, host=host, port=held.getsockname()[1])
    except OSError:
        wrong = f"cannot listen on {host}:{port}; is something else listening there?"
        raise PortTakenError(PAGE.port_variable, wrong) from None


@dataclass(frozen=True, slots=True)
class Child:
    """Holds the process of a service, and the log that it writes."""

    service: Service
    process: Process
    log: Path

    def begin(self) -> None:
        """Lets the service load what it needs; until then it has taken no memory."""
        cast("asyncio.StreamWriter", self.process.stdin).write(b"\n")

    async def ended(self) -> str:
        """Waits until the process has ended; returns how, with its last line."""
        code = await self.process.wait()
        if code < 0:
            how = f"was killed by signal {-code}"
        else:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            how = f"ended with {code}: {lines[-1] if lines else 'it logged nothing'}"
        return f"{self.service.name} {how}"


async def start(started: Sequence[Service], logs: Path) -> list[Child]:
    """Starts the processes, which wait for `begin`.

    Each logs to a file of its own in the folder `logs`, and sees its own secrets alone.
    """
    known = os.environ.get("CHORUS_MODEL_SERVERS", "")
    targets = [each.address for each in started if each.name not in {ORCHESTRATOR.name, PAGE.name}]
    ports = {each.port_variable: str(each.port) for each in started}
    orchestrator = next(each for each in started if each.name == ORCHESTRATOR.name)
    environment = (
        _MIMALLOC_VARIABLES
        | _CALLERS_VARIABLES
        | os.environ
        | ports
        | {"CHORUS_MODEL_SERVERS": ",".join([*targets, known])}
        | client_variables(orchestrator)
    )
    children = []
    for service in started:
        log = logs / f"{service.name}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "deploy.local.child", service.module),
                stdin=PIPE,
                stdout=output,
                stderr=STDOUT,
                env=variables_of(service.name, environment),
                # A session of its own keeps ctrl-C from the child: `stop` stops the children in their order.
                start_new_session=True,
            )
        children.append(Child(service, process, log))
    return children


def client_variables(orchestrator: Service) -> dict[str, str]:
    """Returns what leads a client to the orchestrator."""
    variables = {"CHORUS_SERVER": orchestrator.address}
    if orchestrator.security.certificates:
        # The client shows a certificate here. Tokens are for the other port.
        variables["CHORUS_TOKEN"] = ""
    return variables


async def stop(children: Sequence[Child], hurry: asyncio.Event) -> None:
    """Drains the page, then the orchestrator, whose calls need the others, and then those.

    `hurry` kills what is left.
    """
    order = (PAGE.name, ORCHESTRATOR.name)
    groups = [[each.process for each in children if each.service.name == name] for name in order]
    groups.append([each.process for each in children if each.service.name not in order])
    hurried = asyncio.create_task(hurry.wait())
    for processes in filter(None, groups):
        for process in processes:
            if process.returncode is None:
                process.terminate()
        ends = asyncio.gather(*(each.wait() for each in processes))
        await asyncio.wait((ends, hurried), timeout=_STOP_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    hurried.cancel()
    for process in chain.from_iterable(groups):
        if process.returncode is None:
            process.kill()
        await process.wait()

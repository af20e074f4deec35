"""`python -m deploy.local up` keeps Chorus running; `python -m deploy.local run` reviews a text and stops."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from chorus_command_line import arguments
from deploy.local.process import (
    GEMMA,
    ORCHESTRATOR,
    PAGE,
    Child,
    PortTakenError,
    Service,
    client_variables,
    page_service,
    services,
    start,
    stop,
)
from deploy.local.readiness import until_found, until_listening, until_ready
from deploy.local.variables import CLIENT, variables_of
from rpckit.settings import Environment, SettingError

_SAMPLES = Path(
    os.path.relpath(Path(__file__).parents[2] / "clients" / "python" / "chorus_command_line" / "samples")
)
_BUILT_PAGE = Path(__file__).parents[2] / "clients" / "web" / "page" / "dist"
# What a person types to run a module as here.
_COMMAND = f"`{os.path.relpath(sys.executable)} -m"
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FAILED = 1
_WRONG_SETTING = 2
_INTERRUPTED = 130


# `run` passes these variables to the client, and parses them first, so that nothing starts for a wrong one.
_CLIENT_PARSERS = {"FILE": arguments.file, "TASK": arguments.text, "RUBRIC": arguments.rubric}


class ServiceNotReadyError(Exception):
    """A service was not ready in time."""


async def run_locally(command: str, environment: Environment, logs: Path) -> int:
    """Starts the services, runs the command "up" or "run", stops the services, and returns the exit code.

    Raises:
        SettingError: A variable holds no port, one that is taken, or no usable certificate.
    """
    interruption = asyncio.Event()
    for number in _STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, interruption.set)
    found = services(environment, free_ports=command == "run")
    children = await start([*found, *(_page(environment) if command == "up" else ())], logs)
    try:
        return await _until_over(command, children, environment, interruption)
    finally:
        interruption.clear()
        await stop(children, hurry=interruption)


def _page(environment: Environment) -> list[Service]:
    """Returns the page's server; none, and why, if its port is taken."""
    try:
        return [page_service(environment)]
    except PortTakenError as error:
        sys.stderr.write(f"{error} The page is not served; the rest is\n")
        return []


async def _until_over(
    command: str, children: Sequence[Child], environment: Environment, interruption: asyncio.Event
) -> int:
    """Returns the exit code as soon as the command is done, a service has ended, or a signal has come."""
    commanded = _run(children, environment) if command == "run" else _up(children, environment)
    running = asyncio.create_task(commanded)
    first_end = asyncio.create_task(_first_end(children))
    interrupted = asyncio.create_task(interruption.wait())
    tasks = (running, first_end, interrupted)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if first_end.done():
            sys.stderr.write(f"{first_end.result()}\n")
            return _FAILED
        if not running.done():
            _print("Stopping: what runs is answered first; again to kill")
            return _INTERRUPTED if command == "run" else 0
        return running.result()
    except ServiceNotReadyError as error:
        sys.stderr.write(f"{error}\n")
        return _FAILED
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _up(children: Sequence[Child], environment: Environment) -> int:
    """Waits until the services are ready, serves the page before them, and then waits for ever."""
    await _until_ready([each for each in children if not _is_page(each)], environment)
    for page in filter(_is_page, children):
        await _serve_page(page, environment)
    await asyncio.Event().wait()
    return 0


async def _serve_page(page: Child, environment: Environment) -> None:
    """Says where the page is; if it ends, says so, and leaves the services as they are."""
    page.begin()
    ended = asyncio.create_task(page.ended())
    listens = asyncio.create_task(until_listening(page.service))
    try:
        await asyncio.wait((ended, listens), return_when=asyncio.FIRST_COMPLETED)
        if listens.done() and not listens.exception():
            _print(f"{'page':12}  {_where(page.service, environment)}")
        how = await ended
        again = f"{_COMMAND} {page.service.module}` in another terminal, with the variables of this one"
        sys.stderr.write(f"{how}; the rest goes on, and {again}, brings it back; log: {page.log}\n")
    finally:
        for task in (ended, listens):
            task.cancel()


def _where(page: Service, environment: Environment) -> str:
    """Returns the page's address and, where it is not built, what builds it."""
    address = f"{'https' if environment.text('WEB_TLS_DIR') else 'http'}://{page.address}"
    if (Path(environment.text("WEB_PAGE_DIR", str(_BUILT_PAGE))) / "index.html").is_file():
        return f"{address}  open it in a browser"
    return f"not built: `make page-build`, which needs Node.js 20.19, 22.12 or newer, builds it for {address}"


def _is_page(child: Child) -> bool:
    return child.service.name == PAGE.name


async def _run(children: Sequence[Child], environment: Environment) -> int:
    """Reviews FILE, or else a Korean and an English sample, and returns the client's exit code."""
    await _until_ready(children, environment)
    options = [
        f"{option}={value}"
        for option, variable in (("--task", "TASK"), ("--rubric", "RUBRIC"))
        if (value := environment.text(variable))
    ]
    file = environment.text("FILE")
    files = [file] if file else [str(_SAMPLES / "ko.txt"), str(_SAMPLES / "en.txt")]
    client = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chorus_command_line", "review", *options, "--", *files),
        env=variables_of(CLIENT, os.environ) | client_variables(_orchestrator(children)),
    )
    try:
        return await client.wait()
    finally:
        if client.returncode is None:
            client.terminate()
            await client.wait()


async def _until_ready(children: Sequence[Child], environment: Environment) -> None:
    model = environment.text("GEMMA_MODEL")
    # Gemma plans with all the memory that it finds free. With a model it begins when the others have theirs.
    last = [each for each in children if model and each.service.name == GEMMA.name]
    await _begin([each for each in children if each not in last], _orchestrator(children))
    if last:
        _print(f"gemma loads {model}; that can take minutes")
        await _begin(last, _orchestrator(children))


def _orchestrator(children: Sequence[Child]) -> Service:
    return next(each.service for each in children if each.service.name == ORCHESTRATOR.name)


async def _begin(children: Sequence[Child], orchestrator: Service) -> None:
    for each in children:
        each.begin()
    await asyncio.gather(*(_announce(each, orchestrator) for each in children))


async def _announce(child: Child, orchestrator: Service) -> None:
    """Says that a service is ready, and that the orchestrator has found it."""
    try:
        state = await until_ready(child.service)
        await until_found(orchestrator, child.service.address)
    except TimeoutError:
        raise ServiceNotReadyError(f"{child.service.name} was not ready in time; see {child.log}") from None
    _print(f"{child.service.name:12}  {child.service.address}  {state}")


async def _first_end(children: Sequence[Child]) -> str:
    """Waits until one of the services has ended, and says how."""
    children = [each for each in children if not _is_page(each)]
    ends = [asyncio.create_task(each.ended()) for each in children]
    done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    ended = children[ends.index(done.pop())]
    return f"{await ended.ended()}; stopping the others; log: {ended.log}"


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _check_client_variables(environment: Environment) -> None:
    if environment.text("TASK") and not environment.text("FILE"):
        raise SettingError("TASK", "is of a text of your own; name it, too: FILE=essay.txt")
    for variable, parse in _CLIENT_PARSERS.items():
        try:
            if value := environment.text(variable):
                parse(value)
        except typer.BadParameter as error:
            raise SettingError(variable, error.message) from None


def _logs(command: str, environment: Environment) -> Path:
    variable = "CHORUS_STATE_DIR"
    logs = Path(environment.text(variable, ".state")) / "logs" / command
    try:
        logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(variable, f"{logs} cannot be made: {error.strerror}") from None
    return logs


def main() -> None:
    """Runs the command of the command line and exits with its code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description=__doc__)
    parser.add_argument("command", choices=("up", "run"))
    command = parser.parse_args().command
    try:
        environment = Environment()
        if command == "run":
            _check_client_variables(environment)
        logs = _logs(command, environment)
        _print(f"Starting; ctrl-C stops; logs in {logs}")
        sys.exit(asyncio.run(run_locally(command, environment, logs)))
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_WRONG_SETTING)


if __name__ == "__main__":
    main()

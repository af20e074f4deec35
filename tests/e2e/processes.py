"""Runs Chorus as real processes on the loopback: starts them, waits for their health, and stops them."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chorus.classroom.v1 import classroom_service_pb2_grpc
from chorus.feedback.v1 import feedback_service_pb2_grpc
from rpckit.channel import connect
from rpckit.settings import Environment, Security
from tests.patience import PROCESS_PATIENCE

ROOT = Path(__file__).parents[2]
CATALOG = Path(__file__).parent / "catalog.toml"
FEEDBACK_SERVICE = "chorus.feedback.v1.FeedbackService"
# Nothing listens at this address, so calls to it are refused and never leave the machine.
NOWHERE = "127.0.0.1:1"


@dataclass(frozen=True)
class Program:
    """Says what `python -m` runs, and which setting holds its port; the system chooses the port."""

    arguments: tuple[str, ...]
    port_variable: str


ORCHESTRATOR = Program(("orchestrator",), "ORCHESTRATOR_PORT")
CLOUD_PROXY = Program(("services.cloud_proxy",), "CLOUD_PROXY_PORT")
PROOFREADER = Program(("services.proofreader",), "PROOFREADER_PORT")
FAKE = Program(("tests.fakes.model_server",), "FAKE_PORT")
WEB = Program(("clients.web.server",), "WEB_PORT")
GEMMA = Program(("services.gemma",), "GEMMA_PORT")
SERVICES = (ORCHESTRATOR, GEMMA, CLOUD_PROXY, PROOFREADER)


@dataclass
class ServerProcess:
    """Holds a program that serves, its log and its address."""

    process: asyncio.subprocess.Process
    log: Path
    address: str = ""

    async def end(self, number: signal.Signals) -> int:
        """Sends a signal, waits for the end, and returns the exit code."""
        self.process.send_signal(number)
        async with asyncio.timeout(PROCESS_PATIENCE):
            return await self.process.wait()

    def logged(self) -> str:
        """Returns all that the program has written so far."""
        return self.log.read_text("utf-8")

    def command_line(self) -> str:
        """Returns the command line, which everyone on the machine can see."""
        return Path(f"/proc/{self.process.pid}/cmdline").read_text("utf-8")


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Returns all the variables of a process: none of this machine's, and every provider on the loopback."""
    nowhere = f"http://{NOWHERE}/v1"
    urls = ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GEMINI_BASE_URL", "HF_BASE_URL")
    own = {"HOME": str(folder), "LANG": "C.UTF-8", "CHORUS_STATE_DIR": str(folder / "state")}
    return dict.fromkeys(urls, nowhere) | own | variables


async def run_to_end(folder: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """Runs `python -m` until it ends; returns its exit code, standard output and standard error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *arguments),
        cwd=ROOT,
        env=environment(folder, **variables),
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        async with asyncio.timeout(PROCESS_PATIENCE):
            output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


@asynccontextmanager
async def running(program: Program, folder: Path, **variables: str) -> AsyncIterator[ServerProcess]:
    """Runs a program as `serving` does, and waits until it is ready."""
    async with serving(program, folder, **variables) as started:
        async with asyncio.timeout(PROCESS_PATIENCE):
            await _until_ready(started.address, Security.read(Environment(variables)))
        yield started


@asynccontextmanager
async def serving(program: Program, folder: Path, **variables: str) -> AsyncIterator[ServerProcess]:
    """Runs a program while the block runs; then it must drain and exit with 0, unless the block ended it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *program.arguments),
        cwd=ROOT,
        env=environment(folder, **{program.port_variable: "0"} | variables),
        stdout=PIPE,
        stderr=STDOUT,
    )
    log = folder / f"{program.arguments[-1]}-{process.pid}.log"
    started = ServerProcess(process, log)
    serves = asyncio.Event()
    logging = asyncio.create_task(_keep_log(started, serves))
    try:
        async with asyncio.timeout(PROCESS_PATIENCE):
            await serves.wait()
            assert started.address, f"it ended before it served: {started.logged()}"
        yield started
        if process.returncode is None:
            assert await started.end(signal.SIGTERM) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await logging


async def _keep_log(started: ServerProcess, serves: asyncio.Event) -> None:
    """Copies the output of a process to its log, and takes its address from there."""
    assert started.process.stdout is not None
    with started.log.open("wb", buffering=0) as file:
        async for line in started.process.stdout:
            file.write(line)
            if not started.address and b'"serving"' in line:
                started.address = json.loads(line)["address"]
                serves.set()
    serves.set()


async def _until_ready(address: str, security: Security) -> None:
    service = "grpc.health.v1.Health"
    async with connect(address, service, watch_health=False, security=security) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        is_ready = False
        while not is_ready:
            watch = stub.Watch(health_pb2.HealthCheckRequest(), wait_for_ready=True)
            try:
                while (await watch.read()).status != health_pb2.HealthCheckResponse.SERVING:
                    pass
                is_ready = True
            except grpc.aio.AioRpcError as error:
                # On a machine that is very busy a ping comes back too late, and the connection is given up.
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise


@asynccontextmanager
async def feedback_stub(address: str) -> AsyncIterator[Any]:
    """Opens a stub for the FeedbackService of an orchestrator."""
    async with connect(address, FEEDBACK_SERVICE) as channel:
        yield feedback_service_pb2_grpc.FeedbackServiceStub(channel)


@asynccontextmanager
async def classroom_stub(address: str) -> AsyncIterator[Any]:
    """Opens a stub for the ClassroomService of an orchestrator."""
    async with connect(address, "chorus.classroom.v1.ClassroomService") as channel:
        yield classroom_service_pb2_grpc.ClassroomServiceStub(channel)


async def until(condition: Callable[[], bool]) -> None:
    """Waits until a condition holds, such as that another process has written to a file."""
    async with asyncio.timeout(PROCESS_PATIENCE):
        while not condition():  # noqa: ASYNC110 - a file does not say that it has changed
            await asyncio.sleep(0.01)

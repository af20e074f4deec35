"""The ways to run a model that are compared, each in a process of its own."""

import asyncio
import itertools
import os
import statistics
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import torch
from grpc_health.v1 import health_pb2, health_pb2_grpc
from transformers import AutoModelForCausalLM

from chorus.model.v1.content_pb2 import ROLE_USER, Part, Turn
from chorus.model.v1.generation_pb2 import Sampling
from chorus.model.v1.model_service_pb2 import GenerateRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from services.gemma.servicer import SERVICE

CALLERS = (1, 4, 8)
_ROUNDS = 3
_LONG_PROMPT = 400
_TIMEOUT = 1800.0
# Of an answer.
TOKENS = int(os.environ.get("BENCH_TOKENS", "16"))
_prompts = itertools.count()


@dataclass(slots=True)
class Result:
    """One row of the table. Speeds are tokens a second of all callers together."""

    way: str
    ready_seconds: float
    anonymous_gib: float = 0.0
    first_token_seconds: float = 0.0
    speeds: tuple[float, ...] = ()


@asynccontextmanager
async def served(
    source: Path, port: int, group: Path | None = None, **variables: str
) -> AsyncIterator[tuple[Any, float, int]]:
    """A server, ready: its stub, the seconds to there, its process id. `group` is the cgroup to run it in."""
    join = f"echo $$ > {group / 'cgroup.procs'};" if group else ""
    command = f"{join} exec {sys.executable} -m services.gemma"
    # All cores, as the report's way takes them: nothing else is meant to run meanwhile.
    own = {"GEMMA_MODEL": str(source), "GEMMA_PORT": str(port), "GEMMA_THREADS": str(os.cpu_count())}
    environment = os.environ | own | variables
    started = time.perf_counter()
    process = await asyncio.create_subprocess_shell(
        command, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            health: Any = health_pb2_grpc.HealthStub(channel)
            request = health_pb2.HealthCheckRequest(service=SERVICE)
            async for response in health.Watch(request, wait_for_ready=True):
                if response.status == health_pb2.HealthCheckResponse.SERVING:
                    break
            yield ModelServiceStub(channel), time.perf_counter() - started, process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def of_server(way: str, source: Path, port: int, callers: tuple[int, ...], **variables: str) -> Result:
    """Our server, through gRPC."""
    async with served(source, port, None, **variables) as (stub, ready, process):
        with peak_anonymous(process) as peak:
            long = "".join(chr(ord("a") + index % 26) for index in range(_LONG_PROMPT))
            first = await _first_token(stub, long)
            speeds = []
            for count in callers:
                rounds = [await _speed(stub, count) for _ in range(_ROUNDS)]
                speeds.append(statistics.median(rounds))
    return Result(way, ready, max(peak), first, tuple(speeds))


def request(text: str, tokens: int) -> GenerateRequest:
    """The best token each time, to the last one."""
    return GenerateRequest(
        turns=[Turn(role=ROLE_USER, parts=[Part(text=text)])],
        sampling=Sampling(temperature=0, max_output_tokens=tokens),
    )


async def _first_token(stub: Any, text: str) -> float:
    started = time.perf_counter()
    await stub.Generate(request(text, 1), timeout=_TIMEOUT)
    return time.perf_counter() - started


async def _speed(stub: Any, callers: int) -> float:
    """Short prompts in words that no other one begins with, and their answers."""
    started = time.perf_counter()
    calls = [stub.Generate(request(f"{next(_prompts)}", TOKENS), timeout=_TIMEOUT) for _ in range(callers)]
    answers = await asyncio.gather(*calls)
    written: int = sum(each.completion.usage.output_tokens for each in answers)
    return written / (time.perf_counter() - started)


async def of_report(source: Path, callers: int) -> Result:
    """The report's: fp32, one `generate` after the other in an executor, whoever else waits."""
    started = time.perf_counter()
    with peak_anonymous(os.getpid()) as peak:
        model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
        ready = time.perf_counter() - started
        loop, executor = asyncio.get_running_loop(), ThreadPoolExecutor(1)

        def generate(length: int, tokens: int) -> None:
            prompt = torch.randint(5, 300, (1, length))
            model.generate(prompt, do_sample=False, max_new_tokens=tokens, min_new_tokens=tokens)

        await loop.run_in_executor(executor, generate, 4, 1)
        started = time.perf_counter()
        await asyncio.gather(*(loop.run_in_executor(executor, generate, 4, TOKENS) for _ in range(callers)))
        speed = callers * TOKENS / (time.perf_counter() - started)
        started = time.perf_counter()
        await loop.run_in_executor(executor, generate, _LONG_PROMPT, 1)
        first = time.perf_counter() - started
    return Result("the report's way, fp32", ready, max(peak), first, (speed,))


@contextmanager
def peak_anonymous(process: int) -> Iterator[list[float]]:
    """GiB that no file stands behind, while the block runs: the list's greatest is the peak."""
    seen, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
            seen.append(int(status.partition("RssAnon:")[2].split()[0]) / 2**20)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()

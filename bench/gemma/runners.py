"""The runners that are compared, each in a process of its own."""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import torch
from grpc_health.v1 import health_pb2, health_pb2_grpc
from transformers import AutoModelForCausalLM

from bench.gemma.figures import CALLERS, LONG_PROMPT, ROUNDS, Figures, peak_anonymous
from chorus.model.v1.content_pb2 import ROLE_USER, Part, Turn
from chorus.model.v1.generation_pb2 import Sampling
from chorus.model.v1.model_service_pb2 import GenerateRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from modelkit.servicer import MODEL_SERVICE

_TIMEOUT = 1800.0
# Of each answer.
TOKENS = int(os.environ.get("BENCH_TOKENS", "32"))
SHORT_TEXT = "Hello"
_SHORT_PROMPT = 4


def long_text(number: int) -> str:
    """A prompt that shares no prefix with another."""
    # Each digit is a token, in any tokenizer here.
    return f"{number:03}" + "".join(str(index % 10) for index in range(LONG_PROMPT))


@asynccontextmanager
async def served(
    source: Path, port: int, group: Path | None = None, **variables: str
) -> AsyncIterator[tuple[Any, float, int]]:
    """Starts a server in a cgroup, if one is given; yields its stub, the seconds to READY, its process id."""
    join = f"echo $$ > {group / 'cgroup.procs'};" if group else ""
    command = f"{join} exec {sys.executable} -m services.gemma"
    # All cores, as the report's way takes them: nothing else should run meanwhile.
    own = {"GEMMA_MODEL": str(source), "GEMMA_PORT": str(port), "GEMMA_THREADS": str(os.cpu_count())}
    environment = os.environ | own | variables
    started = time.perf_counter()
    process = await asyncio.create_subprocess_shell(
        command, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            health: Any = health_pb2_grpc.HealthStub(channel)
            request = health_pb2.HealthCheckRequest(service=MODEL_SERVICE)
            async for response in health.Watch(request, wait_for_ready=True):
                if response.status == health_pb2.HealthCheckResponse.SERVING:
                    break
            yield ModelServiceStub(channel), time.perf_counter() - started, process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def of_server(source: Path, port: int, **variables: str) -> Figures:
    """Measures our server, through gRPC."""
    async with served(source, port, None, **variables) as (stub, ready, process):
        with peak_anonymous(process) as peak:
            first = statistics.median([await _first_token(stub, number) for number in range(ROUNDS)])
            speeds = [
                statistics.median([await _speed(stub, callers) for _ in range(ROUNDS)]) for callers in CALLERS
            ]
    return Figures(ready, max(peak), first, tuple(speeds))


async def of_process(module: str, *arguments: str, **variables: str) -> Figures:
    """Measures a runner that is a module of its own and prints its figures."""
    command = [sys.executable, "-m", module, *arguments]
    process = await asyncio.create_subprocess_exec(
        *command,
        env=os.environ | variables,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{module} ended with {process.returncode}")
    return Figures(**json.loads(output))


def request(text: str, tokens: int) -> GenerateRequest:
    """A request at temperature 0, for so many tokens."""
    return GenerateRequest(
        turns=[Turn(role=ROLE_USER, parts=[Part(text=text)])],
        sampling=Sampling(temperature=0, max_output_tokens=tokens),
    )


async def _first_token(stub: Any, number: int) -> float:
    started = time.perf_counter()
    await stub.Generate(request(long_text(number), 1), timeout=_TIMEOUT)
    return time.perf_counter() - started


async def _speed(stub: Any, callers: int) -> float:
    """Decode speed of so many callers, whose prompt is reused from the KV cache."""
    await stub.Generate(request(SHORT_TEXT, 1), timeout=_TIMEOUT)
    started = time.perf_counter()
    calls = [stub.Generate(request(SHORT_TEXT, TOKENS), timeout=_TIMEOUT) for _ in range(callers)]
    answers = await asyncio.gather(*calls)
    written: int = sum(each.completion.usage.output_tokens for each in answers)
    return written / (time.perf_counter() - started)


async def of_report(source: Path) -> Figures:
    """Measures the report's way: fp32, one `generate` after the other in an executor."""
    started = time.perf_counter()
    with peak_anonymous(os.getpid()) as peak:
        model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
        loop, executor = asyncio.get_running_loop(), ThreadPoolExecutor(1)

        def generate(length: int, tokens: int) -> None:
            prompt = torch.randint(5, 300, (1, length))
            model.generate(prompt, do_sample=False, max_new_tokens=tokens, min_new_tokens=tokens)

        async def seconds(length: int, tokens: int, callers: int) -> float:
            started = time.perf_counter()
            calls = [loop.run_in_executor(executor, generate, length, tokens) for _ in range(callers)]
            await asyncio.gather(*calls)
            return time.perf_counter() - started

        await seconds(_SHORT_PROMPT, 1, 1)
        ready = time.perf_counter() - started
        first = statistics.median([await seconds(LONG_PROMPT, 1, 1) for _ in range(ROUNDS)])
        # Callers wait for each other: two take as long for each answer as eight.
        taken = statistics.median([await seconds(_SHORT_PROMPT, TOKENS, 2) for _ in range(ROUNDS)])
    return Figures(ready, max(peak), first, (2 * TOKENS / taken,) * len(CALLERS))

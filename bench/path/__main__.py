"""Prints the processor time of one three-way review on its way through the processes.

    python -m bench.path [--rounds 5] [--pace 0.002] [--form burst] [--litellm PYTHON]

A provider, a cloud proxy and an orchestrator are real processes on the loopback, and so is a program in
which OpenAI's SDK makes the same three calls: its time is the baseline. The processor time is that of all
threads of a process, in milliseconds for one review; medians. The provider streams each answer of 9 KB whole,
in one event for each token at once ("burst"), or those at a pace ("paced"). The caller asks for the response
alone ("unary") or for the stream with early points. Then more and more callers ask at once for reviews by
models that answer whole, and LiteLLM's proxy for their three calls. With --profile it says where the time
goes.
"""

import argparse
import asyncio
import os
import signal
import socket
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from bench.path.answers import essay
from bench.path.callers import print_callers
from bench.path.litellm_proxy import lite_llm
from bench.path.reviews import ask, listen, review_of, spent
from bench.path.sdk import chat_arguments
from tests.e2e.processes import CLOUD_PROXY, ORCHESTRATOR, Program, feedback_stub, running

FORMS = ("whole", "burst", "paced")
_VOICES = "abc"


async def main(rounds: int, pace: float, forms: Sequence[str], *, profile: bool, litellm: str) -> None:
    """Prints the table, and the profiles of both processes if asked to."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        files = [folder / "proxy", folder / "orchestrator"]
        if profile:
            stack.callback(_print, files)
        provider = await enter(_program("bench.path.provider", str(pace)))
        url = await _line(provider)
        proxy = await enter(
            running(
                _profiled(CLOUD_PROXY, files[0]) if profile else CLOUD_PROXY,
                folder,
                CLOUD_PROXY_CATALOG=str(Path(__file__).with_name("catalog.toml")),
                OPENAI_BASE_URL=url,
                OPENAI_API_KEY="not-a-key",
            )
        )
        program = _profiled(ORCHESTRATOR, files[1]) if profile else ORCHESTRATOR
        orchestrator = await enter(running(program, folder, CHORUS_MODEL_SERVERS=proxy.address))
        stub = await enter(feedback_stub(orchestrator.address))
        pids = [proxy.process.pid, orchestrator.process.pid]
        print(f"{'':7}{'caller':10}{'proxy':>8}{'orchestrator':>14}{'both':>8}{'SDK':>8}{'proxy/SDK':>11}")
        callers = (("unary", ask), ("stream", listen))[: 1 if profile else 2]
        for form in forms:
            models = [f"{form}-{voice}" for voice in _VOICES]
            request = review_of(essay(), "en", [f"openai/{each}" for each in models])
            sdk = await enter(_program("bench.path.sdk", url, *models))
            alone = statistics.median([await _alone(sdk) for _ in range(rounds + 1)][1:])
            for caller, asking in callers:
                if profile:
                    await spent(pids, asking, stub, request)
                    for pid in pids:
                        os.kill(pid, signal.SIGUSR1)
                taken = [await spent(pids, asking, stub, request) for _ in range(rounds + 1)][1:]
                in_proxy, in_orchestrator = (statistics.median(each) for each in zip(*taken, strict=True))
                print(
                    f"{form:7}{caller:10}{in_proxy:8.1f}{in_orchestrator:14.1f}"
                    f"{in_proxy + in_orchestrator:8.1f}{alone:8.1f}{in_proxy / alone:11.2f}",
                    flush=True,
                )
        if profile:
            return
        models = [f"whole-{voice}" for voice in _VOICES]
        if litellm:
            other = await enter(lite_llm(litellm, folder, _free_port(), url, models))
            body = chat_arguments()
            of_it = [await other.spent(models, body) for _ in range(rounds + 3)][3:]
            print(
                f"LiteLLM {other.version}, the three calls, unary: {statistics.median(of_it):.1f}", flush=True
            )
            await print_callers("LiteLLM, the three calls", partial(other.ask, models, body), [other.pid])
        request = review_of(essay(), "en", [f"openai/{each}" for each in models])
        await print_callers("Chorus, the review", partial(ask, stub, request), pids)


async def _alone(sdk: Process) -> float:
    assert sdk.stdin is not None
    sdk.stdin.write(b"\n")
    characters, milliseconds = (await _line(sdk)).split()
    assert int(characters) > 0
    return float(milliseconds)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _profiled(program: Program, file: Path) -> Program:
    return Program(("bench.path.profiled", str(file), *program.arguments), program.port_variable)


def _print(files: Sequence[Path]) -> None:
    for file in files:
        print(f"\n{file.name}: {file.read_text(encoding='utf-8')}")


@asynccontextmanager
async def _program(*arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *arguments, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    try:
        yield process
    finally:
        process.stdin.close()
        await process.wait()


async def _line(process: Process) -> str:
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pace", type=float, default=0.002, help="seconds from one token to the next")
    parser.add_argument(
        "--profile", action="store_true", help="say where the time of whole answers for unary callers goes"
    )
    parser.add_argument("--litellm", default="", help="a Python that has litellm[proxy], to compare with it")
    parser.add_argument("--form", choices=FORMS, help="one of the three alone")
    arguments = parser.parse_args()
    forms = [arguments.form] if arguments.form else FORMS[:1] if arguments.profile else FORMS
    asyncio.run(
        main(arguments.rounds, arguments.pace, forms, profile=arguments.profile, litellm=arguments.litellm)
    )

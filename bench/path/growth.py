"""Prints what the orchestrator alone takes for texts of growing length, beside a call that does nothing.

    python -m bench.path.growth [--rounds 5]

Three models of a fake server answer at once, in another process. The processor time is that of the
orchestrator, all threads, for one review; medians, and how often as much it is as for the text before. The
call beside it is grpc.aio's alone, with the same text and no work: its server is a process, too.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc

from bench.corpora import KOREAN_PARAGRAPHS, texts
from bench.path.answers import sentences
from bench.path.reviews import ask, processor_seconds, review_of, spent
from tests.e2e.processes import FAKE, ORCHESTRATOR, feedback_stub, running

_LENGTHS = (300, 3_000, 30_000)
_MODELS = ("fake/good", "fake/second", "fake/third")
_ECHO = "/bench.Echo/Echo"


async def main(rounds: int) -> None:
    """Prints the table."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        fake = await enter(running(FAKE, folder))
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=fake.address))
        stub = await enter(feedback_stub(orchestrator.address))
        echo = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __spec__.name, "--echo", stdin=PIPE, stdout=PIPE
        )
        assert echo.stdin is not None
        assert echo.stdout is not None
        channel = await enter(grpc.aio.insecure_channel((await echo.stdout.readline()).decode().strip()))
        print(f"{'':4}{'characters':>10}{'orchestrator ms':>17}{'grows':>8}{'bare grpc.aio ms':>18}")
        for language in ("en", "ko"):
            before = 0.0
            for length in _LENGTHS:
                request = review_of(text_of(language, length), language, _MODELS)
                pid = orchestrator.process.pid
                taken = [(await spent([pid], ask, stub, request))[0] for _ in range(rounds + 1)][1:]
                bare = [
                    await _bare(channel, echo.pid, request.SerializeToString()) for _ in range(rounds + 1)
                ][1:]
                now = statistics.median(taken)
                growth = f"{now / before:8.1f}" if before else f"{'':8}"
                print(
                    f"{language:4}{length:10}{now:17.1f}{growth}{statistics.median(bare):18.2f}", flush=True
                )
                before = now
        echo.stdin.close()
        await echo.wait()


def text_of(language: str, length: int) -> str:
    """Returns a text of so many characters; no passage is there twice before all were there once."""
    if language == "en":
        parts = [
            f"{each} This is number {number}." for number in range(1 + length // 2000) for each in sentences()
        ]
    else:
        parts = list(texts(KOREAN_PARAGRAPHS).values()) * (1 + length // 30_000)
    return " ".join(parts)[:length]


async def _bare(channel: grpc.aio.Channel, pid: int, message: bytes) -> float:
    call: Any = channel.unary_unary(_ECHO)
    before = processor_seconds(pid)
    await call(message, timeout=60)
    return 1000 * (processor_seconds(pid) - before)


async def _serve_echo() -> None:
    async def echo(message: bytes, _: object) -> bytes:
        return message

    handlers: dict[str, Any] = {"Echo": grpc.unary_unary_rpc_method_handler(echo)}
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("bench.Echo", handlers)])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"127.0.0.1:{port}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--echo", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    asyncio.run(_serve_echo() if arguments.echo else main(arguments.rounds))

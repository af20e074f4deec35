"""Tokens a second, first token and memory of the real server, through gRPC, by how many call at once."""

import asyncio
import os
import statistics
import sys
import time
from typing import Any

from bench.gemma.__main__ import CACHE
from bench.gemma.gpu.journal import record
from bench.gemma.gpu.server import CALL_SECONDS, Server, started
from bench.gemma.runners import SHORT_TEXT, long_text, request
from bench.gemma.weights import built
from chorus.model.v1.model_service_pb2 import StreamGenerateRequest

CALLERS = tuple(int(each) for each in os.environ.get("BENCH_CALLERS", "1 8 64 256").split())
TOKENS = int(os.environ.get("BENCH_TOKENS", "64"))
# More callers than this write shorter answers: a part has a minute or two.
_MANY = 64
_FIRST_TOKENS = 5
_WARM_UP_TOKENS = 4
# Callers who come at once with a prompt of some 400 tokens each.
_BURSTS = (8, 64)


async def main(shape: str, precision: str) -> None:
    """Records each figure as soon as it is there."""
    source = built(CACHE, shape)
    async with started(source, precision, max(CALLERS)) as server:
        footprint = server.model.footprint
        record(
            "ready",
            seconds=round(server.ready_seconds, 1),
            device=footprint.device,
            precision=footprint.precision,
            said_gib=round(footprint.memory_bytes / 2**30, 2),
            memory_gib=round(server.memory_gib(), 2),
        )
        # The first of each length of prompt and batch finds kernels, and memory, that the next ones have.
        await _first_token(server, 0)
        taken = [await _first_token(server, number) for number in range(1, 1 + _FIRST_TOKENS)]
        record("first token", seconds=statistics.median(taken), all=taken)
        for callers in CALLERS:
            await _speed(server, callers, _WARM_UP_TOKENS)
            tokens = TOKENS if callers <= _MANY else TOKENS // 2
            written, seconds = await _speed(server, callers, tokens)
            record(
                "speed",
                callers=callers,
                tokens_per_second=written / seconds,
                pass_seconds=seconds / tokens,
                memory_gib=round(server.memory_gib(), 2),
            )
            if callers in _BURSTS:
                await _burst(server, callers)


async def _first_token(server: Server, number: int) -> float:
    started = time.perf_counter()
    await server.stub.Generate(request(long_text(number), 1), timeout=CALL_SECONDS)
    return time.perf_counter() - started


async def _speed(server: Server, callers: int, tokens: int) -> tuple[int, float]:
    """How many tokens were written, and in which time. The prompt has been read before."""
    await server.stub.Generate(request(SHORT_TEXT, 1), timeout=CALL_SECONDS)
    started = time.perf_counter()
    short = request(SHORT_TEXT, tokens)
    calls = [server.stub.Generate(short, timeout=CALL_SECONDS) for _ in range(callers)]
    answers = await asyncio.gather(*calls)
    taken = time.perf_counter() - started
    return sum(each.completion.usage.output_tokens for each in answers), taken


async def _burst(server: Server, callers: int) -> None:
    """All come at once, each with a long prompt that begins like no other."""
    started = time.perf_counter()

    async def call(number: int) -> tuple[float, int, int]:
        first = 0.0
        usage: Any = None
        asked = StreamGenerateRequest(request=request(long_text(100 + number), TOKENS))
        async for event in server.stub.StreamGenerate(asked, timeout=CALL_SECONDS):
            first = first or time.perf_counter() - started
            usage = event.completed.usage if event.HasField("completed") else usage
        return first, usage.input_tokens, usage.output_tokens

    answers = await asyncio.gather(*[call(number) for number in range(callers)])
    taken = time.perf_counter() - started
    firsts, read, written = zip(*answers, strict=True)
    record(
        "burst",
        callers=callers,
        first_median=statistics.median(firsts),
        first_last=max(firsts),
        read_tokens=sum(read),
        tokens_per_second=sum(written) / taken,
        seconds=taken,
        memory_gib=round(server.memory_gib(), 2),
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""How long reviews take beside each other: latencies and processor time by the number of callers."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

import aiohttp
import grpc

from bench.path.reviews import processor_seconds

CALLERS = (1, 8, 32, 128)
_LEAST_REVIEWS = 20
_PERCENT = (50, 90, 99)


async def print_callers(title: str, ask: Callable[[], Awaitable[object]], pids: Sequence[int]) -> None:
    """Has each caller ask again and again, and prints a row for each number of callers."""
    print(
        f"\n{title}\n{'callers':>7}{'reviews/s':>11}"
        + "".join(f"{f'p{each} ms':>9}" for each in _PERCENT)
        + f"{'CPU ms':>9}{'failed':>8}"
    )
    for callers in CALLERS:
        seconds: list[float] = []
        before, began_at = sum(map(processor_seconds, pids)), time.monotonic()
        rounds = max(1, _LEAST_REVIEWS // callers)
        failed = sum(await asyncio.gather(*(_caller(ask, rounds, seconds) for _ in range(callers))))
        elapsed = time.monotonic() - began_at
        taken = 1000 * (sum(map(processor_seconds, pids)) - before) / len(seconds)
        cuts = statistics.quantiles(seconds, n=100, method="inclusive")
        row = "".join(f"{1000 * cuts[each - 1]:9.0f}" for each in _PERCENT)
        print(f"{callers:7}{len(seconds) / elapsed:11.1f}{row}{taken:9.1f}{failed:8}", flush=True)


async def _caller(ask: Callable[[], Awaitable[object]], rounds: int, seconds: list[float]) -> int:
    """Asks so often, notes how long each answer took, and returns how many there were none of."""
    failed = 0
    for _ in range(rounds):
        began_at = time.monotonic()
        try:
            await ask()
        except (aiohttp.ClientError, grpc.aio.AioRpcError):
            failed += 1
        else:
            seconds.append(time.monotonic() - began_at)
    return failed

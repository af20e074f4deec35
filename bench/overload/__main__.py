"""`python -m bench.overload [--short]`: prints goodput against offered load.

An orchestrator and a cloud proxy, each a process of its own, stand before a provider that takes the same time
for every answer, so that their capacity is known: places divided by that time. The share is that of the
highest goodput of the table. A refusal is quick where it takes less than a tenth of the deadline. Then many
callers come at once while one of two models never answers. An error is bare where no server has typed it: the
caller's own DEADLINE_EXCEEDED, for example.
"""

import argparse
import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from bench.overload.caller import OK, Ended, call, offer, outcomes
from tests.e2e.processes import CLOUD_PROXY, ORCHESTRATOR, feedback_stub, running

_FACTORS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
_SHORT_FACTORS = (1.0, 3.0)
_PLACES = 8
_SERVICE_SECONDS = 1.0
_DEADLINE_SECONDS = 5.0
_SECONDS = 20.0
_BURST_DEADLINE_SECONDS = 10.0
_BURSTS = (150, 256)
_STEADY, _SILENT = "openai/steady", "huggingface/x/silent"
_PROBE_SECONDS = 0.5


async def main(*, short: bool) -> None:
    """Prints the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with _chorus(folder, _PLACES) as (stub, address):
            await offer(stub, _PLACES / _SERVICE_SECONDS, 3, _DEADLINE_SECONDS, [_STEADY])
            await _print_goodput(stub, address, _SHORT_FACTORS if short else _FACTORS)
        print(f"\none of two models is silent, a deadline of {_BURST_DEADLINE_SECONDS:g} s, callers at once:")
        for callers in _BURSTS[:1] if short else _BURSTS:
            async with _chorus(folder, 64) as (stub, _):
                models = [_STEADY, _SILENT]
                asked = (call(stub, _BURST_DEADLINE_SECONDS, models) for _ in range(callers))
                print(f"{callers:5} {outcomes(list(await asyncio.gather(*asked)))}")


async def _print_goodput(stub: Any, address: str, factors: tuple[float, ...]) -> None:
    capacity = _PLACES / _SERVICE_SECONDS
    print(f"a capacity of {capacity:g} calls/s, a deadline of {_DEADLINE_SECONDS:g} s")
    print("offered  goodput  share  quick refusals  slowest probe  outcomes")
    best = 0.01
    for factor in factors:
        probing = asyncio.create_task(_slowest_probe(address))
        ended = await offer(stub, factor * capacity, _SECONDS, _DEADLINE_SECONDS, [_STEADY])
        probing.cancel()
        goodput = sum(each.outcome == OK for each in ended) / _SECONDS
        best = max(best, goodput)
        print(
            f"{factor:6.1f}x {goodput:6.2f}/s {goodput / best:5.0%} {_quick(ended):>15}"
            f" {await probing:12.2f} s  {outcomes(ended)}",
            flush=True,
        )


def _quick(ended: list[Ended]) -> str:
    refused = [each for each in ended if each.outcome != OK]
    quick = sum(each.seconds < 0.1 * _DEADLINE_SECONDS for each in refused)
    return f"{quick} of {len(refused)}"


async def _slowest_probe(address: str) -> float:
    """Asks for the health until it is cancelled; returns the longest time that took, in seconds."""
    slowest = 0.0
    clock = asyncio.get_running_loop().time
    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        try:
            while True:
                began_at = clock()
                await stub.Check(health_pb2.HealthCheckRequest(), timeout=_DEADLINE_SECONDS)
                slowest = max(slowest, clock() - began_at)
                await asyncio.sleep(_PROBE_SECONDS)
        except asyncio.CancelledError:
            return slowest


@asynccontextmanager
async def _chorus(folder: Path, places: int) -> AsyncIterator[tuple[Any, str]]:
    """Runs the processes; yields the stub of the orchestrator, and its address."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        url = await enter(_provider())
        proxy = await enter(
            running(
                CLOUD_PROXY,
                folder,
                CLOUD_PROXY_CATALOG=str(Path(__file__).with_name("catalog.toml")),
                CLOUD_PROXY_CALLS_PER_PROVIDER=str(places),
                OPENAI_BASE_URL=f"{url}/v1",
                OPENAI_API_KEY="not-a-key",
                HF_BASE_URL=f"{url}/v1",
                HF_TOKEN="hf_not-a-key",  # noqa: S106 - none
            )
        )
        orchestrator = await enter(
            running(
                ORCHESTRATOR,
                folder,
                CHORUS_MODEL_SERVERS=proxy.address,
                ORCHESTRATOR_MAX_IN_FLIGHT=str(places),
            )
        )
        yield await enter(feedback_stub(orchestrator.address)), orchestrator.address


@asynccontextmanager
async def _provider() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.overload.provider", str(_SERVICE_SECONDS)), stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", action="store_true", help="two loads and one burst, under two minutes")
    asyncio.run(main(short=parser.parse_args().short))

"""`python -m bench.soak [--seconds N] [--samples FILE] | --short | --rolling CALLS | --kills N`: a soak test.

Orchestrators that share a Redis (one with SQLite where no redis-server is installed), cloud proxies behind
one name and a proofreader, each a process of its own, stand before a provider that fails often. The load is
mixed: see `load.py`. The exit code is 1 where a verdict fails; then the logs of all processes are kept, and
what happened to each answer that was bought twice and to each call that failed is told.

Without an option the last replica of each kind is restarted and killed in turn, and between rounds of load,
when nothing runs, what the others hold is read; --samples keeps that, too. With --rolling all replicas are
restarted one after another until so many calls are answered. With --kills so many processes are killed at
random, and then every answer that was stored is asked for again.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TextIO

from bench.soak.chorus import Chorus, chorus, has_redis
from bench.soak.disruption import Disruption
from bench.soak.ledger import Ledger
from bench.soak.load import Load
from bench.soak.replica import Sample
from bench.soak.report import Report

_REPLICAS = 3
# The fewer there are, the more calls each of them has in the same time.
_MEASURED_REPLICAS = 2
_SECONDS, _SHORT_SECONDS = 3600.0, 120.0
_ROUND_SECONDS = 40.0
# So many for each orchestrator before each sample.
_SETTLING_CALLS = 3
# Of so many the least is taken: gRPC holds 64 KiB, or none, for what each connection is going to receive.
_SAMPLES = 3
# Connections to the provider that nobody uses are closed in it, before the first of them.
_QUIET_SECONDS = 6.0
_AT_ONCE, _AT_ONCE_UNDER_KILLS = 24, 8


async def soak(running: Chorus, seconds: float, told: TextIO | None = None) -> Report:
    """Loads and disturbs for a time; reads what the processes that live on hold, and tells each sample."""
    ledger = Ledger()
    load, disruption = Load(running.stub, ledger), Disruption(running, ledger)
    measured = [each for each in running.replicas if each not in disruption.victims]
    samples: dict[str, list[Sample]] = defaultdict(list)
    await load.fill_memories()
    await load.fill_pools(2 * _AT_ONCE * len(running.orchestrators))
    ends_at = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < ends_at:
        round_ends_at = time.monotonic() + _ROUND_SECONDS
        async with asyncio.TaskGroup() as group:
            group.create_task(disruption.disturb(rounds))
            group.create_task(load.run(partial(_is_before, round_ends_at), _AT_ONCE))
        taken: list[list[Sample]] = []
        for number in range(_SAMPLES):
            await load.settle(_SETTLING_CALLS * len(running.orchestrators))
            await asyncio.sleep(0 if number else _QUIET_SECONDS)
            taken.append(await asyncio.gather(*(each.sample() for each in measured)))
        for each, *of_process in zip(measured, *taken, strict=True):
            sample = min(of_process, key=attrgetter("in_use"))
            samples[each.name].append(sample)
            if told:
                line = {"at": time.time(), "process": each.name, **asdict(sample)}
                print(json.dumps(line), file=told, flush=True)
        rounds += 1
    report = Report()
    await report.calls(ledger, disruption, running)
    report.growth(samples)
    return report


def _is_before(at: float) -> bool:
    return time.monotonic() < at


async def roll(running: Chorus, calls: int, at_once: int = _AT_ONCE) -> Report:
    """Restarts all replicas one after another until so many calls are answered."""
    ledger = Ledger()
    load, disruption = Load(running.stub, ledger), Disruption(running, ledger)
    rolled = asyncio.Event()

    async def restart() -> None:
        await disruption.roll(lambda: ledger.answered < calls)
        rolled.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(restart())
        group.create_task(load.run(lambda: ledger.answered < calls or not rolled.is_set(), at_once))
    report = Report()
    await report.calls(ledger, disruption, running)
    return report


async def kill(running: Chorus, kills: int) -> Report:
    """Kills so many processes, then asks for every stored answer again."""
    ledger = Ledger()
    load, disruption = Load(running.stub, ledger), Disruption(running, ledger)
    killed = asyncio.Event()

    async def kill_some() -> None:
        await disruption.kill_some(kills)
        killed.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(kill_some())
        group.create_task(load.run(lambda: not killed.is_set(), _AT_ONCE_UNDER_KILLS))
    kept = list(ledger.kept)
    await load.replay(kept, _AT_ONCE_UNDER_KILLS)
    print(f"{len(kept):,} stored answers were asked for again")
    report = Report()
    await report.calls(ledger, disruption, running)
    return report


async def main(arguments: argparse.Namespace) -> Report:
    """Runs what was asked for."""
    replicas = _REPLICAS if arguments.rolling or arguments.kills else _MEASURED_REPLICAS
    orchestrators = replicas if has_redis() else 1
    folder = Path(tempfile.mkdtemp(prefix="chorus-soak-"))
    async with chorus(folder, orchestrators=orchestrators, proxies=replicas) as running:
        print(
            f"{orchestrators} orchestrators, {replicas} cloud proxies, a proofreader; logs in {folder}",
            flush=True,
        )
        if arguments.rolling:
            report = await roll(running, arguments.rolling)
        elif arguments.kills:
            report = await kill(running, arguments.kills)
        else:
            seconds = _SHORT_SECONDS if arguments.short else arguments.seconds
            report = await soak(running, seconds, arguments.samples)
    if not report.failed:
        shutil.rmtree(folder)
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="how long to soak")
    parser.add_argument(
        "--samples",
        type=argparse.FileType("a"),
        metavar="FILE",
        help="takes each sample as a line of JSON",
    )
    parser.add_argument("--short", action="store_true", help="soaks for two minutes")
    parser.add_argument("--rolling", type=int, metavar="CALLS", help="restarts instead, for so many calls")
    parser.add_argument("--kills", type=int, metavar="N", help="kills instead, so often")
    if failed := asyncio.run(main(parser.parse_args())).failed:
        sys.exit("failed: " + ", ".join(failed))

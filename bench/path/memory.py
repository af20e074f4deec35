"""Prints what the services take at rest: memory, and the processor time from the start until they are ready.

    python -m bench.path.memory

The orchestrator, the cloud proxy (with a key for OpenAI) and the proofreader are real processes on the
loopback. The private memory is what ends with a process; of what it shares with others, the proportional set
size (PSS) counts its part.
"""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bench.path.reviews import processor_seconds
from tests.e2e.processes import CLOUD_PROXY, NOWHERE, ORCHESTRATOR, PROOFREADER, running

_MEBIBYTE = 1024


async def main() -> None:
    """Prints the table."""
    print(f"{'MiB':22}{'RSS':>8}{'PSS':>8}{'private':>9}{'CPU s to READY':>16}")
    totals = [0.0] * 3
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for program, variables in (
            (ORCHESTRATOR, {"CHORUS_MODEL_SERVERS": NOWHERE}),
            (CLOUD_PROXY, {"OPENAI_API_KEY": "not-a-key", "OPENAI_BASE_URL": f"http://{NOWHERE}/v1"}),
            (PROOFREADER, {}),
        ):
            started = await stack.enter_async_context(running(program, folder, **variables))
            sizes = sizes_of(started.process.pid)
            totals = [total + size for total, size in zip(totals, sizes, strict=True)]
            seconds = processor_seconds(started.process.pid)
            print(f"{program.arguments[0]:22}{_row(sizes)}{seconds:16.2f}", flush=True)
    print(f"{'together':22}{_row(totals)}")


def sizes_of(pid: int) -> list[float]:
    """Returns the RSS, the PSS and the private memory of a process, in MiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()[1:]
    sizes = {name: int(size) / _MEBIBYTE for name, size, *_ in map(str.split, lines)}
    return [sizes["Rss:"], sizes["Pss:"], sizes["Private_Clean:"] + sizes["Private_Dirty:"]]


def _row(sizes: list[float]) -> str:
    rss, pss, private = sizes
    return f"{rss:8.0f}{pss:8.0f}{private:9.0f}"


if __name__ == "__main__":
    asyncio.run(main())

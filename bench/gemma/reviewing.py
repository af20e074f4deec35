"""`SHAPE=4b python -m bench.gemma.reviewing`: runs `make run` with a Gemma in int4 under one memory limit."""

import asyncio
import os
import sys
import time
from pathlib import Path

from bench.gemma.__main__ import CACHE, quantized
from bench.gemma.figures import peak
from bench.gemma.memory import cgroup, drop_pages
from bench.gemma.weights import built

_LIMIT_GIB = 4.0


async def main(shape: str) -> None:
    """Prints what `make run` prints, how long it took, and the peak of anonymous memory."""
    source = built(CACHE, shape)
    copies = quantized(source, "int4")
    drop_pages(copies)
    own = {"GEMMA_MODEL": source, "GEMMA_CACHE_DIR": copies, "GEMMA_THREADS": os.cpu_count()}
    with cgroup(_LIMIT_GIB) as group:
        started = time.perf_counter()
        process = await asyncio.create_subprocess_shell(
            f"echo $$ > {group / 'cgroup.procs'}; exec {sys.executable} -m deploy.local run",
            env=os.environ | {name: str(value) for name, value in own.items()},
        )
        with peak(lambda: _anonymous(group)) as anonymous:
            code = await process.wait()
    seconds = time.perf_counter() - started
    print(f"ended with {code} after {seconds:.0f} s under {_LIMIT_GIB} GiB, {max(anonymous):.2f} anonymous")


def _anonymous(group: Path) -> float:
    lines = (group / "memory.stat").read_text(encoding="ascii").splitlines()
    statistics = dict(line.split() for line in lines)
    # `anon` is of cgroups version 2, `total_rss` of version 1.
    return int(statistics.get("anon") or statistics["total_rss"]) / 2**30


if __name__ == "__main__":
    if not os.access("/sys/fs/cgroup", os.W_OK):
        sys.exit("this machine lets no cgroup be made")
    asyncio.run(main(os.environ.get("SHAPE", "4b")))

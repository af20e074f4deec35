"""`SHAPE=4b python -m bench.gemma.memory`: measures the server under ever lower memory limits.

RANDOM_COPY=yes takes a copy of random codes in the place of one of random weights, which takes longer.
BENCH_LIMITS="4 3" are the limits in GiB, BENCH_READY_SECONDS the patience, for a machine that others use.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.gemma.__main__ import CACHE, quantized
from bench.gemma.figures import peak_anonymous
from bench.gemma.random_copy import write_random_copy
from bench.gemma.runners import TOKENS, request, served
from bench.gemma.weights import built

_LIMITS = tuple(map(float, os.environ.get("BENCH_LIMITS", "8 6 4 3").split()))
_PORT = 50953
_READY_SECONDS = int(os.environ.get("BENCH_READY_SECONDS", "300"))
_VERSION_1 = Path("/sys/fs/cgroup/memory")
_HEADER = f"{'GiB':>5}{'ready s':>9}{'anonymous GiB':>15}{'s a token':>11}{'reads of the disk, GiB':>24}"


@contextmanager
def cgroup(gib: float) -> Iterator[Path]:
    """Creates a cgroup with a memory limit, which the pages of files count against."""
    root = _VERSION_1 if _VERSION_1.is_dir() else Path("/sys/fs/cgroup")
    limit = "memory.limit_in_bytes" if _VERSION_1.is_dir() else "memory.max"
    group = root / f"chorus-bench-{os.getpid()}-{gib:g}"
    group.mkdir()
    try:
        (group / limit).write_text(str(int(gib * 2**30)), encoding="ascii")
        yield group
    finally:
        group.rmdir()


async def main(shape: str, precision: str) -> None:
    """Prints a row for each limit."""
    port = _PORT
    if os.environ.get("RANDOM_COPY"):
        source, folder = write_random_copy(CACHE, shape)
        copies = str(folder)
    else:
        source = built(CACHE, shape)
        copies = str(quantized(source, precision))
    print(_HEADER)
    for gib in _LIMITS:
        drop_pages(Path(copies))
        with cgroup(gib) as group:
            settings = {"GEMMA_PRECISION": precision, "GEMMA_CACHE_DIR": copies}
            if threads := os.environ.get("GEMMA_THREADS"):
                settings["GEMMA_THREADS"] = threads
            try:
                async with (
                    asyncio.timeout(_READY_SECONDS),
                    served(source, port, group, **settings) as (stub, ready, process),
                ):
                    with peak_anonymous(process) as peak:
                        # The prompt is read here; the next request reuses its KV cache.
                        await stub.Generate(request("Hello", 1), timeout=_READY_SECONDS)
                        before = _read_bytes(process)
                        started = time.perf_counter()
                        await stub.Generate(request("Hello", TOKENS), timeout=_READY_SECONDS)
                        seconds_per_token = (time.perf_counter() - started) / TOKENS
                        read = (_read_bytes(process) - before) / 2**30
            except TimeoutError:
                print(f"{gib:>5g}  not ready, or no answer, in {_READY_SECONDS} s", flush=True)
                continue
        print(f"{gib:>5g}{ready:>9.1f}{max(peak):>15.2f}{seconds_per_token:>11.2f}{read:>24.2f}", flush=True)


def drop_pages(folder: Path) -> None:
    """Drops a folder's files from the page cache: pages that lie there count against no limit."""
    for file in folder.rglob("*.safetensors"):
        with file.open("rb") as data:
            os.posix_fadvise(data.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _read_bytes(process: int) -> int:
    status = Path(f"/proc/{process}/io").read_text(encoding="ascii")
    return int(status.partition("read_bytes:")[2].split()[0])


if __name__ == "__main__":
    if not os.access("/sys/fs/cgroup", os.W_OK):
        sys.exit("this machine lets no cgroup be made")
    asyncio.run(main(os.environ.get("SHAPE", "4b"), os.environ.get("BENCH_PRECISION", "int4")))

"""The figures that are measured of each runner."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

CALLERS = (1, 4, 8)
ROUNDS = 3
# From the widest down: figures of machines that differ in these stand apart.
_INSTRUCTIONS = {
    "amx_int8": "AMX",
    "avx512_bf16": "AVX-512 with BF16",
    "avx512_vnni": "AVX-512 with VNNI",
    "avx512f": "AVX-512",
    "avx2": "AVX2",
}
LONG_PROMPT = 400


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the table.

    Attributes:
        ready_seconds: From the start of the process to the end of the first forward pass.
        anonymous_gib: The peak of anonymous memory, which no file backs.
        first_token_seconds: With a prompt of some 400 tokens.
        speeds: Decode speed in tokens per second of all callers together, for each number in `CALLERS`.
    """

    ready_seconds: float
    anonymous_gib: float
    first_token_seconds: float
    speeds: tuple[float, ...]


def machine() -> str:
    """Names the CPU, its threads, the widest instructions of those that matter here, and the load."""
    fields = dict(
        line.split("\t", 1) for line in Path("/proc/cpuinfo").read_text().splitlines() if "\t" in line
    )
    known = {name: value.lstrip("\t: ") for name, value in fields.items()}
    flags = known.get("flags", "").split()
    widest = [name for flag, name in _INSTRUCTIONS.items() if flag in flags][:1] or ["no AVX2"]
    load, *_ = os.getloadavg()
    return f"{known.get('model name', 'CPU')}, {os.cpu_count()} threads, {widest[0]}, load {load:.1f}"


def peak_anonymous(process: int) -> AbstractContextManager[list[float]]:
    """Samples a process's anonymous memory in GiB while the block runs; the peak is the list's greatest."""
    status = Path(f"/proc/{process}/status")
    return peak(lambda: int(status.read_text(encoding="ascii").partition("RssAnon:")[2].split()[0]) / 2**20)


@contextmanager
def peak(read: Callable[[], float]) -> Iterator[list[float]]:
    """Samples a reading five times a second while the block runs."""
    seen, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            seen.append(read())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()

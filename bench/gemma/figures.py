"""What is measured of each way to run a model."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CALLERS = (1, 4, 8)
ROUNDS = 3
LONG_PROMPT = 400


@dataclass(frozen=True, slots=True)
class Figures:
    """One row of the table.

    Attributes:
        ready_seconds: From nothing to the end of the first pass.
        anonymous_gib: Of memory that no file stands behind, at the most.
        first_token_seconds: For a prompt of some 400 tokens.
        speeds: Tokens a second of all callers together, once their prompts were read; by `CALLERS`.
    """

    ready_seconds: float
    anonymous_gib: float
    first_token_seconds: float
    speeds: tuple[float, ...]


@contextmanager
def peak_anonymous(process: int) -> Iterator[list[float]]:
    """GiB that no file stands behind, while the block runs: the list's greatest is the peak."""
    seen, done = [0.0], threading.Event()

    def look() -> None:
        while not done.wait(0.2):
            status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
            seen.append(int(status.partition("RssAnon:")[2].split()[0]) / 2**20)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()

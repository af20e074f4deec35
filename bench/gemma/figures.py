"""What is measured of each way to run a model."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
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


def peak_anonymous(process: int) -> AbstractContextManager[list[float]]:
    """GiB that no file stands behind, while the block runs: the list's greatest is the peak."""
    status = Path(f"/proc/{process}/status")
    return peak(lambda: int(status.read_text(encoding="ascii").partition("RssAnon:")[2].split()[0]) / 2**20)


@contextmanager
def peak(read: Callable[[], float]) -> Iterator[list[float]]:
    """What is read again and again while the block runs."""
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

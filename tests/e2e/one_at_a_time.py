"""Lets one of the processes that run the tests at a time do what writes into the tree."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Holds a folder for one process while the block runs. The others wait."""
    name = sha256(str(folder).encode()).hexdigest()
    with (Path(tempfile.gettempdir()) / f"chorus-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

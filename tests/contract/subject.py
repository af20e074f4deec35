"""What the contract suite runs against."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """One model behind one server. `start` runs the server in-process and yields its "host:port"."""

    name: str
    model: str
    start: Callable[[], AbstractAsyncContextManager[str]]

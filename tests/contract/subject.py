"""What the contract suite runs against."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """One model behind one server. `start` runs the server in-process and yields its "host:port".

    The answers of an untrained model, which may never come to the end of a JSON text, `may_be_cut`.
    """

    name: str
    model: str
    start: Callable[[], AbstractAsyncContextManager[str]]
    may_be_cut: bool = False

"""What the contract suite runs against."""

import importlib
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

_OURS = ("chorus", "modelkit", "orchestrator", "rpckit", "services", "tests")


@dataclass(frozen=True)
class Subject:
    """One model behind one server. `start` runs the server in-process and yields its "host:port".

    The answers of an untrained model, which may never come to the end of a JSON text, `may_be_cut`.
    """

    name: str
    model: str
    start: Callable[[], AbstractAsyncContextManager[str]]
    may_be_cut: bool = False


def subjects() -> list[Subject]:
    """Returns every subject whose packages are installed."""
    return [subject for _, found in _by_file() if isinstance(found, list) for subject in found]


def subjects_or_skips() -> Iterator[ParameterSet]:
    """Yields every subject as a parameter, and a skipped one for each file that lacks its packages."""
    for name, found in _by_file():
        if isinstance(found, ModuleNotFoundError):
            skip = pytest.mark.skip(reason=f"{found.name} is not installed")
            yield pytest.param(None, id=name, marks=skip)
        else:
            yield from (pytest.param(each, id=each.name) for each in found)


def _by_file() -> Iterator[tuple[str, list[Subject] | ModuleNotFoundError]]:
    for file in sorted((Path(__file__).parent / "subjects").glob("*.py")):
        try:
            found: list[Subject] = importlib.import_module(f"tests.contract.subjects.{file.stem}").SUBJECTS
        except ModuleNotFoundError as missing:
            if str(missing.name).startswith(_OURS):
                raise
            yield file.stem, missing
        else:
            yield file.stem, found

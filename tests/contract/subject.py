"""The servers that the contract suites run against."""

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


def model_servers(*, one_model_each: bool = False) -> Iterator[ParameterSet]:
    """Yields every model of every server as a parameter; a server whose packages are missing is skipped."""
    for file in sorted((Path(__file__).parent / "subjects").glob("*.py")):
        try:
            found: list[Subject] = importlib.import_module(f"tests.contract.subjects.{file.stem}").SUBJECTS
        except ModuleNotFoundError as missing:
            if str(missing.name).startswith(_OURS):
                raise
            skip = pytest.mark.skip(reason=f"{missing.name} is not installed")
            yield pytest.param(None, id=file.stem, marks=skip)
        else:
            chosen = found[:1] if one_model_each else found
            yield from (pytest.param(each, id=each.name) for each in chosen)

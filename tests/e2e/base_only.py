"""Runs a module as if only the base dependencies were installed: `python -m tests.e2e.base_only MODULE`."""

import re
import runpy
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


class _BaseOnly(MetaPathFinder):
    """Refuses to import files of the site's packages that belong to no allowed distribution."""

    def __init__(self, allowed: Iterable[Distribution]) -> None:
        self._site = sysconfig.get_path("purelib")
        self._files = {str(each.locate_file(file)) for each in allowed for file in each.files or ()}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        origin = spec.origin if spec else None
        if origin and origin.startswith(self._site) and origin not in self._files:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def _with_all_they_need(requirements: Iterable[str]) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    waiting = list(requirements)
    while waiting:
        requirement, _, marker = waiting.pop().partition(";")
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        if name in found or "extra" in marker:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            # The requirement is for another platform or Python.
            continue
        waiting += found[name].requires or ()
    return found


if __name__ == "__main__":
    base = tomllib.loads(_PROJECT.read_text())["project"]["dependencies"]
    sys.meta_path.insert(0, _BaseOnly(_with_all_they_need(base).values()))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

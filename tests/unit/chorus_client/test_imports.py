"""The library stands on grpcio and protobuf alone."""

import ast
import sys
from pathlib import Path

import pytest

import chorus_client

FOLDER = Path(chorus_client.__file__).parent
ALLOWED = {"chorus", "chorus_client", "google", "grpc"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_it_imports_nothing_else(path: Path) -> None:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in names} - sys.stdlib_module_names <= ALLOWED


def test_its_types_are_for_callers() -> None:
    assert (FOLDER / "py.typed").exists()

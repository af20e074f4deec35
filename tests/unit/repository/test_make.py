"""What `make` refuses before it sets anything up."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def on_the_path(folder: Path, **versions: str) -> str:
    """Returns a PATH of what make needs, and of programs that only say their versions."""
    for name in ("sh", "awk"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    for name, version in versions.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\necho {version}\n", "utf-8")
        program.chmod(0o755)
    return str(folder)


def make(target: str, path: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which("make")
    if not found:
        pytest.skip("make is not installed")
    return subprocess.run(  # noqa: S603
        [found, "PYTHON=none", target],
        cwd=ROOT,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("target", ["page-build", "page", "clients/web/page/node_modules/.package-lock.json"])
@pytest.mark.parametrize(
    ("versions", "found"),
    [
        ({"node": "v20.18.1", "npm": "10.9.0"}, "Node.js v20.18.1, npm 10.9.0"),
        ({"node": "v22.11.0", "npm": "10.9.0"}, "Node.js v22.11.0, npm 10.9.0"),
        ({"node": "v24.1.0"}, "Node.js v24.1.0, npm none"),
        ({}, "Node.js none, npm none"),
    ],
)
def test_the_page_says_which_node_it_needs_and_which_is_there(
    tmp_path: Path, target: str, versions: dict[str, str], found: str
) -> None:
    ended = make(target, on_the_path(tmp_path, **versions))
    assert ended.returncode != 0
    assert ended.stdout == ""
    said = f"The page needs Node.js 20.19, 22.12 or newer, with npm; here: {found}. See https://nodejs.org"
    assert ended.stderr.splitlines()[0] == said


@pytest.mark.parametrize("version", ["v20.19.0", "v22.12.0", "v23.0.0", "v100.1.0"])
def test_a_node_that_will_do_is_taken(tmp_path: Path, version: str) -> None:
    ended = make(".node-ready", on_the_path(tmp_path, node=version, npm="11.0.0"))
    assert (ended.returncode, ended.stderr) == (0, "")

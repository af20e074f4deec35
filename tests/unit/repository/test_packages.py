"""What is delivered, and by which version."""

import subprocess
import sys
from pathlib import Path

from chorus_client.version import VERSION as LIBRARY
from clients.packages.contract import VERSION

ROOT = Path(__file__).parents[3]


def test_the_library_has_the_version_of_the_contract() -> None:
    assert LIBRARY == VERSION


def test_the_servers_have_no_wheel(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode != 0
    assert "delivered as images" in done.stderr
    assert not list(tmp_path.iterdir())

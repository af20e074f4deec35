"""Gives each module a folder for its processes, and shows what they logged beside a test that fails."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.e2e.language_clients import CLIENTS, LanguageClient
from tests.e2e.one_at_a_time import alone_in

_SHOWN_LINES = 20


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chorus")


@pytest.fixture(scope="session")
def tool_environment() -> dict[str, str]:
    """The environment in which the clients of other languages are built and run."""
    # buf is installed beside the Python that runs the tests.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "LANG": "C.UTF-8"}


@pytest.fixture(scope="session")
def built() -> set[str]:
    """The languages whose client has been built: once is enough, whatever the order of the tests."""
    return set()


@pytest.fixture(params=CLIENTS, ids=lambda client: client.language)
def client(
    request: pytest.FixtureRequest, tool_environment: dict[str, str], built: set[str]
) -> LanguageClient:
    """The client of each language, built."""
    client: LanguageClient = request.param
    missing = [each for each in client.needs if not shutil.which(each) and not Path(each).exists()]
    if missing:
        pytest.skip(f"the toolchain of {client.language} lacks {', '.join(missing)}")
    if client.language not in built:
        with alone_in(client.folder):
            done = subprocess.run(  # noqa: S603 - what `build` says
                client.build,
                cwd=client.folder,
                env=tool_environment,
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 0, done.stdout + done.stderr
        built.add(client.language)
    return client


@pytest.fixture(scope="session", autouse=True)
def _default_signals() -> Iterator[None]:
    """Lets the programs that tests start have default signals, wherever the suite itself runs.

    A shell makes what it starts in the background ignore SIGINT, and programs inherit what their parent
    ignores: Java then never sees ctrl-C. Where the parent handles a signal, if only by doing nothing, they
    inherit the default.
    """
    ignored = [each for each in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, lambda *_: None)
    yield
    for each in ignored:
        signal.signal(each, signal.SIG_IGN)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        logs = Path(str(item.funcargs["folder"]))
        for log in sorted(logs.rglob("*.log")):
            if log.stat().st_mtime >= call.start:
                lines = log.read_text("utf-8", "replace").splitlines()
                report.sections.append((str(log), "\n".join(lines[-_SHOWN_LINES:])))
    return report

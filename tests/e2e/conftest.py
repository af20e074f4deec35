"""Gives each module a folder for its processes, and shows what they logged beside a test that fails."""

import signal
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

_SHOWN_LINES = 20


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chorus")


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

"""A folder for the processes of each module; what they logged is shown beside a test that fails."""

from collections.abc import Generator
from pathlib import Path

import pytest

_SHOWN_LINES = 20


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chorus")


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

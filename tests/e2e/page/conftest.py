"""One browser, and one server of the page, for all tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.browsing import Browsing, browsing, build, chromium, page_server
from tests.fakes.page_orchestrator import PageOrchestrator


@pytest.fixture(scope="package", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def orchestrator() -> PageOrchestrator:
    return PageOrchestrator()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def orchestrator_address(orchestrator: PageOrchestrator) -> AsyncIterator[str]:
    async with orchestrator.start() as address:
        yield address


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def system(
    folder: Path, tool_environment: dict[str, str], orchestrator_address: str
) -> AsyncIterator[Browsing]:
    """The page as it is on one's own machine, where nobody has to log in."""
    chromium()
    build(tool_environment)
    async with page_server(orchestrator_address, folder) as address, browsing(address) as started:
        yield started


@pytest.fixture(autouse=True)
def _anew(orchestrator: PageOrchestrator) -> None:
    orchestrator.begin_anew()

"""The page's server before an orchestrator that is scripted."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from clients.web.server.application import application
from clients.web.server.gateway import SERVICES
from clients.web.server.kept_files import KeptFiles
from clients.web.server.settings import WebSettings
from rpckit.channel import connect
from rpckit.settings import Environment
from tests.fakes.browser import Browser
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator

NOWHERE = "127.0.0.1:1"
Serve = Callable[..., Browser]


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    """Serves by some variables, on top of those that lead nowhere, and gives a browser before that."""
    async with AsyncExitStack() as stack:

        def serve_by(server: str = NOWHERE, **variables: str) -> Browser:
            folders = {"WEB_STATE_DIR": str(tmp_path / "state"), "WEB_PAGE_DIR": str(tmp_path / "page")}
            settings = WebSettings.read(Environment(folders | variables))
            channels = {name: connect(server, name) for name in SERVICES}
            for channel in channels.values():
                stack.push_async_callback(channel.close)
            kept = KeptFiles(tmp_path / "files", seconds=settings.kept_seconds, max_bytes=settings.kept_bytes)
            # No test here has a class: the database has no tables.
            return Browser(application(settings, channels, kept, create_engine("sqlite://")))

        yield serve_by


@pytest.fixture
async def browser(serve: Serve) -> Browser:
    """Has opened a session; the orchestrator is nowhere."""
    browser = serve()
    await browser.open_session()
    return browser


@pytest.fixture
def orchestrator() -> ScriptedOrchestrator:
    return ScriptedOrchestrator()


@pytest.fixture
async def calling(orchestrator: ScriptedOrchestrator, serve: Serve) -> AsyncIterator[Browser]:
    """Has opened a session; the orchestrator is the scripted one."""
    async with orchestrator.start() as address:
        browser = serve(address)
        await browser.open_session()
        yield browser

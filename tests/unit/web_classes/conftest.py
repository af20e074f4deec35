"""Classes on each database that they may be kept in, and the page's server before them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from clients.web.server.application import application
from clients.web.server.classes.class_store import ClassStore
from clients.web.server.classes.database import open_database
from clients.web.server.classes.work_queue import WorkQueue
from clients.web.server.gateway import SERVICES
from clients.web.server.kept_files import KeptFiles
from clients.web.server.settings import WebSettings
from rpckit.channel import connect
from rpckit.settings import Environment
from tests.fakes.browser import Browser
from tests.fakes.buying_orchestrator import BuyingOrchestrator
from tests.fakes.lifespan import lifespan
from tests.fakes.postgresql import postgresql


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    with postgresql() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/classes.db"
    found: str = request.getfixturevalue("postgresql_address")
    engine = create_engine(found.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS missing_file, work, assignment, alembic_version"))
    engine.dispose()
    return found


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    engine = open_database(address)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> ClassStore:
    return ClassStore(engine)


@pytest.fixture
def queue(engine: Engine) -> WorkQueue:
    return WorkQueue(engine)


@pytest.fixture
def orchestrator() -> BuyingOrchestrator:
    made = BuyingOrchestrator()
    made.may_answer.set()
    return made


@pytest.fixture
def variables() -> dict[str, str]:
    return {}


@pytest.fixture
async def browser(
    engine: Engine, tmp_path: Path, orchestrator: BuyingOrchestrator, variables: dict[str, str]
) -> AsyncIterator[Browser]:
    folders = {"WEB_STATE_DIR": str(tmp_path / "state"), "WEB_PAGE_DIR": str(tmp_path / "page")}
    settings = WebSettings.read(Environment(folders | variables))
    kept = KeptFiles(tmp_path / "files", seconds=60, max_bytes=1000)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(orchestrator.start())
        channels = {name: await stack.enter_async_context(connect(address, name)) for name in SERVICES}
        served = application(settings, channels, kept, engine)
        await stack.enter_async_context(lifespan(served))
        browser = Browser(served)
        browser.headers |= {"x-email": "kim@school.example"} if variables else {}
        await browser.open_session()
        yield browser

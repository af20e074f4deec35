"""Classes on each database that they may be kept in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from clients.web.server.classes.class_store import ClassStore
from clients.web.server.classes.database import open_database
from clients.web.server.classes.work_queue import WorkQueue
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

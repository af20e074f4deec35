"""Opens the database of the classes, and brings its tables up to date."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, event, inspect, make_url
from sqlalchemy import create_engine as engine_of
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from clients.web.server.classes.tables import Base

LATEST = "0002"
"""The revision of the last migration."""

_MIGRATIONS = Path(__file__).with_name("migrations")
_BUSY_SECONDS = 30
_DRIVERS: Mapping[str, str] = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
# One after the other: two servers may start at once. The number is ours alone in that database.
_MIGRATING = "SELECT pg_advisory_xact_lock(7203561948)"
# As Alembic makes it.
_REVISION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


class UnusableDatabase(Exception):
    """The database cannot be opened. The text names no password."""


def open_database(address: str) -> Engine:
    """Opens a database, and makes the tables or changes them to what this version needs.

    Args:
        address: Such as "sqlite:///folder/classes.db", or "postgresql://user:password@host/name".

    Raises:
        UnusableDatabase: It cannot be.
    """
    url = _url(address)
    try:
        if url.drivername == "sqlite":
            _make_private(Path(str(url.database)))
            engine = engine_of(url, connect_args={"timeout": _BUSY_SECONDS})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            engine = engine_of(url, pool_pre_ping=True, connect_args={"connect_timeout": _BUSY_SECONDS})
    except ModuleNotFoundError as error:
        wrong = f"{error.name} is missing: pip install 'chorus[web-postgresql]'"
        raise UnusableDatabase(wrong) from None
    except OSError as error:
        raise UnusableDatabase(f"{url.database} cannot be made: {error.strerror}") from None
    try:
        if not _is_up_to_date(engine):
            _bring_up_to_date(engine)
    except UnusableDatabase:
        engine.dispose()
        raise
    except DBAPIError as error:
        engine.dispose()
        # What the driver says may hold the address with its password.
        raise UnusableDatabase(f"{url.render_as_string()}: {type(error.orig).__name__}") from None
    return engine


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise UnusableDatabase("no address of a database, such as sqlite:///classes.db") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None or not url.database or url.database == ":memory:":
        raise UnusableDatabase("begins with sqlite:/// or postgresql://, and names a database")
    return url.set(drivername=driver)


def _make_private(path: Path) -> None:
    """Makes the file, for this process's user alone: it holds what students wrote."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: Any, _: object) -> None:
    # The driver would begin a transaction at its first write, and what was read before it might be no more.
    connection.isolation_level = None
    cursor = connection.cursor()
    for each in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {each}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_up_to_date(engine: Engine) -> bool:
    if not inspect(engine).has_table(_REVISION.name):
        return False
    with engine.connect() as connection:
        return bool(connection.scalar(_REVISION.select()) == LATEST)


def _bring_up_to_date(engine: Engine) -> None:
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(_MIGRATING)
        if inspect(connection).has_table(_REVISION.name):
            _migrate(connection)
            return
        # A new one needs no Alembic, which takes 12 MiB for as long as the server runs.
        Base.metadata.create_all(connection, checkfirst=False)
        _REVISION.create(connection)
        connection.execute(_REVISION.insert().values(version_num=LATEST))


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except CommandError:
        wrong = f"{connection.engine.url.render_as_string()}: a later version of Chorus has changed it"
        raise UnusableDatabase(wrong) from None

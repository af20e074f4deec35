"""Runs operations on one SQLite file, each a transaction of its own or with those that wait beside it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from orchestrator.store.store import SILENCE_SECONDS, StoreError

T = TypeVar("T")

# As many operations are committed together at most, so that the first one does not wait for a long queue.
_MOST_TOGETHER = 64
# Of `PRAGMA auto_vacuum`: pages that are free are given back to the disk step by step.
_INCREMENTAL = 2


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An operation in the queue; it is run even if nobody waits for it any more."""

    operation: Callable[[sqlite3.Connection], Any]
    clears_log: bool
    ended: asyncio.Future[Any]


class SqliteDatabase:
    """One file with one connection in one thread: no operation meets another one's lock.

    Operations run in the order in which they come. Those that have come while others ran are committed
    together, so the more wait, the less each costs. One that fails takes none of the others with it.
    """

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread
        self._waiting: list[_Waiting] = []
        self._work: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def open(
        cls, path: Path, locked_seconds: float = SILENCE_SECONDS
    ) -> AsyncIterator["SqliteDatabase"]:
        """Opens the file, and closes it after the block, once all that waits has run.

        Another process, which as a rule there is none of, may hold the file's lock for `locked_seconds`.

        Raises:
            sqlite3.Error: The file cannot be used.
        """
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, thread_name_prefix="sqlite") as thread:
            connection = await loop.run_in_executor(thread, _connect, path, locked_seconds)
            database = cls(connection, thread)
            try:
                yield database
            finally:
                if database._work is not None:
                    await asyncio.wait([database._work])
                await loop.run_in_executor(thread, connection.close)

    async def set_up(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Runs what begins and ends its transactions itself, before any operation.

        Raises:
            sqlite3.Error: The file cannot be used.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._connection)

    async def run(self, operation: Callable[[sqlite3.Connection], T], *, clears_log: bool = False) -> T:
        """Runs an operation in a transaction and returns what it returns, once that is committed.

        It may run twice, if it was rolled back with another one that failed.

        Args:
            operation: What is run. It is given the connection, and begins and ends no transaction.
            clears_log: Whether the write-ahead log, in which what was deleted may still be read, is emptied
                before it returns.

        Raises:
            StoreError: The operation failed, and changed nothing.
        """
        ended: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(operation, clears_log, ended))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run_waiting(), name="sqlite")
        return await ended

    async def _run_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
            running = asyncio.get_running_loop().run_in_executor(
                self._thread, _run_together, self._connection, batch
            )
            await asyncio.wait([running])
            error = running.exception()
            outcomes = [error] * len(batch) if error is not None else running.result()
            for each, outcome in zip(batch, outcomes, strict=True):
                # Whoever has left hears nothing.
                if each.ended.done():
                    continue
                if isinstance(outcome, BaseException):
                    each.ended.set_exception(outcome)
                else:
                    each.ended.set_result(outcome)


def _connect(path: Path, locked_seconds: float) -> sqlite3.Connection:
    # Without an isolation level Python begins no transaction by itself.
    connection = sqlite3.connect(path, timeout=locked_seconds, isolation_level=None, check_same_thread=False)
    # SQLite overwrites what is deleted, in the place of only unlinking it.
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    # A killed process loses nothing; a crash of the machine may lose the latest transactions.
    connection.execute("PRAGMA synchronous = NORMAL")
    # This is for a new file, and has to come before anything is written to it.
    connection.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def allow_shrinking(connection: sqlite3.Connection) -> None:
    """Writes a file of an older version anew, once, so that it can give free pages back to the disk.

    A disk that has no room for that leaves the file as it is: it works all the same.
    """
    ((mode,),) = connection.execute("PRAGMA auto_vacuum").fetchall()
    if mode != _INCREMENTAL:
        connection.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
        with suppress(sqlite3.Error):
            connection.execute("VACUUM")


def _run_together(connection: sqlite3.Connection, batch: Sequence[_Waiting]) -> list[Any]:
    """Returns of each operation what it returns, or the StoreError that it failed with."""
    try:
        outcomes = _committed(connection, batch)
    except (sqlite3.Error, StoreError) as error:
        if len(batch) > 1:
            return [outcome for each in batch for outcome in _run_together(connection, [each])]
        return [_explained(error)]
    return outcomes


def _committed(connection: sqlite3.Connection, batch: Sequence[_Waiting]) -> list[Any]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [each.operation(connection) for each in batch]
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has already rolled back where the disk failed.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    if any(each.clears_log for each in batch):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return outcomes


def _explained(error: sqlite3.Error | StoreError) -> StoreError:
    if isinstance(error, StoreError):
        return error
    return StoreError(getattr(error, "sqlite_errorname", type(error).__name__))

"""Stores the judgements of a single orchestrator in the store's SQLite file."""

import asyncio
import sqlite3
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from typing_extensions import override

from orchestrator.calibration.judgement_history import (
    KEPT_SECONDS,
    MAX_CALIBRATIONS,
    MAX_JUDGEMENTS,
    Judgement,
    JudgementHistory,
    ResidualsByRater,
)
from orchestrator.merge.severity import ResidualSums
from orchestrator.store.store import StoreError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS judgements (
  feedback_id TEXT, rater TEXT, criterion INTEGER, levels REAL NOT NULL, peers REAL,
  PRIMARY KEY (feedback_id, rater, criterion)) STRICT;
CREATE INDEX IF NOT EXISTS judgements_by_rater ON judgements (rater, criterion);
CREATE TABLE IF NOT EXISTS people (
  feedback_id TEXT, person TEXT, criterion INTEGER, levels REAL NOT NULL,
  PRIMARY KEY (feedback_id, person, criterion)) STRICT;
CREATE TABLE IF NOT EXISTS calibrations (
  version TEXT PRIMARY KEY, used_at REAL NOT NULL, numbers TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS calibrations_by_use ON calibrations (used_at);
"""
_RESIDUAL_SUMS = """
WITH person AS (SELECT feedback_id, criterion, avg(levels) AS level FROM people GROUP BY 1, 2),
  residuals AS (
    SELECT rater, criterion, levels - coalesce(level, peers) AS residual, level IS NULL AS relative
    FROM judgements LEFT JOIN person USING (feedback_id, criterion)
    WHERE coalesce(level, peers) IS NOT NULL)
SELECT rater, criterion, count(*), total(residual), total(residual * residual), total(residual * relative)
FROM residuals GROUP BY 1, 2
"""
_DROP_OLDEST = """
DELETE FROM judgements WHERE rowid IN (SELECT rowid FROM (
  SELECT rowid, row_number() OVER (PARTITION BY rater, criterion ORDER BY rowid DESC) AS place
  FROM judgements) WHERE place > ?)
"""


class SqliteJudgementHistory(JudgementHistory):
    """Stores judgements in a SQLite file. Each method is one transaction."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._lock = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator["SqliteJudgementHistory"]:
        """Opens the file, makes the tables if they are new, and closes it after the block."""
        async with aiosqlite.connect(path) as connection:
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute("PRAGMA synchronous = NORMAL")
            await connection.executescript(_SCHEMA)
            yield cls(connection)

    @override
    async def add_judgements(self, feedback_id: str, judgements: Sequence[Judgement]) -> None:
        async with self._transaction():
            await self._connection.executemany(
                "INSERT OR REPLACE INTO judgements VALUES (?, ?, ?, ?, ?)",
                [(feedback_id, each.rater, each.criterion, each.levels, each.peers) for each in judgements],
            )

    @override
    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        where = (feedback_id, person)
        async with self._transaction():
            await self._connection.execute("DELETE FROM people WHERE feedback_id = ? AND person = ?", where)
            await self._connection.executemany(
                "INSERT INTO people VALUES (?, ?, ?, ?)", [(*where, *each) for each in levels.items()]
            )

    @override
    async def delete(self, feedback_id: str) -> None:
        async with self._transaction():
            await self._connection.execute("DELETE FROM judgements WHERE feedback_id = ?", (feedback_id,))
            await self._connection.execute("DELETE FROM people WHERE feedback_id = ?", (feedback_id,))

    @override
    async def keep_calibration(self, version: str, text: str) -> None:
        async with self._transaction():
            await self._connection.execute(
                "INSERT INTO calibrations (version, used_at, numbers) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET used_at = excluded.used_at",
                (version, time.time(), text),
            )
            await self._connection.execute(
                "DELETE FROM calibrations WHERE used_at <"
                " (SELECT used_at FROM calibrations ORDER BY used_at DESC LIMIT 1 OFFSET ?)",
                (MAX_CALIBRATIONS - 1,),
            )

    @override
    async def find_calibration(self, version: str) -> str | None:
        now = time.time()
        async with self._transaction():
            await self._connection.execute(
                "DELETE FROM calibrations WHERE used_at < ?", (now - KEPT_SECONDS,)
            )
            found = await self._connection.execute_fetchall(
                "UPDATE calibrations SET used_at = ? WHERE version = ? RETURNING numbers", (now, version)
            )
        return next((str(numbers) for (numbers,) in found), None)

    @override
    async def residual_sums(self) -> ResidualsByRater:
        by_rater: defaultdict[str, dict[int, ResidualSums]] = defaultdict(dict)
        async with self._transaction():
            await self._connection.execute(_DROP_OLDEST, (MAX_JUDGEMENTS,))
            await self._connection.execute(
                "DELETE FROM people WHERE feedback_id NOT IN (SELECT feedback_id FROM judgements)"
            )
            for rater, criterion, *sums in await self._connection.execute_fetchall(_RESIDUAL_SUMS):
                by_rater[rater][criterion] = ResidualSums(*sums)
        return by_rater

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        async with self._lock:
            try:
                try:
                    yield
                except BaseException:
                    await self._connection.rollback()
                    raise
                await self._connection.commit()
            except sqlite3.Error as error:
                raise StoreError(type(error).__name__) from error

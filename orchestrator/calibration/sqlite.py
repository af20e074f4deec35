"""Stores the judgements of a single orchestrator in the store's SQLite file."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from typing_extensions import override

from orchestrator.calibration.judgement_history import (
    KEPT_SECONDS,
    MAX_CALIBRATIONS,
    MAX_JUDGEMENTS,
    Judgement,
    JudgementHistory,
    ResidualsByRater,
)
from orchestrator.calibration.sqlite_schema import make_tables
from orchestrator.merge.severity import ResidualSums
from orchestrator.store.sqlite_database import SqliteDatabase

# As many reviews that are too old are deleted with each new one, so that no step is long.
_DELETED_A_STEP = 4
# Judgements beyond the latest ones are dropped with each work that this divides, and before they count.
_DROPPED_EVERY = 32

_ADD_JUDGEMENT = """
INSERT INTO judgements VALUES (:rater, :criterion, :work, :review, :levels, :peers,
  (SELECT avg(levels) FROM people WHERE work = :work AND criterion = :criterion))
ON CONFLICT DO UPDATE SET levels = excluded.levels, peers = excluded.peers WHERE review = excluded.review
"""
_DROP_OLDEST = """
DELETE FROM judgements WHERE rater = :rater AND criterion = :criterion AND work <= (
  SELECT work FROM judgements WHERE rater = :rater AND criterion = :criterion
  ORDER BY work DESC LIMIT 1 OFFSET :most)
"""
_ASK_PEOPLE = """
UPDATE judgements SET people = (
  SELECT avg(levels) FROM people AS said
  WHERE said.work = judgements.work AND said.criterion = judgements.criterion)
WHERE work = ?
"""
_RESIDUAL_SUMS = """
WITH residuals AS (
  SELECT criterion, levels - coalesce(people, peers) AS residual, people IS NULL AS relative,
    people IS NOT NULL AS judged FROM judgements
  WHERE rater = ? AND coalesce(people, peers) IS NOT NULL)
SELECT criterion, count(*), total(residual), total(residual * residual), total(residual * relative),
  sum(judged)
FROM residuals GROUP BY criterion
"""
_PEOPLE = """
SELECT criterion, count(DISTINCT person) FROM judgements JOIN people USING (work, criterion)
WHERE rater = ? AND judgements.people IS NOT NULL GROUP BY criterion
"""


class SqliteJudgementHistory(JudgementHistory):
    """Stores judgements in a SQLite file. Each method is one operation of the database.

    None takes longer for how much is stored: each reads and changes what belongs to one review, or to the
    raters that are asked for.
    """

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator["SqliteJudgementHistory"]:
        """Opens a file for the history alone, and closes it after the block."""
        async with SqliteDatabase.open(path) as database:
            yield await cls.of(database)

    @classmethod
    async def of(cls, database: SqliteDatabase) -> "SqliteJudgementHistory":
        """Makes the tables in a file if they are new, or those of an older version.

        Raises:
            sqlite3.Error: The file cannot be used.
        """
        await database.set_up(make_tables)
        return cls(database)

    @override
    async def add_judgements(self, feedback_id: str, work: str, judgements: Sequence[Judgement]) -> None:
        def add(connection: sqlite3.Connection) -> None:
            _delete_oldest(connection)
            review, work_number = _review(connection, feedback_id, work)
            for each in judgements:
                row = {
                    "rater": _number(connection, "rater", each.rater),
                    "criterion": each.criterion,
                    "work": work_number,
                    "review": review,
                    "levels": each.levels,
                    "peers": each.peers,
                    "most": MAX_JUDGEMENTS,
                }
                connection.execute(_ADD_JUDGEMENT, row)
                if work_number % _DROPPED_EVERY == 0:
                    connection.execute(_DROP_OLDEST, row)

        if judgements:
            await self._database.run(add)

    @override
    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        def add(connection: sqlite3.Connection) -> None:
            review, work = _review(connection, feedback_id, feedback_id)
            connection.execute("DELETE FROM people WHERE work = ? AND person = ?", (work, person))
            connection.executemany(
                "INSERT INTO people VALUES (?, ?, ?, ?, ?)",
                [(work, person, criterion, review, level) for criterion, level in levels.items()],
            )
            connection.execute(_ASK_PEOPLE, (work,))

        await self._database.run(add)

    @override
    async def delete(self, feedback_id: str) -> None:
        def delete(connection: sqlite3.Connection) -> None:
            found = connection.execute(
                "SELECT review, work FROM reviews WHERE feedback_id = ?", (feedback_id,)
            ).fetchall()
            for review, work in found:
                _delete_review(connection, review, work)

        await self._database.run(delete)

    @override
    async def keep_calibration(self, version: str, text: str) -> None:
        def keep(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO calibrations (version, used_at, numbers) VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET used_at = excluded.used_at",
                (version, time.time(), text),
            )
            connection.execute(
                "DELETE FROM calibrations WHERE used_at <"
                " (SELECT used_at FROM calibrations ORDER BY used_at DESC LIMIT 1 OFFSET ?)",
                (MAX_CALIBRATIONS - 1,),
            )

        await self._database.run(keep)

    @override
    async def find_calibration(self, version: str) -> str | None:
        def find(connection: sqlite3.Connection) -> str | None:
            now = time.time()
            connection.execute("DELETE FROM calibrations WHERE used_at < ?", (now - KEPT_SECONDS,))
            found = connection.execute(
                "UPDATE calibrations SET used_at = ? WHERE version = ? RETURNING numbers", (now, version)
            ).fetchall()
            return next((str(numbers) for (numbers,) in found), None)

        return await self._database.run(find)

    @override
    async def residual_sums(self, raters: Sequence[str], criteria: int) -> ResidualsByRater:
        def read(connection: sqlite3.Connection) -> ResidualsByRater:
            by_rater: defaultdict[str, dict[int, ResidualSums]] = defaultdict(dict)
            for key in raters:
                known = connection.execute("SELECT rater FROM raters WHERE key = ?", (key,)).fetchall()
                for rater in known:
                    for criterion in range(criteria):
                        row = {"rater": rater[0], "criterion": criterion, "most": MAX_JUDGEMENTS}
                        connection.execute(_DROP_OLDEST, row)
                    people = dict(connection.execute(_PEOPLE, rater).fetchall())
                    sums = connection.execute(_RESIDUAL_SUMS, rater).fetchall()
                    for criterion, count, total, squares, relative, judged in sums:
                        if criterion < criteria:
                            by_rater[key][criterion] = ResidualSums(
                                count, total, squares, relative, people.get(criterion, 0), judged
                            )
            return dict(by_rater)

        return await self._database.run(read)


def _number(connection: sqlite3.Connection, kind: str, key: str) -> int:
    """Returns the number that stands for a rater's or a work's key."""
    connection.execute(f"INSERT INTO {kind}s (key) VALUES (?) ON CONFLICT DO NOTHING", (key,))  # noqa: S608 - no input
    ((number,),) = connection.execute(f"SELECT {kind} FROM {kind}s WHERE key = ?", (key,)).fetchall()  # noqa: S608 - no input
    return int(number)


def _review(connection: sqlite3.Connection, feedback_id: str, work: str) -> tuple[int, int]:
    """Returns the numbers of a review and of its work, which stays that which it was first said to be."""
    ask = "SELECT review, work FROM reviews WHERE feedback_id = ?"
    found = connection.execute(ask, (feedback_id,)).fetchone()
    if found is None:
        connection.execute(
            "INSERT INTO reviews (feedback_id, work, added_at) VALUES (?, ?, ?)",
            (feedback_id, _number(connection, "work", work), time.time()),
        )
        found = connection.execute(ask, (feedback_id,)).fetchone()
    review, number = found
    return review, number


def _delete_review(connection: sqlite3.Connection, review: int, work: int) -> None:
    connection.execute("DELETE FROM reviews WHERE review = ?", (review,))
    for table in ("judgements", "people"):
        connection.execute(f"DELETE FROM {table} WHERE work = ? AND review = ?", (work, review))  # noqa: S608 - no input
    if connection.execute("SELECT 1 FROM reviews WHERE work = ?", (work,)).fetchone() is None:
        connection.execute("DELETE FROM works WHERE work = ?", (work,))
    connection.execute(_ASK_PEOPLE, (work,))


def _delete_oldest(connection: sqlite3.Connection) -> None:
    """Deletes a few reviews that are too old."""
    oldest = connection.execute(
        "SELECT review, work FROM reviews WHERE added_at < ? ORDER BY added_at LIMIT ?",
        (time.time() - KEPT_SECONDS, _DELETED_A_STEP),
    ).fetchall()
    for review, work in oldest:
        _delete_review(connection, review, work)

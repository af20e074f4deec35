"""Keeps the state of a single orchestrator in one SQLite file."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, submission_pb2
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from orchestrator.store.store import StoredRequest, StoreError

# Another process may hold the file's lock this long. As a rule there is none.
_LOCKED_SECONDS = 0.25

_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
  request_id TEXT PRIMARY KEY, request_hash BLOB NOT NULL, response BLOB, feedback_id TEXT,
  expires_at REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS requests_by_feedback ON requests (feedback_id);
CREATE TABLE IF NOT EXISTS results (
  request_id TEXT REFERENCES requests ON DELETE CASCADE, model TEXT, result BLOB NOT NULL,
  PRIMARY KEY (request_id, model)) STRICT;
CREATE TABLE IF NOT EXISTS feedbacks (
  feedback_id TEXT PRIMARY KEY, rubric BLOB NOT NULL, expires_at REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS scores (
  feedback_id TEXT REFERENCES feedbacks ON DELETE CASCADE, rater TEXT, criterion_id TEXT, score BLOB NOT NULL,
  PRIMARY KEY (feedback_id, rater, criterion_id)) STRICT;
CREATE TABLE IF NOT EXISTS calls (
  id INTEGER PRIMARY KEY, model TEXT NOT NULL, answered INTEGER NOT NULL, seconds REAL NOT NULL,
  output_tokens_per_second REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS calls_by_model ON calls (model, id);
"""


class SqliteStore:
    """Makes one transaction of each method, so that a killed process leaves nothing half done."""

    def __init__(self, connection: aiosqlite.Connection, retention_seconds: float) -> None:
        self._connection = connection
        self._retention_seconds = retention_seconds
        self._turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, retention_seconds: float) -> AsyncIterator["SqliteStore"]:
        """Opens the file, makes its tables if it is new, and closes it after the block."""
        async with aiosqlite.connect(path, timeout=_LOCKED_SECONDS) as connection:
            await connection.execute("PRAGMA journal_mode = WAL")
            # A killed process loses nothing; a crash of the machine may lose the latest transactions.
            await connection.execute("PRAGMA synchronous = NORMAL")
            await connection.execute("PRAGMA foreign_keys = ON")
            # SQLite overwrites what is deleted, in the place of only unlinking it.
            await connection.execute("PRAGMA secure_delete = ON")
            await connection.executescript(_SCHEMA)
            yield cls(connection, retention_seconds)

    @asynccontextmanager
    async def lease(self, request_id: str) -> AsyncIterator[bool]:  # noqa: ARG002 - there is nobody to wait for
        """See `Store`."""
        yield False

    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        """See `Store`."""
        async with self._transaction():
            await self._expire()
            await self._connection.execute(
                "INSERT INTO requests (request_id, request_hash, expires_at) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (request_id, request_hash, self._expiry()),
            )
            ((kept_hash, response),) = await self._rows(
                "SELECT request_hash, response FROM requests WHERE request_id = ?",
                request_id,
            )
            results = await self._rows(
                "SELECT result FROM results WHERE request_id = ? ORDER BY model",
                request_id,
            )
        return StoredRequest(
            request_hash=kept_hash,
            response=response and feedback_service_pb2.GetFeedbackResponse.FromString(response),
            results=tuple(feedback_pb2.ModelResult.FromString(result) for (result,) in results),
        )

    async def keep_result(self, request_id: str, result: feedback_pb2.ModelResult) -> None:
        """See `Store`."""
        async with self._transaction():
            await self._connection.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?)",
                (request_id, result.model, result.SerializeToString()),
            )

    async def keep_response(
        self,
        request_id: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        """See `Store`."""
        expiry = self._expiry()
        async with self._transaction():
            await self._connection.execute(
                "INSERT INTO feedbacks VALUES (?, ?, ?)",
                (response.feedback_id, response.rubric.SerializeToString(), expiry),
            )
            await self._connection.execute(
                "UPDATE requests SET response = ?, feedback_id = ?, expires_at = ? WHERE request_id = ?",
                (response.SerializeToString(), response.feedback_id, expiry, request_id),
            )

    async def name_results(self, request_id: str, feedback_id: str) -> None:
        """See `Store`."""
        async with self._transaction():
            named = await self._connection.execute(
                "UPDATE requests SET feedback_id = ? WHERE request_id = ?", (feedback_id, request_id)
            )
            if not named.rowcount:
                raise StoreError("it is gone")

    async def rubric(self, feedback_id: str) -> submission_pb2.Rubric | None:
        """See `Store`."""
        async with self._transaction():
            await self._expire()
            rows = await self._rows("SELECT rubric FROM feedbacks WHERE feedback_id = ?", feedback_id)
        return next((submission_pb2.Rubric.FromString(rubric) for (rubric,) in rows), None)

    async def keep_scores(
        self,
        feedback_id: str,
        rater: str,
        scores: Sequence[feedback_pb2.CriterionScore],
    ) -> None:
        """See `Store`."""
        where = (feedback_id, rater)
        async with self._transaction():
            await self._connection.execute("DELETE FROM scores WHERE feedback_id = ? AND rater = ?", where)
            await self._connection.executemany(
                "INSERT INTO scores VALUES (?, ?, ?, ?)",
                [(*where, score.criterion_id, score.SerializeToString()) for score in scores],
            )

    async def delete_feedback(self, feedback_id: str) -> None:
        """See `Store`."""
        async with self._transaction():
            for table in ("requests", "feedbacks"):
                await self._connection.execute(f"DELETE FROM {table} WHERE feedback_id = ?", (feedback_id,))  # noqa: S608 - no input
        # Until then the text is still in the write-ahead log.
        with _explained():
            await self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def add_call(self, call: ModelCall) -> None:
        """See `Store`."""
        async with self._transaction():
            await self._connection.execute(
                "INSERT INTO calls (model, answered, seconds, output_tokens_per_second) VALUES (?, ?, ?, ?)",
                (call.model, call.answered, call.seconds, call.output_tokens_per_second),
            )

    async def latest_calls(self) -> Sequence[ModelCall]:
        """See `Store`. Deletes the older ones."""
        async with self._transaction():
            await self._connection.execute(
                "DELETE FROM calls WHERE id IN (SELECT id FROM ("
                "SELECT id, row_number() OVER (PARTITION BY model ORDER BY id DESC) AS place FROM calls)"
                " WHERE place > ?)",
                (MAX_CALLS,),
            )
            rows = await self._rows(
                "SELECT model, answered, seconds, output_tokens_per_second FROM calls ORDER BY id",
            )
        return [ModelCall(model, bool(answered), seconds, speed) for model, answered, seconds, speed in rows]

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        with _explained():
            async with self._turn:
                try:
                    yield
                    await self._connection.commit()
                except BaseException:
                    await self._connection.rollback()
                    raise

    async def _rows(self, statement: str, *values: object) -> Iterable[Any]:
        return await self._connection.execute_fetchall(statement, values)

    def _expiry(self) -> float:
        return time.time() + self._retention_seconds

    async def _expire(self) -> None:
        now = (time.time(),)
        await self._connection.execute("DELETE FROM requests WHERE expires_at < ?", now)
        await self._connection.execute("DELETE FROM feedbacks WHERE expires_at < ?", now)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(getattr(error, "sqlite_errorname", type(error).__name__)) from None

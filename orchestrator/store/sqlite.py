"""Keeps the state of a single orchestrator in one SQLite file."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
from typing_extensions import override

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from orchestrator.store.sqlite_schema import make_tables
from orchestrator.store.store import Store, StoredFeedback, StoredRequest, StoreError

# Another process may hold the file's lock this long. As a rule there is none.
_LOCKED_SECONDS = 0.25


class SqliteStore(Store):
    """Makes one transaction of each method, so that a killed process leaves nothing half done."""

    def __init__(self, connection: aiosqlite.Connection, retention_seconds: float) -> None:
        self._connection = connection
        self._retention_seconds = retention_seconds
        self._turn = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, retention_seconds: float) -> AsyncIterator["SqliteStore"]:
        """Opens the file, makes its tables if it is new, and closes it after the block.

        Raises:
            sqlite3.Error: The file cannot be used.
        """
        async with aiosqlite.connect(path, timeout=_LOCKED_SECONDS) as connection:
            await connection.execute("PRAGMA journal_mode = WAL")
            # A killed process loses nothing; a crash of the machine may lose the latest transactions.
            await connection.execute("PRAGMA synchronous = NORMAL")
            await connection.execute("PRAGMA foreign_keys = ON")
            # SQLite overwrites what is deleted, in the place of only unlinking it.
            await connection.execute("PRAGMA secure_delete = ON")
            await make_tables(connection, retention_seconds)
            yield cls(connection, retention_seconds)

    @override
    @asynccontextmanager
    async def lease(self, request_id: str) -> AsyncIterator[None]:
        yield

    @override
    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        async with self._transaction():
            await self._expire()
            await self._connection.execute(
                "INSERT INTO requests (request_id, request_hash, expires_at) VALUES (?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (request_id, request_hash, self._expiry()),
            )
            ((kept_hash, response),) = await self._rows(
                "SELECT request_hash, response FROM requests LEFT JOIN feedbacks USING (feedback_id)"
                " WHERE requests.request_id = ?",
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

    @override
    async def keep_result(self, request_id: str, result: feedback_pb2.ModelResult) -> None:
        async with self._transaction():
            await self._connection.execute(
                "INSERT OR REPLACE INTO results VALUES (?, ?, ?)",
                (request_id, result.model, result.SerializeToString()),
            )

    @override
    async def keep_response(
        self,
        request_id: str,
        caller: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        async with self._transaction():
            await self._add_feedback(request_id, caller, response.feedback_id, response.SerializeToString())
            await self._connection.execute(
                "UPDATE requests SET feedback_id = ?, expires_at = ? WHERE request_id = ?",
                (response.feedback_id, self._expiry(), request_id),
            )

    @override
    async def replace_response(self, caller: str, response: feedback_service_pb2.GetFeedbackResponse) -> bool:
        async with self._transaction():
            replaced = await self._connection.execute(
                "UPDATE feedbacks SET response = ?"
                " WHERE feedback_id = ? AND caller = ? AND response IS NOT NULL",
                (response.SerializeToString(), response.feedback_id, caller),
            )
            return replaced.rowcount > 0

    @override
    async def name_results(self, request_id: str, caller: str, feedback_id: str) -> None:
        async with self._transaction():
            if not any(await self._rows("SELECT 1 FROM requests WHERE request_id = ?", request_id)):
                raise StoreError("it is gone")
            await self._add_feedback(request_id, caller, feedback_id, None)

    @override
    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        async with self._transaction():
            await self._expire()
            found = await self._rows(
                "SELECT response, created_at, expires_at FROM feedbacks WHERE feedback_id = ? AND caller = ?",
                feedback_id,
                caller,
            )
            scores = await self._rows(
                "SELECT scores FROM scores WHERE feedback_id = ? ORDER BY rater", feedback_id
            )
            decisions = await self._rows(
                "SELECT decisions FROM decisions WHERE feedback_id = ? ORDER BY rater", feedback_id
            )
        for response, created_at, expires_at in found:
            return StoredFeedback(
                response=response and feedback_service_pb2.GetFeedbackResponse.FromString(response),
                scores=tuple(feedback_service_pb2.RecordedScores.FromString(each) for (each,) in scores),
                decisions=tuple(decision_pb2.Decisions.FromString(each) for (each,) in decisions),
                created_at=created_at,
                expires_at=expires_at,
            )
        return None

    @override
    async def keep_scores(
        self, caller: str, feedback_id: str, scores: feedback_service_pb2.RecordedScores
    ) -> bool:
        return await self._keep_said("scores", caller, feedback_id, scores.rater, scores.SerializeToString())

    @override
    async def keep_decisions(self, caller: str, feedback_id: str, decisions: decision_pb2.Decisions) -> bool:
        said = decisions.SerializeToString()
        return await self._keep_said("decisions", caller, feedback_id, decisions.rater, said)

    @override
    async def delete_feedback(self, caller: str, feedback_id: str) -> bool:
        async with self._transaction():
            deleted = await self._rows(
                "DELETE FROM feedbacks WHERE feedback_id = ? AND caller = ? RETURNING request_id",
                feedback_id,
                caller,
            )
            for row in deleted:
                await self._connection.execute("DELETE FROM requests WHERE request_id = ?", row)
        await self._clear_log()
        return any(deleted)

    @override
    async def delete_expired(self) -> None:
        async with self._transaction():
            await self._expire()
        await self._clear_log()

    @override
    async def add_call(self, call: ModelCall) -> None:
        async with self._transaction():
            await self._connection.execute(
                "INSERT INTO calls (model, answered, seconds, output_tokens_per_second) VALUES (?, ?, ?, ?)",
                (call.model, call.answered, call.seconds, call.output_tokens_per_second),
            )

    @override
    async def latest_calls(self) -> Sequence[ModelCall]:
        """Deletes the older ones."""
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

    async def _add_feedback(
        self, request_id: str, caller: str, feedback_id: str, response: bytes | None
    ) -> None:
        await self._connection.execute(
            "INSERT INTO feedbacks (feedback_id, caller, request_id, created_at, expires_at, response)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (feedback_id, caller, request_id, time.time(), self._expiry(), response),
        )

    async def _keep_said(self, table: str, caller: str, feedback_id: str, rater: str, said: bytes) -> bool:
        async with self._transaction():
            await self._expire()
            kept = await self._connection.execute(
                f"INSERT OR REPLACE INTO {table} SELECT feedback_id, ?, ? FROM feedbacks"  # noqa: S608 - no input
                " WHERE feedback_id = ? AND caller = ? AND response IS NOT NULL",
                (rater, said, feedback_id, caller),
            )
            return kept.rowcount > 0

    async def _clear_log(self) -> None:
        """Empties the write-ahead log, in which what was deleted may still be read."""
        with _explained():
            async with self._turn:
                await self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

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

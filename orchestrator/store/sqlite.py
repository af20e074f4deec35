"""Keeps the state of a single orchestrator in one SQLite file."""

import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from typing_extensions import override

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from orchestrator.store.sqlite_database import SqliteDatabase
from orchestrator.store.sqlite_schema import make_tables
from orchestrator.store.store import (
    ANSWERED_ALREADY,
    OTHER_REQUEST,
    Store,
    StoredFeedback,
    StoredRequest,
    StoreError,
)

# A step of the deletion of what has expired, which answers wait behind.
_ROWS_A_STEP = 32
_PAGES_A_STEP = 256
# As many free pages are kept for what comes next: 4 MiB.
_FREE_PAGES = 1024


class SqliteStore(Store):
    """Makes each method one operation of the database, so that a killed process leaves nothing half done."""

    def __init__(self, database: SqliteDatabase, retention_seconds: float) -> None:
        self._database = database
        self._retention_seconds = retention_seconds

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path, retention_seconds: float) -> AsyncIterator["SqliteStore"]:
        """Opens a file for the store alone, and closes it after the block.

        Raises:
            sqlite3.Error: The file cannot be used.
        """
        async with SqliteDatabase.open(path) as database:
            yield await cls.of(database, retention_seconds)

    @classmethod
    async def of(cls, database: SqliteDatabase, retention_seconds: float) -> "SqliteStore":
        """Makes the tables in a file if it is new, or those of an older version.

        Raises:
            sqlite3.Error: The file cannot be used.
        """
        await database.set_up(partial(make_tables, retention_seconds=retention_seconds))
        return cls(database, retention_seconds)

    @override
    async def take_lease(self, request_id: str) -> AbstractAsyncContextManager[None]:
        """Takes it at once: a file is one orchestrator's."""
        return nullcontext()

    @override
    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        def open_it(connection: sqlite3.Connection) -> tuple[Any, list[Any]]:
            connection.execute(
                "DELETE FROM requests WHERE request_id = ? AND expires_at < ?", (request_id, time.time())
            )
            self._add_request(connection, request_id, request_hash)
            request = connection.execute(
                "SELECT request_hash, response FROM requests LEFT JOIN feedbacks USING (feedback_id)"
                " WHERE requests.request_id = ?",
                (request_id,),
            ).fetchone()
            results = connection.execute(
                "SELECT result FROM results WHERE request_id = ? ORDER BY model", (request_id,)
            )
            return request, results.fetchall()

        (kept_hash, response), results = await self._database.run(open_it)
        return StoredRequest(
            request_hash=kept_hash,
            response=response and feedback_service_pb2.GetFeedbackResponse.FromString(response),
            results=tuple(feedback_pb2.ModelResult.FromString(result) for (result,) in results),
        )

    @override
    async def keep_result(
        self, request_id: str, request_hash: bytes, result: feedback_pb2.ModelResult
    ) -> None:
        row = (request_id, result.model, result.SerializeToString())

        def keep(connection: sqlite3.Connection) -> None:
            self._check_request(connection, request_id, request_hash)
            connection.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", row)

        await self._database.run(keep)

    @override
    async def keep_response(
        self,
        request_id: str,
        request_hash: bytes,
        caller: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        feedback_id, kept = response.feedback_id, response.SerializeToString()

        def keep(connection: sqlite3.Connection) -> None:
            if request_id:
                self._check_request(connection, request_id, request_hash)
                if connection.execute(
                    "SELECT 1 FROM requests JOIN feedbacks USING (feedback_id)"
                    " WHERE requests.request_id = ? AND response IS NOT NULL AND feedbacks.expires_at >= ?",
                    (request_id, time.time()),
                ).fetchall():
                    raise StoreError(ANSWERED_ALREADY)
                connection.execute(
                    "UPDATE requests SET feedback_id = ?, expires_at = ? WHERE request_id = ?",
                    (feedback_id, self._expiry(), request_id),
                )
            self._add_feedback(connection, request_id, caller, feedback_id, kept)

        await self._database.run(keep)

    @override
    async def replace_response(self, caller: str, response: feedback_service_pb2.GetFeedbackResponse) -> bool:
        values = (response.SerializeToString(), response.feedback_id, caller)

        def replace(connection: sqlite3.Connection) -> bool:
            replaced = connection.execute(
                "UPDATE feedbacks SET response = ?"
                " WHERE feedback_id = ? AND caller = ? AND response IS NOT NULL",
                values,
            )
            return replaced.rowcount > 0

        return await self._database.run(replace)

    @override
    async def name_results(self, request_id: str, caller: str, feedback_id: str) -> None:
        def name(connection: sqlite3.Connection) -> None:
            if not connection.execute(
                "SELECT 1 FROM requests WHERE request_id = ?", (request_id,)
            ).fetchall():
                raise StoreError("it is gone")
            self._add_feedback(connection, request_id, caller, feedback_id, None)

        await self._database.run(name)

    @override
    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        def find(connection: sqlite3.Connection) -> tuple[Any, list[Any], list[Any]]:
            found = connection.execute(
                "SELECT response, created_at, expires_at FROM feedbacks"
                " WHERE feedback_id = ? AND caller = ? AND expires_at >= ?",
                (feedback_id, caller, time.time()),
            ).fetchone()
            said = (
                connection.execute(
                    f"SELECT {kind} FROM {kind} WHERE feedback_id = ? ORDER BY rater",  # noqa: S608 - no input
                    (feedback_id,),
                ).fetchall()
                for kind in ("scores", "decisions")
            )
            return found, *said

        found, scores, decisions = await self._database.run(find)
        if found is None:
            return None
        response, created_at, expires_at = found
        return StoredFeedback(
            response=response and feedback_service_pb2.GetFeedbackResponse.FromString(response),
            scores=tuple(feedback_service_pb2.RecordedScores.FromString(each) for (each,) in scores),
            decisions=tuple(decision_pb2.Decisions.FromString(each) for (each,) in decisions),
            created_at=created_at,
            expires_at=expires_at,
        )

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
        def delete(connection: sqlite3.Connection) -> bool:
            deleted = connection.execute(
                "DELETE FROM feedbacks WHERE feedback_id = ? AND caller = ? RETURNING request_id",
                (feedback_id, caller),
            ).fetchall()
            connection.executemany("DELETE FROM requests WHERE request_id = ?", deleted)
            return bool(deleted)

        return await self._database.run(delete, clears_log=True)

    @override
    async def delete_expired(self) -> bool:
        if await self._database.run(_delete_some_expired) or await self._database.run(_give_back_pages):
            return True
        await self._database.run(lambda _: None, clears_log=True)
        return False

    @override
    async def add_calls(self, calls: Sequence[ModelCall]) -> None:
        rows = [(call.model, call.answered, call.seconds, call.output_tokens_per_second) for call in calls]

        def add(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT INTO calls (model, answered, seconds, output_tokens_per_second) VALUES (?, ?, ?, ?)",
                rows,
            )

        await self._database.run(add)

    @override
    async def latest_calls(self) -> Sequence[ModelCall]:
        """Deletes the older ones."""

        def read(connection: sqlite3.Connection) -> list[Any]:
            connection.execute(
                "DELETE FROM calls WHERE id IN (SELECT id FROM ("
                "SELECT id, row_number() OVER (PARTITION BY model ORDER BY id DESC) AS place FROM calls)"
                " WHERE place > ?)",
                (MAX_CALLS,),
            )
            return connection.execute(
                "SELECT model, answered, seconds, output_tokens_per_second FROM calls ORDER BY id",
            ).fetchall()

        rows = await self._database.run(read)
        return [ModelCall(model, bool(answered), seconds, speed) for model, answered, seconds, speed in rows]

    def _add_request(self, connection: sqlite3.Connection, request_id: str, request_hash: bytes) -> None:
        """Begins to keep a request, if it is not kept."""
        connection.execute(
            "INSERT INTO requests (request_id, request_hash, expires_at) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (request_id, request_hash, self._expiry()),
        )

    def _check_request(self, connection: sqlite3.Connection, request_id: str, request_hash: bytes) -> None:
        self._add_request(connection, request_id, request_hash)
        ((kept_hash,),) = connection.execute(
            "SELECT request_hash FROM requests WHERE request_id = ?", (request_id,)
        ).fetchall()
        if kept_hash != request_hash:
            raise StoreError(OTHER_REQUEST)

    def _add_feedback(
        self,
        connection: sqlite3.Connection,
        request_id: str,
        caller: str,
        feedback_id: str,
        response: bytes | None,
    ) -> None:
        connection.execute(
            "INSERT INTO feedbacks (feedback_id, caller, request_id, created_at, expires_at, response)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (feedback_id, caller, request_id, time.time(), self._expiry(), response),
        )

    async def _keep_said(self, table: str, caller: str, feedback_id: str, rater: str, said: bytes) -> bool:
        def keep(connection: sqlite3.Connection) -> bool:
            kept = connection.execute(
                f"INSERT OR REPLACE INTO {table} SELECT feedback_id, ?, ? FROM feedbacks"  # noqa: S608 - no input
                " WHERE feedback_id = ? AND caller = ? AND expires_at >= ? AND response IS NOT NULL",
                (rater, said, feedback_id, caller, time.time()),
            )
            return kept.rowcount > 0

        return await self._database.run(keep)

    def _expiry(self) -> float:
        return time.time() + self._retention_seconds


def _delete_some_expired(connection: sqlite3.Connection) -> bool:
    """Deletes a few rows that have expired; returns whether there were any."""
    deleted = [
        connection.execute(
            f"DELETE FROM {table} WHERE rowid IN"  # noqa: S608 - no input
            f" (SELECT rowid FROM {table} WHERE expires_at < ? ORDER BY expires_at LIMIT ?)",
            (time.time(), _ROWS_A_STEP),
        ).rowcount
        for table in ("requests", "feedbacks")
    ]
    return any(deleted)


def _give_back_pages(connection: sqlite3.Connection) -> bool:
    """Gives a few free pages back to the disk; returns whether there were too many."""
    ((free,),) = connection.execute("PRAGMA freelist_count").fetchall()
    ((mode,),) = connection.execute("PRAGMA auto_vacuum").fetchall()
    if not mode or free <= _FREE_PAGES:
        return False
    # Python steps once through a statement without columns, and one step frees one page.
    for _ in range(min(_PAGES_A_STEP, free - _FREE_PAGES)):
        connection.execute("PRAGMA incremental_vacuum(1)")
    return True

"""The tables of the SQLite store, and how a file of an older version comes to have them."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2
from orchestrator.store.sqlite_database import allow_shrinking

# Of `PRAGMA user_version`. Chorus 0.1.0 left it at 0, as a new file has it.
_VERSION = 3
# The version whose tables of requests and feedbacks are today's.
_SAME_TABLES = 2

# Small columns stand before large ones: to read past a large one is to read all of it.
_SCHEMA = """
CREATE TABLE requests (
  request_id TEXT PRIMARY KEY, request_hash BLOB NOT NULL, feedback_id TEXT, expires_at REAL NOT NULL) STRICT;
CREATE INDEX requests_by_expiry ON requests (expires_at);
CREATE TABLE results (
  request_id TEXT REFERENCES requests ON DELETE CASCADE, model TEXT, result BLOB NOT NULL,
  PRIMARY KEY (request_id, model)) STRICT;
CREATE TABLE feedbacks (
  feedback_id TEXT PRIMARY KEY, caller TEXT NOT NULL, request_id TEXT NOT NULL, created_at REAL NOT NULL,
  expires_at REAL NOT NULL, response BLOB) STRICT;
CREATE INDEX feedbacks_by_expiry ON feedbacks (expires_at);
CREATE TABLE scores (
  feedback_id TEXT REFERENCES feedbacks ON DELETE CASCADE, rater TEXT, scores BLOB NOT NULL,
  PRIMARY KEY (feedback_id, rater)) STRICT;
CREATE TABLE decisions (
  feedback_id TEXT REFERENCES feedbacks ON DELETE CASCADE, rater TEXT, decisions BLOB NOT NULL,
  PRIMARY KEY (feedback_id, rater)) STRICT;
CREATE TABLE IF NOT EXISTS calls (
  id INTEGER PRIMARY KEY, model TEXT NOT NULL, answered INTEGER NOT NULL, seconds REAL NOT NULL,
  output_tokens_per_second REAL NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS calls_by_model ON calls (model, id);
"""


def make_tables(connection: sqlite3.Connection, retention_seconds: float) -> None:
    """Gives a new file its tables, and those of this version to a file of Chorus 0.1.0 or 0.2.0.

    Raises:
        sqlite3.Error: The file cannot be used; among others, because a newer version has written it.
    """
    if _version(connection) <= _VERSION:
        allow_shrinking(connection)
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection)
    if version > _VERSION:
        raise sqlite3.DatabaseError("a newer version of Chorus has written it")
    if version < _SAME_TABLES:
        kept = _take_0_1_0(connection, retention_seconds)
        # Not executescript, which would commit first.
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        for table, rows in kept.items():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 - no input
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(version)


def _take_0_1_0(connection: sqlite3.Connection, retention_seconds: float) -> Mapping[str, list[Any]]:
    """Takes the tables of 0.1.0 out of a file and returns their rows as they are now, by table.

    0.1.0 said of a feedback only by its request whose it is: one without a request_id is nobody's, and goes.
    """
    if not connection.execute("SELECT name FROM pragma_table_info('requests')").fetchall():
        return {}
    requests = connection.execute(
        "SELECT request_id, request_hash, feedback_id, expires_at, response FROM requests"
    ).fetchall()
    feedbacks = [
        (
            feedback_id,
            json.loads(request_id)[0],
            request_id,
            expires_at - retention_seconds,
            expires_at,
            response,
        )
        for request_id, _, feedback_id, expires_at, response in requests
        if feedback_id is not None
    ]
    kept: dict[str, list[Any]] = {
        "requests": [row[:-1] for row in requests],
        "results": connection.execute("SELECT request_id, model, result FROM results").fetchall(),
        "feedbacks": feedbacks,
        "scores": _scores(
            {feedback_id for feedback_id, *_ in feedbacks},
            connection.execute("SELECT feedback_id, rater, score FROM scores ORDER BY rowid"),
        ),
    }
    for table in ("results", "scores", "feedbacks", "requests"):
        connection.execute(f"DROP TABLE {table}")
    return {table: rows for table, rows in kept.items() if rows}


def _scores(feedback_ids: set[str], rows: Iterable[Any]) -> list[tuple[Any, ...]]:
    given: defaultdict[tuple[str, str], feedback_service_pb2.RecordedScores] = defaultdict(
        feedback_service_pb2.RecordedScores
    )
    for feedback_id, rater, score in rows:
        given[feedback_id, rater].scores.append(feedback_pb2.CriterionScore.FromString(score))
    for (_, rater), scores in given.items():
        scores.rater = rater
    return [(*key, each.SerializeToString()) for key, each in given.items() if key[0] in feedback_ids]

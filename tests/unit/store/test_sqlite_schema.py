import json
import sqlite3
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_pb2 import CriterionScore, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse, RecordedScores
from orchestrator.store.model_call import ModelCall
from orchestrator.store.sqlite import SqliteStore

# What Chorus 0.1.0 made.
SCHEMA_0_1_0 = """
CREATE TABLE requests (
  request_id TEXT PRIMARY KEY, request_hash BLOB NOT NULL, response BLOB, feedback_id TEXT,
  expires_at REAL NOT NULL) STRICT;
CREATE INDEX requests_by_feedback ON requests (feedback_id);
CREATE TABLE results (
  request_id TEXT REFERENCES requests ON DELETE CASCADE, model TEXT, result BLOB NOT NULL,
  PRIMARY KEY (request_id, model)) STRICT;
CREATE TABLE feedbacks (
  feedback_id TEXT PRIMARY KEY, rubric BLOB NOT NULL, expires_at REAL NOT NULL) STRICT;
CREATE TABLE scores (
  feedback_id TEXT REFERENCES feedbacks ON DELETE CASCADE, rater TEXT, criterion_id TEXT, score BLOB NOT NULL,
  PRIMARY KEY (feedback_id, rater, criterion_id)) STRICT;
CREATE TABLE calls (
  id INTEGER PRIMARY KEY, model TEXT NOT NULL, answered INTEGER NOT NULL, seconds REAL NOT NULL,
  output_tokens_per_second REAL NOT NULL) STRICT;
CREATE INDEX calls_by_model ON calls (model, id);
"""
ANSWERED, FAILED = json.dumps(["ann", "r1"]), json.dumps(["", "r2"])
RESPONSE = GetFeedbackResponse(feedback_id="f1", language_code="ko")
RESULT = ModelResult(model="a/b", model_version="words")
SCORES = [CriterionScore(criterion_id=each, score=2) for each in ("content", "claim")]
LATER = 4e9


def write_0_1_0(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA_0_1_0)
        insert = connection.executemany
        insert(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?)",
            [
                (ANSWERED, b"hash", RESPONSE.SerializeToString(), "f1", LATER),
                (FAILED, b"hash", None, "f2", LATER),
                (json.dumps(["ann", "running"]), b"hash", None, None, LATER),
            ],
        )
        insert("INSERT INTO results VALUES (?, ?, ?)", [(ANSWERED, "a/b", RESULT.SerializeToString())])
        insert("INSERT INTO feedbacks VALUES (?, ?, ?)", [("f1", b"", LATER), ("nobody's", b"", LATER)])
        insert(
            "INSERT INTO scores VALUES (?, ?, ?, ?)",
            [
                (feedback_id, "teacher", each.criterion_id, each.SerializeToString())
                for feedback_id in ("f1", "nobody's")
                for each in SCORES
            ],
        )
        insert("INSERT INTO calls VALUES (?, ?, ?, ?, ?)", [(1, "a/b", 1, 2.0, 3.0)])
    connection.close()


async def test_what_0_1_0_kept_is_kept_for_those_whose_it_is(tmp_path: Path) -> None:
    write_0_1_0(tmp_path / "s")
    for _ in range(2):
        async with SqliteStore.open(tmp_path / "s", 60) as store:
            stored = await store.open_request(ANSWERED, b"another hash")
            assert (stored.request_hash, stored.response, stored.results) == (b"hash", RESPONSE, (RESULT,))
            found = await store.feedback("ann", "f1")
            assert found is not None
            assert found.response == RESPONSE
            assert found.scores == (RecordedScores(rater="teacher", scores=SCORES),)
            assert (found.created_at, found.expires_at) == (LATER - 60, LATER)
            assert await store.feedback("", "f1") is None
            failed = await store.feedback("", "f2")
            assert failed is not None
            assert failed.response is None
            for caller in ("", "ann"):
                assert await store.feedback(caller, "nobody's") is None
            assert await store.latest_calls() == [
                ModelCall("a/b", answered=True, seconds=2.0, output_tokens_per_second=3.0)
            ]
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        assert await store.delete_feedback("ann", "f1")
        assert (await store.open_request(ANSWERED, b"new hash")).results == ()


async def test_an_empty_file_of_0_1_0_is_taken_too(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s") as connection:
        connection.executescript(SCHEMA_0_1_0)
    connection.close()
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await store.keep_response("", b"", "ann", RESPONSE)
        assert await store.feedback("ann", "f1")


async def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s") as connection:
        connection.execute("PRAGMA user_version = 4")
    connection.close()
    with pytest.raises(sqlite3.DatabaseError, match="newer version"):
        async with SqliteStore.open(tmp_path / "s", 60):
            pass
    with sqlite3.connect(tmp_path / "s") as connection:
        assert not list(connection.execute("SELECT * FROM sqlite_schema"))
    connection.close()

import json
import sqlite3
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_pb2 import CriterionScore, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse, RecordedScores
from orchestrator.calibration.sqlite import SqliteJudgementHistory
from orchestrator.merge.severity import ResidualSums
from orchestrator.store.model_call import ModelCall
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.sqlite_database import SqliteDatabase

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


# What Chorus 0.2.0 made, for its answers and for what it learned.
SCHEMA_0_2_0 = """
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
CREATE TABLE calls (
  id INTEGER PRIMARY KEY, model TEXT NOT NULL, answered INTEGER NOT NULL, seconds REAL NOT NULL,
  output_tokens_per_second REAL NOT NULL) STRICT;
CREATE INDEX calls_by_model ON calls (model, id);
CREATE TABLE judgements (
  feedback_id TEXT, rater TEXT, criterion INTEGER, levels REAL NOT NULL, peers REAL,
  PRIMARY KEY (feedback_id, rater, criterion)) STRICT;
CREATE INDEX judgements_by_rater ON judgements (rater, criterion);
CREATE TABLE people (
  feedback_id TEXT, person TEXT, criterion INTEGER, levels REAL NOT NULL,
  PRIMARY KEY (feedback_id, person, criterion)) STRICT;
CREATE TABLE calibrations (
  version TEXT PRIMARY KEY, used_at REAL NOT NULL, numbers TEXT NOT NULL) STRICT;
CREATE INDEX calibrations_by_use ON calibrations (used_at);
PRAGMA user_version = 2;
"""


async def test_what_0_2_0_kept_and_learned_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with sqlite3.connect(path) as connection:
        connection.executescript(SCHEMA_0_2_0)
        connection.execute("INSERT INTO requests VALUES (?, ?, 'f1', ?)", (ANSWERED, b"hash", LATER))
        connection.execute(
            "INSERT INTO feedbacks VALUES ('f1', 'ann', ?, 1, ?, ?)",
            (ANSWERED, LATER, RESPONSE.SerializeToString()),
        )
        connection.executemany(
            "INSERT INTO judgements VALUES (?, 'r', 0, 3.0, ?)", [("f1", 2.0), ("f2", 1.0), ("f3", None)]
        )
        connection.execute("INSERT INTO people VALUES ('f1', 'p', 0, 1.0)")
        connection.execute("INSERT INTO calibrations VALUES ('v', ?, 'numbers')", (LATER,))
    connection.close()
    for _ in range(2):
        async with SqliteDatabase.open(path) as database:
            store = await SqliteStore.of(database, 60)
            history = await SqliteJudgementHistory.of(database)
            assert (await store.open_request(ANSWERED, b"hash")).response == RESPONSE
            learned = await history.residual_sums(["r"], 1)
            assert learned == {"r": {0: ResidualSums(2, 4.0, 8.0, 2.0, 1, 1)}}
            assert await history.find_calibration("v") == "numbers"
    async with SqliteDatabase.open(path) as database:
        history = await SqliteJudgementHistory.of(database)
        assert await database.run(lambda each: each.execute("PRAGMA auto_vacuum").fetchall()) == [(2,)]
        await history.delete("f1")
        assert await history.residual_sums(["r"], 1) == {"r": {0: ResidualSums(1, 2.0, 4.0, 2.0)}}

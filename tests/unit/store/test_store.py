import sqlite3
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_pb2 import CriterionScore, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.submission_pb2 import Criterion, Rubric
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import StoreError

RUBRIC = Rubric(criteria=[Criterion(id="c1")])
RESPONSE = GetFeedbackResponse(feedback_id="f1", rubric=RUBRIC)
RESULT = ModelResult(model="a/b", model_version="unmistakable words")


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_deleting_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await store.open_request("r1", b"hash")
        await store.keep_result("r1", RESULT)
        await store.keep_response("r1", RESPONSE)
        await store.keep_scores("f1", "teacher", [CriterionScore(criterion_id="c1", score=2)])
        assert b"unmistakable words" in bytes_in(tmp_path)
        await store.delete_feedback("f1")
        await store.delete_feedback("f1")
        assert await store.rubric("f1") is None
        assert (await store.open_request("r1", b"hash")).results == ()
        # Open still: its write-ahead log is a file, too.
        assert b"unmistakable words" not in bytes_in(tmp_path)


async def test_a_full_disk_is_said_and_harms_nothing(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await store.open_request("r1", b"hash")
        (pages,) = await store._rows("PRAGMA page_count")
        await store._rows(f"PRAGMA max_page_count = {pages[0]}")
        with pytest.raises(StoreError, match="SQLITE_FULL"):
            await store.keep_result("r1", ModelResult(model="a/b", model_version="x" * 100_000))
        await store._rows("PRAGMA max_page_count = 1000000")
        await store.keep_result("r1", RESULT)
        assert (await store.open_request("r1", b"hash")).results == (RESULT,)


async def test_a_locked_file_is_said_soon(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        other = sqlite3.connect(tmp_path / "s")
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(StoreError, match="SQLITE_BUSY"):
                await store.open_request("r1", b"hash")
        finally:
            other.close()
        assert (await store.open_request("r1", b"hash")).response is None

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from chorus.feedback.v1.decision_pb2 import Decisions, ScoreDecision
from chorus.feedback.v1.feedback_pb2 import CriterionScore, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse, RecordedScores
from chorus.feedback.v1.submission_pb2 import Criterion, Rubric
from orchestrator.store.patient import PatientStore
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import StoreError

RESPONSE = GetFeedbackResponse(feedback_id="f1", rubric=Rubric(criteria=[Criterion(id="c1")]))
RESULT = ModelResult(model="a/b", model_version="unmistakable words")


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def execute(store: SqliteStore, statement: str) -> list[Any]:
    """Runs a statement in the store's own connection."""
    return await store._database.run(lambda connection: connection.execute(statement).fetchall())


async def keep_all(store: SqliteStore) -> None:
    await store.open_request("r1", b"hash")
    await store.keep_result("r1", b"hash", RESULT)
    await store.keep_response("r1", b"hash", "ann", RESPONSE)
    said = CriterionScore(criterion_id="c1", score=2, rationale="unmistakable words")
    await store.keep_scores("ann", "f1", RecordedScores(rater="teacher", scores=[said]))
    decided = ScoreDecision(criterion_id="c1", rationale="unmistakable words")
    await store.keep_decisions("ann", "f1", Decisions(rater="teacher", scores=[decided]))


async def test_deleting_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await keep_all(store)
        assert b"unmistakable words" in bytes_in(tmp_path)
        assert await store.delete_feedback("ann", "f1")
        assert (await store.open_request("r1", b"hash")).results == ()
        # Open still: its write-ahead log is a file, too.
        assert b"unmistakable words" not in bytes_in(tmp_path)


async def test_what_expires_is_gone_from_the_files_though_nobody_asks_for_anything(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await keep_all(store)
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        for table in ("requests", "feedbacks"):
            await execute(store, f"UPDATE {table} SET expires_at = 0")  # noqa: S608 - no input
        deleting = asyncio.create_task(PatientStore(store).keep_deleting(every_seconds=0))
        async with asyncio.timeout(30):
            while b"unmistakable words" in bytes_in(tmp_path):  # noqa: ASYNC110 - a file does not say that it has changed
                await asyncio.sleep(0)
        deleting.cancel()


async def test_a_full_disk_is_said_and_harms_nothing(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await store.open_request("r1", b"hash")
        (pages,) = await execute(store, "PRAGMA page_count")
        await execute(store, f"PRAGMA max_page_count = {pages[0]}")
        with pytest.raises(StoreError, match="SQLITE_FULL"):
            await store.keep_result("r1", b"hash", ModelResult(model="a/b", model_version="x" * 100_000))
        await execute(store, "PRAGMA max_page_count = 1000000")
        await store.keep_result("r1", b"hash", RESULT)
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


async def test_a_file_shrinks_once_what_it_held_has_expired(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with SqliteStore.open(path, 60) as store:
        for number in range(200):
            await store.keep_response(
                "", b"", "ann", GetFeedbackResponse(feedback_id=f"f{number}" + "x" * 80_000)
            )
        await execute(store, "UPDATE feedbacks SET expires_at = 0 WHERE feedback_id NOT LIKE 'f7x%'")
        full = await size(store)
        steps = 1
        while await store.delete_expired():
            steps += 1
        assert await size(store) < full / 3
        assert steps > 200 / 32
        assert await execute(store, "SELECT count(*) FROM feedbacks") == [(1,)]


async def size(store: SqliteStore) -> int:
    """The pages of the file."""
    ((pages,),) = await execute(store, "PRAGMA page_count")
    return int(pages)


async def test_what_has_expired_is_not_there_before_it_is_deleted(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await keep_all(store)
        for table in ("requests", "feedbacks"):
            await execute(store, f"UPDATE {table} SET expires_at = 0")  # noqa: S608 - no input
        assert await store.feedback("ann", "f1") is None
        assert not await store.keep_scores("ann", "f1", RecordedScores(rater="teacher"))
        stored = await store.open_request("r1", b"another hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"another hash", None, ())


async def test_an_operation_that_fails_takes_none_beside_it_with_it(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        outcomes = await asyncio.gather(
            store.open_request("r1", b"hash"),
            store.name_results("nobody's", "ann", "f1"),
            store.keep_result("r1", b"hash", RESULT),
            store.keep_response("r1", b"hash", "ann", RESPONSE),
            return_exceptions=True,
        )
        assert isinstance(outcomes[1], StoreError)
        assert not any(isinstance(each, BaseException) for each in (outcomes[0], *outcomes[2:]))
        stored = await store.open_request("r1", b"hash")
        assert (stored.response, stored.results) == (RESPONSE, (RESULT,))


async def test_what_was_to_be_kept_is_kept_though_the_caller_has_left(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        keeping = asyncio.create_task(store.keep_result("r1", b"hash", RESULT))
        await asyncio.sleep(0)
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        assert (await store.open_request("r1", b"hash")).results == (RESULT,)

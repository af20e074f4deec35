from pathlib import Path

from chorus.feedback.v1.feedback_pb2 import CriterionScore, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.submission_pb2 import Criterion, Rubric
from orchestrator.panel.track_record import MAX_CALLS, ModelCall
from orchestrator.store.sqlite import SqliteStore

RUBRIC = Rubric(criteria=[Criterion(id="c1")])
RESPONSE = GetFeedbackResponse(feedback_id="f1", rubric=RUBRIC)
RESULT = ModelResult(model="a/b", model_version="unmistakable words")


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await store.open_request("r1", b"hash")
        await store.keep_result("r1", RESULT)
        await store.keep_response("r1", RESPONSE)
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        stored = await store.open_request("r1", b"other hash")
        assert stored.request_hash == b"hash"
        assert stored.response == RESPONSE
        assert stored.results == (RESULT,)
        assert await store.rubric("f1") == RUBRIC


async def test_a_new_request_holds_nothing(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        stored = await store.open_request("r1", b"hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"hash", None, ())
        assert await store.rubric("f1") is None


async def test_all_expires(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", retention_seconds=-1) as store:
        await store.open_request("r1", b"hash")
        await store.keep_result("r1", RESULT)
        await store.keep_response("r1", RESPONSE)
        assert await store.rubric("f1") is None
        stored = await store.open_request("r1", b"new hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"new hash", None, ())


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


async def test_scores_replace_what_the_same_rater_said_before(tmp_path: Path) -> None:
    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await store.keep_response("", RESPONSE)
        scores = [CriterionScore(criterion_id="c1", score=2)]
        await store.keep_scores("f1", "teacher", scores)
        await store.keep_scores("f1", "teacher", scores)


async def test_the_latest_calls_come_oldest_first_and_the_rest_is_deleted(tmp_path: Path) -> None:
    def call(model: str, seconds: float) -> ModelCall:
        return ModelCall(model, answered=True, seconds=seconds, output_tokens_per_second=1)

    async with SqliteStore.open(tmp_path / "s", 60) as store:
        await store.add_call(call("rare", 0))
        for number in range(MAX_CALLS + 2):
            await store.add_call(call("frequent", number))
        calls = await store.latest_calls()
    assert [each.seconds for each in calls if each.model == "frequent"] == list(range(2, MAX_CALLS + 2))
    assert calls[0] == call("rare", 0)

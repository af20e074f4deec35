"""Tests what every store keeps, returns and forgets: SQLite's file and a real Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_pb2 import CriterionScore, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.submission_pb2 import Criterion, Rubric
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import Store, StoreError
from tests.fakes.redis_server import redis_server, redis_store

Open = Callable[[float], AbstractAsyncContextManager[Store]]

RUBRIC = Rubric(criteria=[Criterion(id="c1")])
RESPONSE = GetFeedbackResponse(feedback_id="f1", rubric=RUBRIC)
RESULT = ModelResult(model="a/b", model_version="words")
OTHER_RESULT = ModelResult(model="a/a", model_version="words")
SCORES = [CriterionScore(criterion_id="c1", score=2)]


@pytest.fixture(params=["sqlite", "redis"])
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Open]:
    """Yields a function that opens the same store, each time for a retention."""
    if request.param == "sqlite":
        yield partial(SqliteStore.open, tmp_path / "s")
    else:
        async with redis_server(tmp_path) as server:
            yield partial(redis_store, server.url)


async def test_what_is_kept_is_there_for_the_next_process(opened: Open) -> None:
    async with opened(60) as store:
        await store.open_request("r1", b"hash")
        await store.keep_result("r1", RESULT)
        await store.keep_result("r1", OTHER_RESULT)
        await store.keep_response("r1", RESPONSE)
    async with opened(60) as store:
        stored = await store.open_request("r1", b"other hash")
        assert stored.request_hash == b"hash"
        assert stored.response == RESPONSE
        assert stored.results == (OTHER_RESULT, RESULT)
        assert await store.rubric("f1") == RUBRIC


async def test_a_new_request_holds_nothing(opened: Open) -> None:
    async with opened(60) as store:
        stored = await store.open_request("r1", b"hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"hash", None, ())
        assert await store.rubric("f1") is None


async def test_all_expires(opened: Open) -> None:
    async with opened(-1) as store:
        await store.open_request("r1", b"hash")
        try:
            await store.keep_result("r1", RESULT)
            await store.keep_response("r1", RESPONSE)
        except StoreError:
            pass
        assert await store.rubric("f1") is None
        stored = await store.open_request("r1", b"new hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"new hash", None, ())


async def test_what_is_deleted_is_gone_with_its_request(opened: Open) -> None:
    async with opened(60) as store:
        await store.open_request("r1", b"hash")
        await store.keep_result("r1", RESULT)
        await store.keep_response("r1", RESPONSE)
        await store.keep_scores("f1", "teacher", SCORES)
        await store.delete_feedback("f1")
        await store.delete_feedback("f1")
        assert await store.rubric("f1") is None
        stored = await store.open_request("r1", b"new hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"new hash", None, ())


async def test_answers_without_a_response_are_deleted_by_the_name_they_were_given(opened: Open) -> None:
    async with opened(60) as store:
        await store.open_request("r1", b"hash")
        await store.keep_result("r1", RESULT)
        await store.name_results("r1", "f1")
        assert await store.rubric("f1") is None
        assert (await store.open_request("r1", b"hash")).results == (RESULT,)
        await store.delete_feedback("f1")
        assert (await store.open_request("r1", b"hash")).results == ()


async def test_nothing_is_named_that_is_not_kept(opened: Open) -> None:
    async with opened(60) as store:
        with pytest.raises(StoreError):
            await store.name_results("r1", "f1")
        await store.open_request("r1", b"hash")
        await store.name_results("r1", "f1")


async def test_a_response_without_a_request_id_has_a_rubric(opened: Open) -> None:
    async with opened(60) as store:
        await store.keep_response("", RESPONSE)
        assert await store.rubric("f1") == RUBRIC
        await store.delete_feedback("f1")
        assert await store.rubric("f1") is None


async def test_scores_replace_what_the_same_rater_said_before(opened: Open) -> None:
    async with opened(60) as store:
        await store.keep_response("", RESPONSE)
        await store.keep_scores("f1", "teacher", SCORES)
        await store.keep_scores("f1", "teacher", SCORES)
        with pytest.raises(StoreError):
            await store.keep_scores("f2", "teacher", SCORES)


async def test_the_latest_calls_come_oldest_first_and_the_rest_is_deleted(opened: Open) -> None:
    def call(model: str, seconds: float) -> ModelCall:
        return ModelCall(model, answered=True, seconds=seconds, output_tokens_per_second=1)

    async with opened(60) as store:
        assert list(await store.latest_calls()) == []
        await store.add_call(call("rare", 0))
        for number in range(MAX_CALLS + 2):
            await store.add_call(call("frequent", number))
        calls = await store.latest_calls()
    assert [each.seconds for each in calls if each.model == "frequent"] == list(range(2, MAX_CALLS + 2))
    assert calls[0] == call("rare", 0)


async def test_a_lease_lasts_as_long_as_its_block(opened: Open) -> None:
    async with opened(60) as store, asyncio.timeout(30):
        async with store.lease("r1"), store.lease("r2"):
            pass
        async with store.lease("r1"):
            pass

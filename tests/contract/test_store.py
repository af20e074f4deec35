"""Tests what every store keeps, returns and forgets: SQLite's file and a real Redis."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from chorus.feedback.v1.decision_pb2 import Decisions
from chorus.feedback.v1.feedback_pb2 import CriterionScore, ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse, RecordedScores
from chorus.feedback.v1.submission_pb2 import Criterion, Rubric
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import Store, StoreError
from tests.fakes.redis_server import redis_server, redis_store

Open = Callable[[float], AbstractAsyncContextManager[Store]]

RESPONSE = GetFeedbackResponse(feedback_id="f1", rubric=Rubric(criteria=[Criterion(id="c1")]))
RESULT = ModelResult(model="a/b", model_version="words")
OTHER_RESULT = ModelResult(model="a/a", model_version="words")


def scores(rater: str, score: float = 2) -> RecordedScores:
    return RecordedScores(rater=rater, scores=[CriterionScore(criterion_id="c1", score=score)])


def decisions(rater: str, *, final: bool = False) -> Decisions:
    return Decisions(rater=rater, final=final)


async def response_of(
    store: Store, caller: str = "ann", feedback_id: str = "f1"
) -> GetFeedbackResponse | None:
    found = await store.feedback(caller, feedback_id)
    return found.response if found else None


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
        await store.keep_result("r1", b"hash", RESULT)
        await store.keep_result("r1", b"hash", OTHER_RESULT)
        await store.keep_response("r1", b"hash", "ann", RESPONSE)
    async with opened(60) as store:
        stored = await store.open_request("r1", b"other hash")
        assert stored.request_hash == b"hash"
        assert stored.response == RESPONSE
        assert stored.results == (OTHER_RESULT, RESULT)
        assert await response_of(store) == RESPONSE


async def test_a_new_request_holds_nothing(opened: Open) -> None:
    async with opened(60) as store:
        stored = await store.open_request("r1", b"hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"hash", None, ())
        assert await store.feedback("ann", "f1") is None


async def test_all_expires(opened: Open) -> None:
    async with opened(-1) as store:
        await store.open_request("r1", b"hash")
        try:
            await store.keep_result("r1", b"hash", RESULT)
            await store.keep_response("r1", b"hash", "ann", RESPONSE)
        except StoreError:
            pass
        assert await store.feedback("ann", "f1") is None
        stored = await store.open_request("r1", b"new hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"new hash", None, ())


async def test_what_is_deleted_is_gone_with_its_request(opened: Open) -> None:
    async with opened(60) as store:
        await store.open_request("r1", b"hash")
        await store.keep_result("r1", b"hash", RESULT)
        await store.keep_response("r1", b"hash", "ann", RESPONSE)
        assert await store.keep_scores("ann", "f1", scores("teacher"))
        assert await store.keep_decisions("ann", "f1", decisions("teacher"))
        assert await store.delete_feedback("ann", "f1")
        assert not await store.delete_feedback("ann", "f1")
        assert await store.feedback("ann", "f1") is None
        stored = await store.open_request("r1", b"new hash")
        assert (stored.request_hash, stored.response, stored.results) == (b"new hash", None, ())


async def test_answers_without_a_response_are_deleted_by_the_name_they_were_given(opened: Open) -> None:
    async with opened(60) as store:
        await store.open_request("r1", b"hash")
        await store.keep_result("r1", b"hash", RESULT)
        await store.name_results("r1", "ann", "f1")
        await store.name_results("r1", "ann", "f2")
        found = await store.feedback("ann", "f1")
        assert found is not None
        assert found.response is None
        assert not await store.keep_scores("ann", "f1", scores("teacher"))
        assert not await store.keep_decisions("ann", "f1", decisions("teacher"))
        assert not await store.delete_feedback("bob", "f1")
        assert (await store.open_request("r1", b"hash")).results == (RESULT,)
        assert await store.delete_feedback("ann", "f1")
        assert (await store.open_request("r1", b"hash")).results == ()
        assert await store.delete_feedback("ann", "f2")


async def test_what_was_paid_for_is_kept_though_the_request_was_not_opened(opened: Open) -> None:
    async with opened(60) as store:
        await store.keep_result("r1", b"hash", RESULT)
        await store.keep_response("r2", b"hash", "ann", RESPONSE)
        stored = await store.open_request("r1", b"other hash")
        assert (stored.request_hash, stored.results) == (b"hash", (RESULT,))
        assert (await store.open_request("r2", b"hash")).response == RESPONSE


async def test_what_was_paid_for_is_kept_under_no_other_request(opened: Open) -> None:
    async with opened(60) as store:
        await store.open_request("r1", b"hash")
        with pytest.raises(StoreError, match="another request"):
            await store.keep_result("r1", b"other hash", RESULT)
        with pytest.raises(StoreError, match="another request"):
            await store.keep_response("r1", b"other hash", "ann", RESPONSE)
        stored = await store.open_request("r1", b"hash")
        assert (stored.response, stored.results) == (None, ())


async def test_nothing_is_named_that_is_not_kept(opened: Open) -> None:
    async with opened(60) as store:
        with pytest.raises(StoreError):
            await store.name_results("r1", "ann", "f1")
        assert await store.feedback("ann", "f1") is None
        await store.open_request("r1", b"hash")
        await store.name_results("r1", "ann", "f1")


async def test_a_response_without_a_request_id_is_kept_too(opened: Open) -> None:
    async with opened(60) as store:
        await store.keep_response("", b"", "ann", RESPONSE)
        assert await response_of(store) == RESPONSE
        assert await store.delete_feedback("ann", "f1")
        assert await store.feedback("ann", "f1") is None


async def test_a_request_keeps_its_answer_though_a_run_that_did_not_know_of_it_ends_later(
    opened: Open,
) -> None:
    async with opened(60) as store:
        await store.keep_response("r1", b"hash", "ann", RESPONSE)
        with pytest.raises(StoreError, match="another answer"):
            await store.keep_response("r1", b"hash", "ann", GetFeedbackResponse(feedback_id="f2"))
        assert (await store.open_request("r1", b"hash")).response == RESPONSE
        assert await store.feedback("ann", "f2") is None


async def test_a_request_whose_run_came_to_no_response_may_be_answered_later(opened: Open) -> None:
    async with opened(60) as store:
        await store.open_request("r1", b"hash")
        await store.name_results("r1", "ann", "f2")
        await store.keep_response("r1", b"hash", "ann", RESPONSE)
        assert (await store.open_request("r1", b"hash")).response == RESPONSE


async def test_a_response_is_replaced_beneath_what_people_said_of_it(opened: Open) -> None:
    again = GetFeedbackResponse(feedback_id="f1", language_code="en")
    async with opened(60) as store:
        await store.open_request("r1", b"hash")
        await store.keep_response("r1", b"hash", "ann", RESPONSE)
        assert await store.keep_scores("ann", "f1", scores("teacher"))
        assert await store.keep_decisions("ann", "f1", decisions("teacher"))
        before = await store.feedback("ann", "f1")
    async with opened(3600) as store:
        assert await store.replace_response("ann", again)
        assert (await store.open_request("r1", b"hash")).response == again
        found = await store.feedback("ann", "f1")
        assert before is not None
        assert found is not None
        assert found.response == again
        assert (found.scores, found.decisions) == ((scores("teacher"),), (decisions("teacher"),))
        # It does not live longer for having been asked for again.
        assert (found.created_at, found.expires_at) == (before.created_at, before.expires_at)


async def test_nothing_is_replaced_that_is_gone_or_another_callers(opened: Open) -> None:
    again = GetFeedbackResponse(feedback_id="f1", language_code="en")
    async with opened(60) as store:
        assert not await store.replace_response("ann", again)
        await store.open_request("r1", b"hash")
        await store.name_results("r1", "ann", "f1")
        assert not await store.replace_response("ann", again)
        await store.keep_response("", b"", "bob", GetFeedbackResponse(feedback_id="f2"))
        assert not await store.replace_response("ann", GetFeedbackResponse(feedback_id="f2"))
        assert await store.delete_feedback("ann", "f1")
        assert not await store.replace_response("ann", again)
        assert await store.feedback("ann", "f1") is None


@pytest.mark.parametrize("owner", ["", "ann"])
async def test_what_is_another_callers_is_not_there(opened: Open, owner: str) -> None:
    async with opened(60) as store:
        await store.keep_response("", b"", owner, RESPONSE)
        for other in {"", "ann", "bob", "Ann"} - {owner}:
            assert await store.feedback(other, "f1") is None
            assert not await store.keep_scores(other, "f1", scores("teacher"))
            assert not await store.keep_decisions(other, "f1", decisions("teacher"))
            assert not await store.delete_feedback(other, "f1")
        found = await store.feedback(owner, "f1")
        assert found is not None
        assert (found.response, found.scores, found.decisions) == (RESPONSE, (), ())
        assert await store.feedback(owner, "f2") is None


async def test_a_rater_replaces_what_they_said_and_nobody_elses(opened: Open) -> None:
    async with opened(60) as store:
        await store.keep_response("", b"", "ann", RESPONSE)
        for rater, score in (("한 선생님", 1), ("b", 2), ("b", 3)):
            assert await store.keep_scores("ann", "f1", scores(rater, score))
        for rater, final in (("b", False), ("a", False), ("b", True)):
            assert await store.keep_decisions("ann", "f1", decisions(rater, final=final))
        found = await store.feedback("ann", "f1")
        assert found is not None
        assert found.scores == (scores("b", 3), scores("한 선생님", 1))
        assert found.decisions == (decisions("a"), decisions("b", final=True))
        assert not await store.keep_scores("ann", "f2", scores("b"))


async def test_it_says_since_when_and_until_when_it_is_kept(opened: Open) -> None:
    before = time.time()
    async with opened(60) as store:
        await store.keep_response("", b"", "ann", RESPONSE)
        found = await store.feedback("ann", "f1")
        assert found is not None
        assert before <= found.created_at <= time.time()
        assert found.expires_at - found.created_at == pytest.approx(60, abs=1)


async def test_the_latest_calls_come_oldest_first_and_the_rest_is_deleted(opened: Open) -> None:
    def call(model: str, seconds: float) -> ModelCall:
        return ModelCall(model, answered=True, seconds=seconds, output_tokens_per_second=1)

    async with opened(60) as store:
        assert list(await store.latest_calls()) == []
        await store.add_calls([call("rare", 0)])
        for first in range(0, MAX_CALLS + 2, 2):
            await store.add_calls([call("frequent", first), call("frequent", first + 1)])
        calls = await store.latest_calls()
    assert [each.seconds for each in calls if each.model == "frequent"] == list(range(2, MAX_CALLS + 2))
    assert calls[0] == call("rare", 0)


async def test_a_lease_lasts_as_long_as_its_block(opened: Open) -> None:
    async with opened(60) as store, asyncio.timeout(30):
        async with store.lease("r1"), store.lease("r2"):
            pass
        async with store.lease("r1"):
            pass

"""Callers of one request whose patience differs."""

import asyncio

import pytest
from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.store.sqlite import SqliteStore
from rpckit.call import Deadline
from tests.fakes.clock import FakeClock
from tests.fakes.scripted_review import REQUEST, ScriptedReview, SlowModelReview


@pytest.mark.parametrize("hasty_leaves", [False, True])
async def test_a_far_more_patient_caller_gets_what_a_hasty_one_had_no_time_for(
    store: SqliteStore, hasty_leaves: bool
) -> None:
    models = SlowModelReview()
    runs = IdempotentRuns(models, store)
    hasty = asyncio.create_task(runs.response(REQUEST, Deadline.after(20)))
    await models.started.wait()
    patient = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    joined = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await asyncio.sleep(0)
    if hasty_leaves:
        hasty.cancel()
    models.go.set()
    assert [each.HasField("feedback") for each in (await patient).results] == [True, True]
    assert await joined == await patient
    assert models.asked == ["a/b", "slow/c", "slow/c"]
    if not hasty_leaves:
        assert [each.HasField("feedback") for each in (await hasty).results] == [True, False]


@pytest.mark.parametrize(("seconds", "runs_made"), [(39, 1), (41, 2)])
async def test_who_has_up_to_twice_the_time_that_is_left_joins(
    store: SqliteStore, seconds: float, runs_made: int
) -> None:
    clock = FakeClock()
    models = SlowModelReview()
    runs = IdempotentRuns(models, store)
    first = asyncio.create_task(runs.response(REQUEST, Deadline.after(20, clock)))
    await models.started.wait()
    second = asyncio.create_task(runs.response(REQUEST, Deadline.after(seconds, clock)))
    await asyncio.sleep(0)
    models.go.set()
    await asyncio.gather(first, second)
    assert models.asked.count("slow/c") == runs_made


async def test_a_far_more_patient_caller_takes_a_whole_answer_as_it_is(store: SqliteStore) -> None:
    script = ScriptedReview()
    runs = IdempotentRuns(script, store)
    hasty = asyncio.create_task(runs.response(REQUEST, Deadline.after(20)))
    await script.started.wait()
    patient = asyncio.create_task(runs.response(REQUEST, Deadline.after(60)))
    await asyncio.sleep(0)
    script.go.set()
    assert (await patient).feedback_id == (await hasty).feedback_id
    assert script.bought == 1


async def test_who_has_waited_for_most_of_the_time_is_given_what_there_is(store: SqliteStore) -> None:
    clock = FakeClock()
    models = SlowModelReview()
    runs = IdempotentRuns(models, store)
    hasty = asyncio.create_task(runs.response(REQUEST, Deadline.after(20, FakeClock())))
    await models.started.wait()
    patient = asyncio.create_task(runs.response(REQUEST, Deadline.after(70, clock)))
    await asyncio.sleep(0)
    clock.now += 36
    models.go.set()
    assert (await patient).feedback_id == (await hasty).feedback_id
    assert models.asked == ["a/b", "slow/c"]


@pytest.mark.parametrize(
    ("policy", "substitute_for"),
    [
        (PanelPolicy(straggler_grace=Duration(seconds=1)), ""),
        (PanelPolicy(), "e/f"),
    ],
    ids=["a straggler", "a substitute"],
)
async def test_who_was_given_up_for_another_reason_than_time_is_not_asked_again(
    store: SqliteStore, policy: PanelPolicy, substitute_for: str
) -> None:
    models = SlowModelReview(substitute_for)
    runs = IdempotentRuns(models, store)
    request = GetFeedbackRequest(policy=policy)
    request.MergeFrom(REQUEST)
    hasty = asyncio.create_task(runs.response(request, Deadline.after(20)))
    await models.started.wait()
    patient = asyncio.create_task(runs.response(request, Deadline.after(60)))
    await asyncio.sleep(0)
    models.go.set()
    assert (await patient).feedback_id == (await hasty).feedback_id
    assert models.asked == ["a/b", "slow/c"]

"""What repeats cost while the store is slow, silent, or gone for good."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from typing_extensions import override

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, GetFeedbackResponse
from orchestrator.panel.audience import Audience
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.review.submission_reviewer import Event, ReviewEvent
from orchestrator.store.patient import PatientStore
from orchestrator.store.sqlite import SqliteStore
from orchestrator.store.store import StoreError
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.errors import QuorumNotReached, Timeout
from tests.fakes.clock import loop_deadline, run_in_virtual_time
from tests.fakes.scripted_review import BOUGHT, REQUEST, ScriptedReview
from tests.fakes.slow_store import SlowStore

ADMITTED = 64
# What a store fails with, and what its database's client may fail with that nobody foresaw.
ERRORS = [StoreError("broken"), RuntimeError("the handler is closed"), KeyError(b"hash")]


def numbered(number: int) -> GetFeedbackRequest:
    request = GetFeedbackRequest(request_id=f"r{number}")
    request.submission.CopyFrom(REQUEST.submission)
    return request


def ready() -> ScriptedReview:
    script = ScriptedReview()
    script.go.set()
    return script


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.3])
def test_no_repeat_is_bought_twice_at_any_admitted_load(seconds: float) -> None:
    async def run() -> tuple[int, list[GetFeedbackResponse]]:
        script, store = ready(), PatientStore(SlowStore(seconds))
        runs = IdempotentRuns(script, store)
        responses: list[GetFeedbackResponse] = []
        for _ in range(4):
            asked = (runs.response(numbered(number), loop_deadline(120)) for number in range(ADMITTED))
            responses += await asyncio.gather(*asked)
        return script.bought, responses

    bought, responses = run_in_virtual_time(run())
    assert bought == ADMITTED
    assert sum(each.replayed for each in responses) == 3 * ADMITTED
    assert not any(each.store_failed for each in responses)


def test_repeats_that_come_while_the_first_calls_run_are_bought_once() -> None:
    async def run() -> int:
        script = ready()
        runs = IdempotentRuns(script, PatientStore(SlowStore(0.2)))
        asked = [runs.response(numbered(number % 16), loop_deadline(120)) for number in range(ADMITTED)]
        await asyncio.gather(*asked)
        return script.bought

    assert run_in_virtual_time(run()) == 16


def test_a_store_that_works_but_not_in_time_costs_the_call_and_not_the_money() -> None:
    async def run() -> int:
        script, store = ready(), PatientStore(SlowStore(0.5))
        others = asyncio.gather(*(store.open_request(f"o{number}", b"hash") for number in range(8)))
        with pytest.raises(Timeout):
            await IdempotentRuns(script, store).response(REQUEST, loop_deadline(2))
        await others
        return script.bought

    assert run_in_virtual_time(run()) == 0


@pytest.mark.parametrize(("seconds", "waited"), [(2, 1.2), (8, 4.2), (60, 5)])
def test_a_store_that_is_silent_costs_a_call_half_of_its_time_at_most(seconds: float, waited: float) -> None:
    async def run() -> float:
        store, deadline = SlowStore(), loop_deadline(seconds)
        store.works.clear()
        response = await IdempotentRuns(ready(), PatientStore(store)).response(REQUEST, deadline)
        assert response.results == [BOUGHT]
        assert response.store_failed
        return seconds - deadline.remaining()

    assert run_in_virtual_time(run()) == pytest.approx(waited)


def test_a_hasty_call_does_not_have_the_store_left_alone_for_others() -> None:
    async def run() -> list[bool]:
        script, store = ready(), SlowStore(1.5)
        runs = IdempotentRuns(script, PatientStore(store))
        hasty = asyncio.create_task(runs.response(numbered(1), loop_deadline(2)))
        await asyncio.sleep(1.1)
        patient = await runs.response(numbered(2), loop_deadline(60))
        return [(await hasty).store_failed, patient.store_failed]

    assert run_in_virtual_time(run()) == [True, False]


@pytest.mark.parametrize("error", ERRORS)
def test_the_answer_says_that_the_store_is_gone(error: Exception) -> None:
    async def run() -> None:
        script, store = ready(), SlowStore()
        store.error = error
        runs = IdempotentRuns(script, PatientStore(store))
        store.fails = True
        lost = await runs.response(REQUEST, loop_deadline(120))
        assert lost.store_failed
        assert lost.results == [BOUGHT]
        assert (
            await runs.response(GetFeedbackRequest(submission=REQUEST.submission), loop_deadline(120))
        ).store_failed
        store.fails = False
        again = await runs.response(REQUEST, loop_deadline(120))
        assert (again.store_failed, again.replayed) == (False, False)
        assert (await runs.response(REQUEST, loop_deadline(120))).replayed

    run_in_virtual_time(run())


def test_a_store_that_is_back_before_the_end_keeps_what_was_paid_for() -> None:
    async def run() -> None:
        script, store = ScriptedReview(), SlowStore()
        runs = IdempotentRuns(script, PatientStore(store))
        store.fails = True
        first = asyncio.create_task(runs.response(REQUEST, loop_deadline(120)))
        await script.started.wait()
        store.fails = False
        script.go.set()
        # It may have been bought before.
        assert (await first).store_failed
        again = await runs.response(REQUEST, loop_deadline(120))
        assert (again.replayed, again.store_failed) == (True, False)
        assert script.bought == 1

    run_in_virtual_time(run())


@pytest.mark.parametrize("error", ERRORS)
def test_a_call_that_fails_while_the_store_is_gone_names_nothing(error: Exception) -> None:
    async def run() -> None:
        script, store = ScriptedReview(fails=True), SlowStore()
        store.error = error
        script.go.set()
        store.fails = True
        with pytest.raises(QuorumNotReached) as caught:
            await IdempotentRuns(script, PatientStore(store)).response(REQUEST, loop_deadline(120))
        assert "feedback_id" not in caught.value.metadata

    run_in_virtual_time(run())


class NamingReview(ScriptedReview):
    """Names each feedback as its request."""

    @override
    async def review(
        self, request: GetFeedbackRequest, budget: TimeBudget, earlier: EarlierRun, audience: Audience
    ) -> AsyncGenerator[ReviewEvent]:
        async for event in super().review(request, budget, earlier, audience):
            if isinstance(event, Event) and event.HasField("response"):
                event.response.feedback_id = request.request_id
            yield event


async def test_no_repeat_is_bought_twice_with_the_file_itself(tmp_path: Path) -> None:
    script = NamingReview()
    script.go.set()
    async with SqliteStore.open(tmp_path / "s", retention_seconds=60) as store:
        runs = IdempotentRuns(script, PatientStore(store))
        for _ in range(3):
            asked = (runs.response(numbered(number), Deadline.after(60)) for number in range(ADMITTED))
            responses = await asyncio.gather(*asked)
            assert not any(each.store_failed for each in responses)
    assert script.bought == ADMITTED

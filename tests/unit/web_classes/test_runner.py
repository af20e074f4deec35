"""The runner before an orchestrator that counts what is bought."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from google.rpc import status_pb2

from chorus.feedback.v1 import feedback_service_pb2_grpc
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.model.v1 import failure_pb2
from clients.web.server.classes.class_store import ClassStore
from clients.web.server.classes.review_prices import ReviewPrices
from clients.web.server.classes.runner import ClassRunner
from clients.web.server.classes.tables import State, StopReason, Work
from clients.web.server.classes.work_queue import Claimed, WorkQueue
from rpckit.channel import connect
from rpckit.errors import BudgetExceeded, QuorumNotReached, Unavailable, to_failure
from tests.fakes.buying_orchestrator import COST, BuyingOrchestrator
from tests.fakes.scripted_orchestrator import FEEDBACK
from tests.patience import PATIENCE
from tests.unit.web_classes.kept_classes import OWNER, a_class, states

DAY_SECONDS = 86_400.0
NOW_PASSES = (0.01, 0.01)


@pytest.fixture
def orchestrator() -> BuyingOrchestrator:
    made = BuyingOrchestrator()
    made.may_answer.set()
    return made


class _System:
    """Servers one after the other, on one database."""

    def __init__(self, store: ClassStore, queue: WorkQueue, address: str) -> None:
        self.store, self.queue, self._address = store, queue, address

    @asynccontextmanager
    async def server(self, **changes: Any) -> AsyncIterator[ClassRunner]:
        """Runs one; at the end of the block it is killed where it is."""
        async with AsyncExitStack() as stack:
            channel = await stack.enter_async_context(connect(self._address, FEEDBACK))
            stub = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
            values: dict[str, Any] = {"calls": 2, "kept_seconds": DAY_SECONDS, "pauses": NOW_PASSES} | changes
            runner = ClassRunner(
                store=self.store, queue=self.queue, stub=stub, prices=ReviewPrices(stub), **values
            )
            task = asyncio.create_task(runner.run())
            try:
                yield runner
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def works(self, assignment_id: str) -> list[Work]:
        found = self.store.find(OWNER, assignment_id)
        assert found is not None
        return list(found[1])


@pytest.fixture
def system(store: ClassStore, queue: WorkQueue, orchestrator_address: str) -> _System:
    return _System(store, queue, orchestrator_address)


@pytest.fixture
async def orchestrator_address(orchestrator: BuyingOrchestrator) -> AsyncIterator[str]:
    async with orchestrator.start() as found:
        yield found


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - a database tells nobody
            await asyncio.sleep(0.01)


async def _until_all(system: _System, assignment_id: str, *wanted: str) -> None:
    await _until(lambda: set(states(system.store, assignment_id)) <= set(wanted))


async def test_every_work_is_reviewed_once_and_few_at_a_time(
    system: _System, orchestrator: BuyingOrchestrator
) -> None:
    assignment_id, _ = a_class(system.store, 5)
    async with system.server() as runner:
        system.store.start(assignment_id)
        runner.wake()
        await _until_all(system, assignment_id, State.TO_REVIEW)
    assert orchestrator.bought == {f"Text {number}.": 1 for number in range(5)}
    assert orchestrator.most_at_once <= 2
    works = system.works(assignment_id)
    assert [each.cost_nanos for each in works] == [COST] * 5
    assert all(each.is_cost_whole and each.feedback_id and each.answered == 2 for each in works)
    (request, *_) = [each for each in orchestrator.requests if isinstance(each, GetFeedbackRequest)]
    assert request.submission.reference_answer.startswith("Sim-ple")
    assert list(request.models) == ["a/1", "b/1"]
    assert not request.HasField("policy")
    # What names the author stays here.
    assert ".txt" not in str(request)


async def test_a_server_that_is_killed_buys_nothing_twice(
    system: _System, orchestrator: BuyingOrchestrator
) -> None:
    assignment_id, _ = a_class(system.store, 5)
    system.store.start(assignment_id)
    orchestrator.may_answer.clear()
    # Its answer was bought, and never came here.
    orchestrator.loses.add("Text 0.")
    orchestrator.may_answer_to["Text 0."] = asyncio.Event()
    async with system.server(pauses=(3600.0,)):
        await _until(lambda: orchestrator.under_way == 2)
        orchestrator.may_answer_to["Text 0."].set()
        await _until(lambda: orchestrator.bought["Text 0."] == 1)
    assert State.RUNNING in states(system.store, assignment_id)
    # Else their answers could be bought and kept before the orchestrator hears that nobody waits.
    await _until(lambda: orchestrator.under_way == 0)
    orchestrator.may_answer.set()
    async with system.server():
        # Nobody has to press anything.
        await _until_all(system, assignment_id, State.TO_REVIEW)
    assert orchestrator.bought == {f"Text {number}.": 1 for number in range(5)}
    assert len(orchestrator.asked) == 5
    # The first one's answer was kept; of the second one's call, which was cut, more may be billed.
    whole = [each.is_cost_whole for each in system.works(assignment_id)]
    assert whole[0]
    assert not all(whole)


async def test_what_passes_is_waited_for_with_the_same_request(
    system: _System, orchestrator: BuyingOrchestrator
) -> None:
    assignment_id, _ = a_class(system.store, 1)
    orchestrator.fails["Text 0."] = [Unavailable("draining", retry_delay=0.001)]
    system.store.start(assignment_id)
    async with system.server():
        await _until_all(system, assignment_id, State.TO_REVIEW)
    assert len(orchestrator.asked) == 1


async def test_a_failure_is_kept_with_its_reasons_and_asked_again_only_if_wanted(
    system: _System, orchestrator: BuyingOrchestrator
) -> None:
    assignment_id, (work_id,) = a_class(system.store, 1)
    each = to_failure(BudgetExceeded("its price is not known", metadata={"model": "a/1"}))
    metadata = {"cost_usd_nanos": "7", "usage_basis": "MEASURED", "feedback_id": "f9"}
    orchestrator.fails["Text 0."] = [QuorumNotReached("nobody answered", metadata=metadata, details=[each])]
    system.store.start(assignment_id)
    async with system.server() as runner:
        await _until_all(system, assignment_id, State.FAILED)
        (work,) = system.works(assignment_id)
        assert (work.cost_nanos, work.is_cost_whole, work.feedback_id) == (7, True, "f9")
        assert _reasons(work) == ["QUORUM_NOT_REACHED", "BUDGET_EXCEEDED"]
        system.store.again(assignment_id, work_id)
        runner.wake()
        await _until_all(system, assignment_id, State.TO_REVIEW)
    (work,) = system.works(assignment_id)
    assert (work.cost_nanos, work.failure) == (7 + COST, b"")
    assert len(orchestrator.asked) == 2


async def test_an_orchestrator_that_stays_away_is_a_failure_and_again_buys_nothing_twice(
    system: _System, orchestrator: BuyingOrchestrator
) -> None:
    assignment_id, (work_id,) = a_class(system.store, 1)
    orchestrator.loses.add("Text 0.")
    orchestrator.fails["Text 0."] = []
    system.store.start(assignment_id)
    async with system.server(pauses=()) as runner:
        await _until_all(system, assignment_id, State.FAILED)
        assert _reasons(system.works(assignment_id)[0]) == ["UNAVAILABLE"]
        system.store.again(assignment_id, work_id)
        runner.wake()
        await _until_all(system, assignment_id, State.TO_REVIEW)
    assert orchestrator.bought == {"Text 0.": 1}


async def test_the_limit_for_the_whole_stops_the_class(
    system: _System, orchestrator: BuyingOrchestrator
) -> None:
    # A review costs 70, and may cost 200: two of them are within 300 one after the other, and no third.
    assignment_id, _ = a_class(system.store, 4, limit_nanos=300)
    system.store.start(assignment_id)
    async with system.server() as runner:
        await _until(lambda: _stop_reason(system, assignment_id) == StopReason.LIMIT)
        await _until_all(system, assignment_id, State.TO_REVIEW, State.NEW)
        assert states(system.store, assignment_id).count(State.TO_REVIEW) == 2
        assert all(each.policy.max_cost_usd_nanos == 200 for each in orchestrator.asked.values())
        system.store.change(assignment_id, {"limit_nanos": 10_000})
        system.store.start(assignment_id)
        runner.wake()
        await _until_all(system, assignment_id, State.TO_REVIEW)


async def test_a_stop_leaves_the_orchestrator_and_a_start_goes_on(
    system: _System, orchestrator: BuyingOrchestrator
) -> None:
    assignment_id, _ = a_class(system.store, 3)
    other, _ = a_class(system.store, 1, created=2.0)
    system.store.start(assignment_id)
    orchestrator.may_answer.clear()
    async with system.server() as runner:
        await _until(lambda: orchestrator.under_way == 2)
        await runner.stop(assignment_id)
        await _until(lambda: orchestrator.left == 2)
        assert set(states(system.store, assignment_id)) == {State.NEW}
        assert _stop_reason(system, assignment_id) == StopReason.TEACHER
        system.store.start(other)
        system.store.start(assignment_id)
        runner.wake()
        orchestrator.may_answer.set()
        await _until_all(system, assignment_id, State.TO_REVIEW)
        await _until_all(system, other, State.TO_REVIEW)
    assert orchestrator.bought == {"Text 0.": 2, "Text 1.": 1, "Text 2.": 1}
    assert len(orchestrator.asked) == 4
    # Nobody knows what the two calls that were stopped may be billed.
    assert [each.is_cost_whole for each in system.works(assignment_id)] == [False, False, True]


async def test_what_was_interrupted_for_too_long_is_the_teachers_decision(
    system: _System, orchestrator: BuyingOrchestrator
) -> None:
    assignment_id, (work_id,) = a_class(system.store, 1)
    system.store.start(assignment_id)
    claimed = system.queue.claim(assignment_id, lambda _: 0, time.time() - 2 * DAY_SECONDS)
    assert claimed == Claimed(work_id, was_begun=False)
    async with system.server() as runner:
        await _until_all(system, assignment_id, State.FAILED)
        assert not orchestrator.asked
        assert not system.works(assignment_id)[0].is_cost_whole
        system.store.again(assignment_id, work_id)
        runner.wake()
        await _until_all(system, assignment_id, State.TO_REVIEW)


def _reasons(work: Work) -> list[str]:
    found = []
    for each in status_pb2.Status.FromString(work.failure).details:
        failure = failure_pb2.Failure.FromString(each.value)
        found.append(failure_pb2.ErrorReason.Name(failure.reason).removeprefix("ERROR_REASON_"))
    return found


def _stop_reason(system: _System, assignment_id: str) -> str:
    found = system.store.find(OWNER, assignment_id)
    assert found is not None
    return found[0].stop_reason

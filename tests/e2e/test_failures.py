import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_service_pb2 import (
    BatchFeedbackRequest,
    GetFeedbackRequest,
    GetFeedbackResponse,
    ListModelsRequest,
    PanelPolicy,
    StreamFeedbackRequest,
)
from chorus.feedback.v1.merged_pb2 import Panel
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1 import failure_pb2
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, USAGE_BASIS_UNKNOWN
from chorus.model.v1.model_pb2 import Model
from modelkit.usage import usage_of
from rpckit.errors import ChorusError, InvalidRequest, QuorumNotReached
from tests.e2e.events import Events
from tests.e2e.processes import FAKE, ORCHESTRATOR, ServerProcess, feedback_stub, running, until
from tests.e2e.stream_grammar import check_grammar
from tests.failed_call import failure
from tests.fakes.models import FAKES
from tests.patience import PATIENCE, with_growing_deadline

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "Our school needs a garden. Students would learn how plants grow. A garden is worth its cost."
# These models never finish: they are waited for until their time is up.
ENDLESS = {"fake/hangs", "fake/stalls", "fake/slow"}
FAILURES = {
    "fake/hangs": failure_pb2.ERROR_REASON_TIMEOUT,
    "fake/stalls": failure_pb2.ERROR_REASON_TIMEOUT,
    "fake/lying": failure_pb2.ERROR_REASON_BAD_OUTPUT,
    "fake/cut": failure_pb2.ERROR_REASON_BAD_OUTPUT,
    "fake/garbled": failure_pb2.ERROR_REASON_BAD_OUTPUT,
    "fake/empty": failure_pb2.ERROR_REASON_BAD_OUTPUT,
    "fake/dead": failure_pb2.ERROR_REASON_UNAVAILABLE,
    "fake/loading": failure_pb2.ERROR_REASON_UNAVAILABLE,
    "fake/refusing": failure_pb2.ERROR_REASON_CONTENT_BLOCKED,
    "fake/limited": failure_pb2.ERROR_REASON_RATE_LIMITED,
    "fake/broke": failure_pb2.ERROR_REASON_QUOTA_EXHAUSTED,
    "fake/auth": failure_pb2.ERROR_REASON_PROVIDER_AUTH,
    "fake/keyless": failure_pb2.ERROR_REASON_PROVIDER_AUTH,
    "fake/retired": failure_pb2.ERROR_REASON_MODEL_NOT_FOUND,
    "fake/crashes": failure_pb2.ERROR_REASON_INTERNAL,
}


@dataclass(frozen=True)
class OrchestratorWithFakes:
    """Holds an orchestrator in front of the fakes, and the events of their calls."""

    stub: Any
    events: Events
    orchestrator: ServerProcess


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(folder: Path) -> AsyncIterator[OrchestratorWithFakes]:
    events = Events(folder / "events.jsonl")
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        # The file never comes, so fake/slow thinks as long as anyone waits for it.
        slow = {"FAKE_EVENTS": str(events.path), "FAKE_SLOW_UNTIL": str(folder / "never")}
        fake = await enter(running(FAKE, folder, **slow))
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=fake.address))
        yield OrchestratorWithFakes(await enter(feedback_stub(orchestrator.address)), events, orchestrator)


def asking(*models: str, request_id: str = "", **policy: Any) -> GetFeedbackRequest:
    """Makes a request that any one answer satisfies, and in which no model stands in for another."""
    return GetFeedbackRequest(
        submission=Submission(text=TEXT),
        models=models,
        policy=PanelPolicy(**({"substitution": PanelPolicy.SUBSTITUTION_NONE} | policy)),
        request_id=request_id,
    )


def timed_out(response: GetFeedbackResponse) -> set[str]:
    """Returns the models that did not answer in time."""
    reason = failure_pb2.ERROR_REASON_TIMEOUT
    return {each.model for each in response.results if each.failure.reason == reason}


def failures(error: ChorusError) -> dict[str, failure_pb2.ErrorReason.ValueType]:
    """Returns the reason of each model from the details of a call that found no quorum."""
    assert isinstance(error, QuorumNotReached)
    failure_type = failure_pb2.Failure.DESCRIPTOR
    details = [failure_pb2.Failure.FromString(each.value) for each in error.details if each.Is(failure_type)]
    return {each.metadata["model"]: each.reason for each in details}


async def test_every_way_to_fail_is_told_by_its_reason_and_takes_nobody_elses_answer_away(
    system: OrchestratorWithFakes,
) -> None:
    async def ask(seconds: float) -> GetFeedbackResponse:
        request = asking("fake/good", *FAILURES, model_timeout=Duration(seconds=round(seconds)))
        response: GetFeedbackResponse = await system.stub.GetFeedback(request, timeout=PATIENCE)
        return response

    def are_in_time(response: GetFeedbackResponse) -> bool:
        return timed_out(response) <= ENDLESS

    response = await with_growing_deadline(ask, are_in_time, 2)
    good, *failed = response.results
    assert good.HasField("feedback")
    assert {each.model: each.failure.reason for each in failed} == FAILURES
    assert response.merged.panel == Panel(
        state=Panel.STATE_SINGLE,
        asked=1 + len(FAILURES),
        answered=1,
        families_answered=1,
        missing=sorted(FAILURES),
    )
    assert {member.model for point in response.merged.points for member in point.members} == {"fake/good"}
    assert "nobody may see" not in f"{response}{system.orchestrator.logged()}"


@pytest.mark.parametrize(
    "models",
    [
        *itertools.combinations(("fake/hangs", "fake/dead", "fake/lying", "fake/refusing"), 3),
        ("fake/stalls", "fake/hangs"),
    ],
)
async def test_without_a_quorum_each_model_says_why_before_the_deadline(
    system: OrchestratorWithFakes, models: Sequence[str]
) -> None:
    async def ask(seconds: float) -> ChorusError:
        return await failure(system.stub.GetFeedback(asking(*models), timeout=seconds))

    def are_in_time(error: ChorusError) -> bool:
        return (
            isinstance(error, QuorumNotReached)
            and {
                model
                for model, reason in failures(error).items()
                if reason == failure_pb2.ERROR_REASON_TIMEOUT
            }
            <= ENDLESS
        )

    error = await with_growing_deadline(ask, are_in_time, 2)
    assert failures(error) == {model: FAILURES[model] for model in models}


async def test_who_is_done_by_the_deadline_has_answered(system: OrchestratorWithFakes) -> None:
    async def ask(seconds: float) -> GetFeedbackResponse:
        request = asking("fake/slow", "fake/good", "fake/hangs", "fake/second")
        response: GetFeedbackResponse = await system.stub.GetFeedback(request, timeout=seconds)
        return response

    response = await with_growing_deadline(ask, lambda response: timed_out(response) <= ENDLESS, 4)
    answered = {result.model for result in response.results if result.HasField("feedback")}
    assert answered == {"fake/good", "fake/second"}
    assert response.merged.panel.state == Panel.STATE_PARTIAL
    assert list(response.merged.panel.missing) == ["fake/hangs", "fake/slow"]


async def test_too_few_families_are_no_quorum(system: OrchestratorWithFakes) -> None:
    request = asking("fake/good", "fake/fourth", "fake/dead", min_models=2, min_families=2)
    error = await failure(system.stub.GetFeedback(request, timeout=PATIENCE))
    assert failures(error) == {"fake/dead": FAILURES["fake/dead"]}
    usage = usage_of(error)
    assert usage is not None
    assert usage.basis == USAGE_BASIS_MEASURED
    assert error.metadata["cost_usd_nanos"] == str(usage.cost_usd_nanos)
    assert usage.cost_usd_nanos > 0


async def test_without_a_quorum_the_caller_is_told_when_to_come_back_if_that_helps(
    system: OrchestratorWithFakes,
) -> None:
    error = await failure(system.stub.GetFeedback(asking("fake/limited"), timeout=PATIENCE))
    assert isinstance(error, QuorumNotReached)
    assert error.retry_delay == 1
    error = await failure(system.stub.GetFeedback(asking("fake/limited", "fake/broke"), timeout=PATIENCE))
    assert isinstance(error, QuorumNotReached)
    assert error.retry_delay is None


async def test_a_straggler_is_waited_for_no_longer_than_its_grace(system: OrchestratorWithFakes) -> None:
    before = system.events.seen("fake/slow", "cancelled")
    request = asking(
        "fake/good", "fake/second", "fake/slow", min_models=2, straggler_grace=Duration(nanos=300_000_000)
    )
    response = await system.stub.GetFeedback(request, timeout=PATIENCE)
    assert not system.events.seen("fake/slow", "finished")
    assert response.merged.panel.answered == 2
    assert response.results[2].failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    # The straggler writes no further.
    await until(lambda: system.events.seen("fake/slow", "cancelled") == before + 1)


async def test_substitutes_take_the_seats_of_those_who_fail(system: OrchestratorWithFakes) -> None:
    # All free models before fake/fourth are in the panel already, so it is the first substitute.
    asked = ("fake/auth", "fake/broke", "fake/crashes", "fake/cut", "fake/refusing", "fake/empty")

    async def ask(seconds: float) -> GetFeedbackResponse:
        request = asking(
            *asked,
            substitution=PanelPolicy.SUBSTITUTION_MODELS,
            model_timeout=Duration(seconds=round(seconds)),
        )
        response: GetFeedbackResponse = await system.stub.GetFeedback(request, timeout=PATIENCE)
        return response

    response = await with_growing_deadline(ask, lambda response: timed_out(response) <= ENDLESS, 2)
    seats = {result.model: result for result in response.results}
    assert seats["fake/fourth"].HasField("feedback")
    assert seats["fake/fourth"].substitute_for in asked
    stood_in = [each.substitute_for for each in response.results if each.substitute_for]
    assert all(stood_in.count(model) <= 2 for model in asked)
    # These belong to providers that the request does not name.
    assert not {"fake/good", "fake/second", "fake/third"} & {*seats}


async def test_nobody_is_asked_who_could_cost_too_much(system: OrchestratorWithFakes) -> None:
    request = asking("fake/good", "fake/expensive", "fake/unpriced", max_cost_usd_nanos=1_000_000_000)
    response = await system.stub.GetFeedback(request, timeout=PATIENCE)
    assert [result.WhichOneof("outcome") for result in response.results] == ["feedback", "failure", "failure"]
    reasons = {result.failure.reason for result in response.results[1:]}
    assert reasons == {failure_pb2.ERROR_REASON_BUDGET_EXCEEDED}
    assert 0 < response.usage.cost_usd_nanos <= 1_000_000_000
    assert not system.events.seen("fake/expensive", "started")


async def test_a_stream_tells_of_failures_as_of_answers(system: OrchestratorWithFakes) -> None:
    request = asking("fake/good", "fake/dead", "fake/second", "fake/lying", "fake/third", "fake/refusing")
    stream = system.stub.StreamFeedback(StreamFeedbackRequest(request=request), timeout=PATIENCE)
    events = [event async for event in stream]
    check_grammar(events, {name: fake.family for name, fake in FAKES.items()})
    assert events[-1].response.merged.panel.answered == 3


async def test_batches_that_send_nothing_lock_nobody_out(system: OrchestratorWithFakes) -> None:
    never = asyncio.Event()

    async def silence() -> AsyncIterator[BatchFeedbackRequest]:
        await never.wait()
        yield BatchFeedbackRequest()

    # There are 64 places.
    batches = [system.stub.BatchFeedback(silence(), timeout=PATIENCE) for _ in range(70)]
    reading = [asyncio.create_task(batch.read()) for batch in batches]
    try:
        response = await system.stub.GetFeedback(asking("fake/good"), timeout=PATIENCE)
        assert response.merged.panel.answered == 1
        assert not any(task.done() for task in reading)
    finally:
        for batch in batches:
            batch.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def test_an_answer_is_paid_once(system: OrchestratorWithFakes) -> None:
    before = system.events.seen("fake/third", "started")
    request = asking("fake/third", request_id="once")
    calls = [system.stub.GetFeedback(request, timeout=PATIENCE) for _ in range(3)]
    first, *joined = [await call for call in calls]
    later = await system.stub.GetFeedback(request, timeout=PATIENCE)
    assert not first.replayed
    assert later.replayed
    assert {each.feedback_id for each in (*joined, later)} == {first.feedback_id}
    assert system.events.seen("fake/third", "started") == before + 1

    other = await failure(system.stub.GetFeedback(asking("fake/good", request_id="once"), timeout=PATIENCE))
    assert isinstance(other, InvalidRequest)
    assert [*other.metadata] == ["request_id"]


async def test_a_call_that_failed_does_not_buy_its_answers_again(system: OrchestratorWithFakes) -> None:
    request = asking("fake/second", "fake/limited", min_models=2, request_id="again")
    seen = system.events.seen("fake/second", "started"), system.events.seen("fake/limited", "started")
    for _ in range(2):
        error = await failure(system.stub.GetFeedback(request, timeout=PATIENCE))
        assert failures(error) == {"fake/limited": FAILURES["fake/limited"]}
    assert system.events.seen("fake/second", "started") == seen[0] + 1
    assert system.events.seen("fake/limited", "started") == seen[1] + 2


async def test_a_server_killed_in_the_middle_of_a_call_is_used_again_when_it_is_back(folder: Path) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        fake = await enter(running(FAKE, folder))
        settings = {"CHORUS_MODEL_SERVERS": fake.address, "CHORUS_STATE_DIR": str(folder / "killed")}
        orchestrator = await enter(running(ORCHESTRATOR, folder, **settings))
        stub = await enter(feedback_stub(orchestrator.address))

        request = StreamFeedbackRequest(request=asking("fake/good", "fake/stalls", "fake/hangs"))
        stream = aiter(stub.StreamFeedback(request, timeout=PATIENCE))
        while not (event := await anext(stream)).HasField("result"):
            pass
        await fake.end(signal.SIGKILL)
        *_, last = [event async for event in stream]
        assert last.response.results[0] == event.result
        for cut in last.response.results[1:]:
            assert cut.failure.reason == failure_pb2.ERROR_REASON_UNAVAILABLE
            assert cut.usage.basis == USAGE_BASIS_UNKNOWN
        assert last.response.usage.basis == USAGE_BASIS_UNKNOWN

        await until_listed(stub, "fake/good", Model.STATE_UNAVAILABLE)
        await enter(running(FAKE, folder, FAKE_PORT=fake.address.rpartition(":")[2]))
        await until_listed(stub, "fake/good", Model.STATE_READY)
        response = await stub.GetFeedback(asking("fake/good"), timeout=PATIENCE)
        assert response.merged.panel.answered == 1


async def until_listed(stub: Any, name: str, state: Model.State.ValueType) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            listed = await stub.ListModels(ListModelsRequest(), timeout=PATIENCE)
            if state in {model.state for model in listed.models if model.name == name}:
                return
            await asyncio.sleep(0.05)

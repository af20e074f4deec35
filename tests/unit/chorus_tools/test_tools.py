"""The tools for agents, called by mcp's own client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from mcp import Client

from chorus.feedback.v1 import merged_pb2
from chorus.feedback.v1.feedback_pb2 import ModelFeedback, ModelResult, Point
from chorus.feedback.v1.feedback_service_pb2 import (
    GetFeedbackRequest,
    GetFeedbackResponse,
    PanelPolicy,
    StreamFeedbackRequest,
    StreamFeedbackResponse,
)
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.failure_pb2 import ERROR_REASON_TIMEOUT, Failure
from chorus.model.v1.model_pb2 import Model
from chorus_client import ChorusClient
from chorus_client.version import VERSION
from chorus_tools.panel import CalledPanel
from chorus_tools.tools import tool_server
from rpckit.errors import BudgetExceeded, Unavailable
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator
from tests.patience import PATIENCE, with_growing_deadline

TEXT = "Dogs are loud. I recieve one."
POINT = Point(id="p1", observation="It is *receive*.")
ACCEPTED = StreamFeedbackResponse(accepted=StreamFeedbackResponse.Accepted(models=["a/1", "b/2", "c/3"]))
ANSWERED = StreamFeedbackResponse(
    result=ModelResult(model="a/1", feedback=ModelFeedback(points=[POINT, POINT]))
)
FAILED = StreamFeedbackResponse(result=ModelResult(model="b/2", failure=Failure(reason=ERROR_REASON_TIMEOUT)))
MERGED = StreamFeedbackResponse(
    merged=merged_pb2.MergedFeedback(
        panel=merged_pb2.Panel(asked=3, answered=1, families_answered=1),
        points=[
            merged_pb2.MergedPoint(id="m1", members=[merged_pb2.MergedPoint.Member(model="a/1", point=POINT)])
        ],
    )
)
RESPONSE = StreamFeedbackResponse(
    response=GetFeedbackResponse(
        feedback_id="f1",
        merged=merged_pb2.MergedFeedback(
            panel=merged_pb2.Panel(asked=3, answered=2, families_answered=2, missing=["b/2"])
        ),
    )
)


@pytest.fixture
def orchestrator() -> ScriptedOrchestrator:
    return ScriptedOrchestrator()


@pytest.fixture
async def agent(orchestrator: ScriptedOrchestrator) -> AsyncIterator[Client]:
    """An agent before the tools, in a task of its own: a client ends in the task in which it began."""
    opened: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
    done = asyncio.Event()

    async def run() -> None:
        async with (
            orchestrator.start() as address,
            ChorusClient.connect(address) as chorus,
            Client(tool_server(CalledPanel(chorus, PATIENCE), VERSION)) as client,
        ):
            opened.set_result(client)
            await done.wait()

    running = asyncio.create_task(run())
    await asyncio.wait((opened, running), return_when=asyncio.FIRST_COMPLETED)
    yield opened.result()
    done.set()
    await running


async def test_the_panel_is_asked_and_each_answer_is_told(
    orchestrator: ScriptedOrchestrator, agent: Client
) -> None:
    orchestrator.events = [ACCEPTED, ANSWERED, FAILED, MERGED, RESPONSE]
    told: list[tuple[float, float | None, str | None]] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    asked = {"text": TEXT, "task": "Dogs.", "language": "ko", "models": ["a/1"], "max_cost_usd": 0.5}
    answer = await agent.call_tool("review_text", asked, progress_callback=tell)
    request = GetFeedbackRequest(
        submission=Submission(text=TEXT, task="Dogs."),
        models=["a/1"],
        feedback_language_code="ko",
        policy=PanelPolicy(max_cost_usd_nanos=500_000_000),
    )
    assert orchestrator.requests == [StreamFeedbackRequest(request=request)]
    assert told == [(0, 3, "a/1, b/2, c/3"), (1, 3, "a/1: 2 points"), (2, 3, "b/2: TIMEOUT")]
    assert not answer.is_error
    assert answer.structured_content["feedbackId"] == "f1"
    assert "답하지 않은 모델" in answer.content[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize("events", [[ACCEPTED, ANSWERED], [ACCEPTED, ANSWERED, MERGED]])
async def test_what_came_before_the_deadline_is_the_answer(
    orchestrator: ScriptedOrchestrator, agent: Client, events: list[StreamFeedbackResponse]
) -> None:
    orchestrator.events, orchestrator.hangs = events, True

    async def attempt(seconds: float) -> Any:
        return await agent.call_tool("review_text", {"text": TEXT, "seconds": seconds})

    answer = await with_growing_deadline(attempt, lambda each: not each.is_error, first_seconds=1)
    said = answer.content[0].text
    assert said.startswith("Broken off: the time was up (TIMEOUT). What had come until then is provisional.")
    assert r"It is \*receive\*." in said
    merged = answer.structured_content["merged"]
    assert merged["panel"] == {
        "state": "STATE_PARTIAL",
        "asked": 3,
        "answered": 1,
        "familiesAnswered": 1,
        "missing": ["b/2", "c/3"],
    }
    assert "1 of 3 models answered, of one family." in said
    assert {each["members"][0]["model"] for each in merged["points"]} == {"a/1"}
    # The rest of the review is not paid for.
    async with asyncio.timeout(PATIENCE):
        await orchestrator.cancelled.wait()


async def test_without_any_answer_it_is_an_error(orchestrator: ScriptedOrchestrator, agent: Client) -> None:
    orchestrator.events, orchestrator.hangs = [ACCEPTED, FAILED], True
    answer = await agent.call_tool("review_text", {"text": TEXT, "seconds": 1})
    assert answer.is_error
    assert answer.content[0].text.startswith("TIMEOUT: ")  # type: ignore[union-attr]
    orchestrator.failures.append(BudgetExceeded("the panel would cost more"))
    refused = await agent.call_tool("review_text", {"text": TEXT, "max_cost_usd": 0})
    assert refused.is_error
    assert refused.content[0].text == "BUDGET_EXCEEDED: the panel would cost more"  # type: ignore[union-attr]


async def test_an_agent_that_gives_up_cancels_the_review(
    orchestrator: ScriptedOrchestrator, agent: Client
) -> None:
    orchestrator.events, orchestrator.hangs = [ACCEPTED], True
    asking = asyncio.create_task(agent.call_tool("review_text", {"text": TEXT}))
    async with asyncio.timeout(PATIENCE):
        await orchestrator.begun.wait()
        assert not orchestrator.cancelled.is_set()
        asking.cancel()
        await orchestrator.cancelled.wait()
    with pytest.raises(asyncio.CancelledError):
        await asking


@pytest.mark.parametrize(
    "wrong", [{"max_cost_usd": -1}, {"seconds": 0}, {"seconds": 3601}, {"models": ["a/1"] * 101}]
)
async def test_an_argument_out_of_range_is_named_and_nobody_is_asked(
    orchestrator: ScriptedOrchestrator, agent: Client, wrong: dict[str, Any]
) -> None:
    answer = await agent.call_tool("review_text", {"text": TEXT} | wrong)
    assert answer.is_error
    assert next(iter(wrong)) in answer.content[0].text  # type: ignore[union-attr]
    assert orchestrator.requests == []


async def test_the_models_are_listed(orchestrator: ScriptedOrchestrator, agent: Client) -> None:
    orchestrator.models = [
        Model(name="a/1", display_name="One", family="a", state=Model.STATE_READY),
        Model(name="b/2", state=Model.STATE_UNAVAILABLE, state_detail="set B_KEY"),
    ]
    answer = await agent.call_tool("list_models")
    assert answer.content[0].text == (  # type: ignore[union-attr]
        "- a/1: READY, in the default panel\n- b/2: UNAVAILABLE"
    )
    one, two = answer.structured_content["models"]
    assert (one["title"], one["family"], one["default"]) == ("One", "a", True)
    assert (two["title"], two["detail"], two["default"]) == ("b/2", "set B_KEY", False)
    orchestrator.failures.append(Unavailable("draining"))
    assert (await agent.call_tool("list_models")).is_error

import asyncio
import json
from typing import Any

import httpx2
import openai
import pytest

from chorus.feedback.v1.feedback_pb2 import (
    POLARITY_IMPROVEMENT,
    POLARITY_STRENGTH,
    Anchor,
    ModelFeedback,
    ModelResult,
    Point,
)
from chorus.feedback.v1.feedback_service_pb2 import (
    GetFeedbackRequest,
    GetFeedbackResponse,
    PanelPolicy,
    StreamFeedbackRequest,
    StreamFeedbackResponse,
)
from chorus.feedback.v1.merged_pb2 import AGREEMENT_SUPPORTED, MergedFeedback, MergedPoint, MergedScore, Panel
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric, Submission
from chorus.model.v1.generation_pb2 import Usage
from chorus.model.v1.model_pb2 import CAPABILITY_TEXT, Model
from rpckit.errors import (
    BudgetExceeded,
    ChorusError,
    InvalidRequest,
    QuorumNotReached,
    RateLimited,
    Timeout,
    Unavailable,
)
from tests.fakes.browser import Browser
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator
from tests.patience import PATIENCE
from tests.unit.web.conftest import Serve

TEXT = "Dogs are loud. I recieve one."
POINT = Point(
    id="p1",
    polarity=POLARITY_IMPROVEMENT,
    anchor=Anchor(start=17, end=24, quote="recieve"),
    observation="It is *receive*.",
    next_step="Look it up.",
)
RESPONSE = GetFeedbackResponse(
    feedback_id="f1",
    language_code="en",
    rubric=Rubric(criteria=[Criterion(id="c", title="Spelling", levels=[Level(score=1), Level(score=5)])]),
    merged=MergedFeedback(
        points=[
            MergedPoint(
                id="m1",
                members=[MergedPoint.Member(model=each, point=POINT) for each in ("a/1", "b/2")],
                families=2,
                agreement=AGREEMENT_SUPPORTED,
            )
        ],
        scores=[MergedScore(criterion_id="c", score=2.5, low=2, high=3, agreement=AGREEMENT_SUPPORTED)],
        panel=Panel(asked=3, answered=2, families_answered=2, missing=["c/3"]),
    ),
    results=[ModelResult(model="a/1", feedback=ModelFeedback(points=[POINT]))],
    usage=Usage(input_tokens=100, output_tokens=20, cached_input_tokens=30, reasoning_tokens=5),
)
EVENTS = [
    StreamFeedbackResponse(accepted=StreamFeedbackResponse.Accepted(models=["a/1", "b/2", "c/3"])),
    StreamFeedbackResponse(delta=StreamFeedbackResponse.Delta(model="a/1", point=POINT)),
    StreamFeedbackResponse(response=RESPONSE),
]
MESSAGES: Any = [
    {"role": "system", "content": "Write about dogs."},
    {"role": "user", "content": "An older text."},
    {"role": "assistant", "content": "Feedback."},
    {"role": "user", "content": [{"type": "text", "text": TEXT}]},
]


def client_of(browser: Browser) -> openai.AsyncOpenAI:
    transport = httpx2.ASGITransport(browser.application)
    http = httpx2.AsyncClient(transport=transport)
    return openai.AsyncOpenAI(
        api_key="any", base_url="http://127.0.0.1:8000/v1", http_client=http, max_retries=0
    )


@pytest.fixture
async def client(orchestrator: ScriptedOrchestrator, serve: Serve) -> Any:
    orchestrator.events = EVENTS
    async with orchestrator.start() as address, client_of(serve(address, WEB_DOORS="chat")) as client:
        yield client


async def test_a_chat_client_asks_the_panel(
    orchestrator: ScriptedOrchestrator, client: openai.AsyncOpenAI
) -> None:
    answer = await client.chat.completions.create(model="chorus/panel", messages=MESSAGES)
    request = GetFeedbackRequest(submission=Submission(text=TEXT, task="Write about dogs."))
    assert orchestrator.requests == [StreamFeedbackRequest(request=request)]
    said = answer.choices[0].message.content or ""
    for each in (
        "# Feedback: chorus/panel",
        "> recieve",
        r"It is \*receive\*.",
        "2 models of 2 families: a/1, b/2",
    ):
        assert each in said
    for each in ("| Spelling | 2.5 | 1–5 |", "2 of 3 models answered", "**No answer from:** c/3"):
        assert each in said
    assert TEXT not in said
    assert answer.id == "chatcmpl-f1"
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (
        100,
        20,
        120,
    )
    extra = answer.model_extra or {}
    assert extra["chorus"]["feedbackId"] == "f1"
    assert extra["chorus"]["merged"]["points"][0]["agreement"] == "AGREEMENT_SUPPORTED"


async def test_points_come_before_the_answer_in_a_stream(client: openai.AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(
        model="chorus/panel", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    written = [each.choices[0].delta.content or "" for each in chunks if each.choices]
    first = next(each for each in written if each)
    assert "provisional" in first
    assert r"- a/1: It is \*receive\*." in first
    assert written.index(first) < next(n for n, each in enumerate(written) if "# Feedback" in each)
    ends = [each for each in chunks if each.choices and each.choices[0].finish_reason]
    assert [each.choices[0].finish_reason for each in ends] == ["stop"]
    assert (ends[0].model_extra or {})["chorus"]["feedbackId"] == "f1"
    assert chunks[-1].usage
    assert chunks[-1].usage.total_tokens == 120
    assert len({each.id for each in chunks}) == 1


async def test_korean_feedback_is_worded_in_korean(
    orchestrator: ScriptedOrchestrator, client: openai.AsyncOpenAI
) -> None:
    response = GetFeedbackResponse()
    response.CopyFrom(RESPONSE)
    response.language_code = "ko"
    response.merged.points[0].members[0].point.polarity = POLARITY_STRENGTH
    orchestrator.events = [StreamFeedbackResponse(response=response)]
    answer = await client.chat.completions.create(model="chorus/panel", messages=MESSAGES)
    said = answer.choices[0].message.content or ""
    assert "잘한 점" in said
    assert "2개 계통의 검토기 2개가 같은 의견이에요" in said
    assert "모델 3개 중 2개가 답했어요" in said


async def test_one_model_and_a_limit_can_be_named(
    orchestrator: ScriptedOrchestrator, client: openai.AsyncOpenAI
) -> None:
    more = {"policy": {"maxCostUsdNanos": "5"}, "requestId": "mine", "models": ["x/9"]}
    for key in ("k1", "k2"):
        await client.chat.completions.create(
            model="chorus/a/1",
            messages=MESSAGES,
            extra_body={"chorus": more},
            extra_headers={"idempotency-key": key},
        )
    first, second = (each.request for each in orchestrator.requests)  # type: ignore[attr-defined]
    assert list(first.models) == ["a/1"]
    assert first.policy == PanelPolicy(max_cost_usd_nanos=5)
    # Who asks is a part of it, so that nobody gets another's answer.
    assert len(first.request_id) == 64
    assert first.request_id != second.request_id


_THEIRS = "invalid_request_error"
FAILURES: list[tuple[ChorusError, int, str, str, str | None]] = [
    (
        InvalidRequest({"submission.text": "empty"}),
        400,
        "invalid_request_error",
        "invalid_request",
        "messages",
    ),
    (InvalidRequest({"models[0]": "unknown"}), 404, "invalid_request_error", "model_not_found", "model"),
    (InvalidRequest({"rubric": "odd"}), 400, "invalid_request_error", "invalid_request", "chorus.rubric"),
    (BudgetExceeded("dear"), 402, "invalid_request_error", "budget_exceeded", None),
    (RateLimited("too many", retry_delay=2.5), 429, "rate_limit_error", "rate_limit_exceeded", None),
    (QuorumNotReached("too few"), 502, "server_error", "quorum_not_reached", None),
    (Unavailable("draining"), 503, "server_error", "unavailable", None),
    (Timeout("late"), 504, "server_error", "timeout", None),
]


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(
    ("failure", "status", "kind", "code", "param"), FAILURES, ids=lambda each: type(each).__name__
)
async def test_a_failure_has_the_form_of_the_api(
    orchestrator: ScriptedOrchestrator,
    client: openai.AsyncOpenAI,
    failure: ChorusError,
    status: int,
    kind: str,
    code: str,
    param: str | None,
    streams: bool,
) -> None:
    # gRPC asks a server that is not available again.
    orchestrator.failures = [failure] * 3
    with pytest.raises(openai.APIStatusError) as caught:
        await client.chat.completions.create(model="chorus/panel", messages=MESSAGES, stream=streams)
    error = caught.value
    assert (error.status_code, error.type, error.code, error.param) == (status, kind, code, param)
    headers = error.response.headers
    assert headers["x-should-retry"] == (
        "true" if isinstance(failure, RateLimited | Unavailable) else "false"
    )
    assert headers.get("retry-after") == ("3" if failure.retry_delay else None)


async def test_a_stream_that_breaks_off_ends_with_an_error(
    orchestrator: ScriptedOrchestrator, serve: Serve
) -> None:
    orchestrator.events = EVENTS[:2]
    orchestrator.hangs = True
    soon = {"WEB_DOORS": "chat", "WEB_DOOR_SECONDS": "1"}
    async with orchestrator.start() as address, client_of(serve(address, **soon)) as client:
        stream = await client.chat.completions.create(model="chorus/panel", messages=MESSAGES, stream=True)
        with pytest.raises(openai.APIError) as caught:
            async for _ in stream:
                pass
    assert caught.value.code == "timeout"


def _by_user(content: Any) -> list[Any]:
    return [{"role": "user", "content": content}]


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"model": "gpt-4o", "messages": MESSAGES}, 404, "model"),
    ({"model": "chorus/panel", "messages": []}, 400, "messages"),
    (
        {"model": "chorus/panel", "messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        400,
        "messages",
    ),
    ({"model": "chorus/panel", "messages": _by_user("\ud800")}, 400, "messages"),
    ({"model": "chorus/panel", "messages": MESSAGES, "n": 2}, 400, "n"),
    ({"model": "chorus/panel", "messages": MESSAGES, "chorus": {"nothing": 1}}, 400, "chorus"),
    ({"model": "chorus/panel", "messages": MESSAGES, "chorus": []}, 200, ""),
]


@pytest.mark.parametrize(("asked", "status", "param"), WRONG)
async def test_what_is_malformed_is_refused_here(
    orchestrator: ScriptedOrchestrator, serve: Serve, asked: dict[str, Any], status: int, param: str
) -> None:
    orchestrator.events = EVENTS
    async with orchestrator.start() as address:
        browser = serve(address, WEB_DOORS="chat")
        body = json.dumps(asked).encode()
        sent = {"content-type": "application/json"}
        answer = await browser.ask("POST", "/v1/chat/completions", sent, body)
    assert answer.status == status
    assert (answer.json().get("error") or {}).get("param", "") == param
    assert bool(orchestrator.requests) == (status == 200)


async def test_ready_models_are_listed(
    orchestrator: ScriptedOrchestrator, client: openai.AsyncOpenAI
) -> None:
    ready = Model(name="a/1", state=Model.STATE_READY, capabilities=[CAPABILITY_TEXT])
    closed = Model(name="b/2", state=Model.STATE_UNAVAILABLE, capabilities=[CAPABILITY_TEXT])
    painter = Model(name="c/3", state=Model.STATE_READY)
    orchestrator.models = [ready, closed, painter]
    assert [each.id async for each in client.models.list()] == ["chorus/panel", "chorus/a/1"]
    assert (await client.models.retrieve("chorus/a/1")).owned_by == "chorus"
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("chorus/z")


@pytest.mark.parametrize("streams", [False, True])
async def test_who_leaves_stops_the_work(
    orchestrator: ScriptedOrchestrator, serve: Serve, streams: bool
) -> None:
    orchestrator.hangs = True
    orchestrator.events = EVENTS[:1]
    body = json.dumps({"model": "chorus/panel", "messages": MESSAGES, "stream": streams}).encode()
    async with orchestrator.start() as address, asyncio.timeout(PATIENCE):
        browser = serve(address, WEB_DOORS="chat")
        sent = {"content-type": "application/json"}
        asking = asyncio.create_task(browser.ask("POST", "/v1/chat/completions", sent, body))
        await orchestrator.begun.wait()
        if streams:
            await browser.came.wait()
        assert not orchestrator.cancelled.is_set()
        browser.leaves.set()
        await orchestrator.cancelled.wait()
        assert (await asking).status == (200 if streams else 499)

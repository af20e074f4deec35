"""Models that think before they write, each through its real SDK, and before a whole orchestrator."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest

from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.feedback.v1.feedback_service_pb2_grpc import FeedbackServiceStub
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1 import content_pb2, model_pb2, model_service_pb2
from chorus.model.v1.generation_pb2 import (
    REASONING_EFFORT_HIGH,
    REASONING_EFFORT_LOW,
    REASONING_EFFORT_MAX,
    REASONING_EFFORT_MEDIUM,
    REASONING_EFFORT_MINIMAL,
    REASONING_EFFORT_NONE,
    REASONING_EFFORT_UNSPECIFIED,
    USAGE_BASIS_MEASURED,
    OutputFormat,
    ReasoningEffort,
    Sampling,
)
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from modelkit.reasoning import output_room
from modelkit.usage import usage_of
from orchestrator.servicers.feedback import SERVICE as FEEDBACK_SERVICE
from rpckit.channel import connect
from rpckit.errors import BadOutput, from_rpc_error
from tests.fakes.answers import SCORES_ALONE
from tests.fakes.orchestrating import orchestrating
from tests.fakes.providers.emulator import Emulator, Received
from tests.fakes.providers.proxy import (
    ADAPTERS,
    ANTHROPIC,
    GENAI,
    GENERATIVEAI,
    HUGGINGFACE,
    OPENAI,
    Adapter,
    proxying,
)
from tests.fakes.providers.reply import Output
from tests.patience import PATIENCE

ROOM = 32_000
# What the orchestrator asks for at first.
VISIBLE = 4096
LOWER = {OPENAI.name: ["medium", "low"], ANTHROPIC.name: ["high", "medium"], GENAI.name: ["medium", "low"]}
# The words of each provider's API that have to do with thinking.
WORDS = ("reasoning_effort", "thinking", "output_config", "thinkingConfig")


def named(adapter: object) -> str | None:
    return adapter.name if isinstance(adapter, Adapter) else None


every = pytest.mark.parametrize("adapter", [OPENAI, ANTHROPIC, GENAI], ids=named)
both = pytest.mark.parametrize("streaming", [False, True], ids=["unary", "stream"])


def thinker(adapter: Adapter) -> str:
    return adapter.model.replace("talker", "thinker")


@asynccontextmanager
async def asking(adapter: Adapter) -> AsyncIterator[tuple[Emulator, Any]]:
    async with (
        proxying(adapter) as (emulator, address),
        connect(address, "chorus.model.v1.ModelService") as channel,
    ):
        # gRPC shares connections: a port that an earlier server here had may still count as refused.
        await channel.channel_ready()
        yield emulator, ModelServiceStub(channel)


async def ask(stub: Any, model: str, *, streaming: bool = False, **fields: Any) -> None:
    turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[content_pb2.Part(text="Well?")])
    request = model_service_pb2.GenerateRequest(model=model, turns=[turn], **fields)
    try:
        if streaming:
            wrapped = model_service_pb2.StreamGenerateRequest(request=request)
            async for _ in stub.StreamGenerate(wrapped, timeout=PATIENCE):
                pass
        else:
            await stub.Generate(request, timeout=PATIENCE)
    except grpc.aio.AioRpcError as error:
        raise from_rpc_error(error) from None


async def listed(stub: Any, name: str) -> model_pb2.Model:
    response: model_service_pb2.ListModelsResponse = await stub.ListModels(
        model_service_pb2.ListModelsRequest(), timeout=PATIENCE
    )
    return next(each for each in response.models if each.name == name)


def only(emulator: Emulator) -> Received:
    (received,) = emulator.received
    return received


def sent(emulator: Emulator) -> dict[str, Any]:
    body = only(emulator).body
    return {**body, **body.get("generationConfig", {})}


@pytest.mark.parametrize(
    ("adapter", "effort", "told"),
    [
        (OPENAI, REASONING_EFFORT_UNSPECIFIED, {"reasoning_effort": "medium"}),
        (OPENAI, REASONING_EFFORT_NONE, {"reasoning_effort": "none"}),
        (OPENAI, REASONING_EFFORT_MINIMAL, {"reasoning_effort": "none"}),
        (OPENAI, REASONING_EFFORT_MAX, {"reasoning_effort": "max"}),
        (ANTHROPIC, REASONING_EFFORT_UNSPECIFIED, {"output_config": {"effort": "high"}}),
        (ANTHROPIC, REASONING_EFFORT_NONE, {"thinking": {"type": "between_tools"}}),
        (ANTHROPIC, REASONING_EFFORT_LOW, {"output_config": {"effort": "low"}}),
        (GENAI, REASONING_EFFORT_UNSPECIFIED, {"thinkingConfig": {"thinking_level": "MEDIUM"}}),
        (GENAI, REASONING_EFFORT_NONE, {"thinkingConfig": {"thinking_level": "LOW"}}),
        (GENAI, REASONING_EFFORT_MAX, {"thinkingConfig": {"thinking_level": "HIGH"}}),
        # It knows no such word.
        (GENERATIVEAI, REASONING_EFFORT_HIGH, {}),
        (HUGGINGFACE, REASONING_EFFORT_HIGH, {"reasoning_effort": "high"}),
    ],
    ids=named,
)
@both
async def test_each_provider_is_told_in_its_own_way_how_long_to_think(
    adapter: Adapter, effort: ReasoningEffort.ValueType, told: Mapping[str, object], streaming: bool
) -> None:
    sampling = Sampling(max_output_tokens=100, reasoning_effort=effort)
    async with asking(adapter) as (emulator, stub):
        model = await listed(stub, thinker(adapter))
        await ask(stub, thinker(adapter), streaming=streaming, sampling=sampling)
    body = sent(emulator)
    assert {word: body[word] for word in WORDS if word in body} == told
    # The caller reckons with the limit that is sent.
    limit = adapter.dialect.means(only(emulator)).limit
    assert limit == output_room(model, sampling)
    assert limit == 100 + (0 if {"none", "between_tools"} & {*str(told).split("'")} else ROOM)


async def test_a_schema_stands_beside_the_effort() -> None:
    form = OutputFormat(json_schema='{"type": "object", "properties": {}, "additionalProperties": false}')
    async with asking(ANTHROPIC) as (emulator, stub):
        await ask(stub, thinker(ANTHROPIC), output_format=form)
    assert sent(emulator)["output_config"].keys() == {"effort", "format"}


@pytest.mark.parametrize("adapter", ADAPTERS, ids=named)
async def test_who_does_not_think_is_told_nothing_of_it(adapter: Adapter) -> None:
    sampling = Sampling(max_output_tokens=100, reasoning_effort=REASONING_EFFORT_HIGH)
    async with asking(adapter) as (emulator, stub):
        model = await listed(stub, adapter.model)
        await ask(stub, adapter.model, sampling=sampling)
    assert not {*WORDS} & sent(emulator).keys()
    assert adapter.dialect.means(only(emulator)).limit == 100
    assert not model.max_reasoning_tokens
    assert not model.reasoning_efforts


@every
@pytest.mark.parametrize(("visible", "limit"), [(60_000, 64_000), (None, 64_000)])
async def test_no_limit_goes_beyond_what_the_model_can(
    adapter: Adapter, visible: int | None, limit: int
) -> None:
    async with asking(adapter) as (emulator, stub):
        await ask(stub, thinker(adapter), sampling=Sampling(max_output_tokens=visible))
    assert adapter.dialect.means(only(emulator)).limit == limit


@pytest.mark.parametrize(
    ("adapter", "efforts", "default"),
    [
        (
            OPENAI,
            [
                REASONING_EFFORT_NONE,
                REASONING_EFFORT_LOW,
                REASONING_EFFORT_MEDIUM,
                REASONING_EFFORT_HIGH,
                REASONING_EFFORT_MAX,
            ],
            REASONING_EFFORT_MEDIUM,
        ),
        (
            GENAI,
            [REASONING_EFFORT_LOW, REASONING_EFFORT_MEDIUM, REASONING_EFFORT_HIGH],
            REASONING_EFFORT_MEDIUM,
        ),
        (GENERATIVEAI, [], REASONING_EFFORT_UNSPECIFIED),
    ],
    ids=named,
)
async def test_what_a_model_thinks_is_listed(
    adapter: Adapter, efforts: Sequence[ReasoningEffort.ValueType], default: ReasoningEffort.ValueType
) -> None:
    async with asking(adapter) as (_, stub):
        model = await listed(stub, thinker(adapter))
    assert model.max_reasoning_tokens == ROOM
    assert list(model.reasoning_efforts) == efforts
    assert model.default_reasoning_effort == default


@pytest.mark.parametrize("adapter", [OPENAI, ANTHROPIC, GENAI, GENERATIVEAI, HUGGINGFACE], ids=named)
@pytest.mark.parametrize("visible", [100, None])
@both
async def test_who_left_no_room_for_an_answer_is_paid_once(
    adapter: Adapter, visible: int | None, streaming: bool
) -> None:
    async with asking(adapter) as (emulator, stub):
        emulator.thinking = {"": 1.0}
        sampling = Sampling(max_output_tokens=visible)
        with pytest.raises(BadOutput) as caught:
            await ask(stub, thinker(adapter), streaming=streaming, sampling=sampling)
    limit = adapter.dialect.means(only(emulator)).limit
    usage = usage_of(caught.value)
    assert usage is not None
    assert (usage.output_tokens, usage.reasoning_tokens) == (limit, limit)
    assert usage.basis == USAGE_BASIS_MEASURED
    assert usage.cost_usd_nanos == limit * 5_000 + usage.input_tokens * 1_000


@asynccontextmanager
async def chorus(adapter: Adapter, folder: Path) -> AsyncIterator[tuple[Emulator, Any]]:
    async with (
        proxying(adapter) as (emulator, proxy),
        orchestrating(folder, proxy) as address,
        connect(address, FEEDBACK_SERVICE) as channel,
    ):
        emulator.script += [Output(pieces=(SCORES_ALONE,))] * 2
        yield emulator, FeedbackServiceStub(channel)


async def review(stub: Any, model: str, **sampling: Any) -> ModelResult:
    request = GetFeedbackRequest(
        submission=Submission(text="Cats are kind."), models=[model], sampling=Sampling(**sampling)
    )
    (result,) = (await stub.GetFeedback(request, timeout=PATIENCE)).results
    assert isinstance(result, ModelResult)
    return result


@every
@pytest.mark.parametrize("tokens", [0, 9_000, 30_000])
async def test_a_review_survives_thinking_and_is_bought_once(
    adapter: Adapter, tokens: int, tmp_path: Path
) -> None:
    async with chorus(adapter, tmp_path) as (emulator, stub):
        emulator.thinking = {"": tokens}
        result = await review(stub, thinker(adapter))
    assert result.HasField("feedback")
    assert len(emulator.received) == 1
    usage = result.usage
    assert usage.reasoning_tokens == tokens
    # What a reader sees, and what a model's speed is reckoned by.
    assert 0 < usage.output_tokens - usage.reasoning_tokens < 100
    assert usage.cost_usd_nanos == usage.input_tokens * 1_000 + usage.output_tokens * 5_000
    assert usage.basis == USAGE_BASIS_MEASURED


@every
@pytest.mark.parametrize("left", [0, 10], ids=["dry", "cut"])
async def test_who_left_no_room_for_a_review_is_asked_once_more_to_think_less(
    adapter: Adapter, left: int, tmp_path: Path
) -> None:
    usual, less = LOWER[adapter.name]
    limit = VISIBLE + ROOM
    async with chorus(adapter, tmp_path) as (emulator, stub):
        emulator.thinking = {usual: limit - left, less: 9_000}
        result = await review(stub, thinker(adapter))
    assert result.HasField("feedback")
    means = [adapter.dialect.means(each) for each in emulator.received]
    assert [(each.effort, each.limit) for each in means] == [(usual, limit), (less, limit)]
    # Both are paid for.
    assert result.usage.reasoning_tokens == limit - left + 9_000
    assert result.usage.basis == USAGE_BASIS_MEASURED

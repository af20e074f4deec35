"""What the cloud proxy says that an answer took, through each real SDK."""

from dataclasses import replace
from typing import Any

import grpc
import pytest

from chorus.model.v1 import content_pb2, model_service_pb2
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, USAGE_BASIS_UNKNOWN, Usage
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from modelkit.usage import usage_of
from rpckit.channel import connect
from rpckit.errors import ChorusError, from_rpc_error
from tests.contract.provider_cases import cases
from tests.fakes.providers.proxy import ADAPTERS, ANTHROPIC, GENAI, HUGGINGFACE, OPENAI, Adapter, proxying
from tests.fakes.providers.reply import Counts, Output
from tests.patience import PATIENCE

both = pytest.mark.parametrize("streaming", [False, True], ids=["unary", "stream"])


def named(value: object) -> str | None:
    return value.name if isinstance(value, Adapter) else None


async def ask(adapter: Adapter, model: str, reply: Output, *, streaming: bool) -> Usage:
    """Has the provider reply so to every attempt.

    Raises:
        ChorusError: The call failed.
    """
    turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[content_pb2.Part(text="Well?")])
    request = model_service_pb2.GenerateRequest(model=model, turns=[turn])
    async with (
        proxying(adapter) as (emulator, address),
        connect(address, "chorus.model.v1.ModelService") as channel,
    ):
        # gRPC shares connections: a port that an earlier server here had may still count as refused.
        await channel.channel_ready()
        emulator.otherwise = lambda: reply
        stub: Any = ModelServiceStub(channel)
        try:
            if not streaming:
                whole: model_service_pb2.GenerateResponse = await stub.Generate(request, timeout=PATIENCE)
                return whole.completion.usage
            wrapped = model_service_pb2.StreamGenerateRequest(request=request)
            events = [event async for event in stub.StreamGenerate(wrapped, timeout=PATIENCE)]
        except grpc.aio.AioRpcError as error:
            raise from_rpc_error(error) from None
    completion: model_service_pb2.Completion = events[-1].completed
    return completion.usage


@pytest.mark.parametrize(
    ("adapter", "written"), [(OPENAI, 30), (ANTHROPIC, 30), (HUGGINGFACE, 30), (GENAI, 0)], ids=named
)
@both
async def test_what_a_cache_is_read_and_written_for_has_its_price(
    adapter: Adapter, written: int, streaming: bool
) -> None:
    reply = Output(counts=Counts(input=100, cached=20, written=written, visible=40, thought=10))
    usage = await ask(adapter, adapter.model.replace("talker", "thinker"), reply, streaming=streaming)
    assert usage == Usage(
        input_tokens=100,
        cached_input_tokens=20,
        cache_write_tokens=written,
        output_tokens=50,
        reasoning_tokens=10,
        # At 1 USD a million, at 0.10, at 1.25 and at 5.
        cost_usd_nanos=(80 - written) * 1000 + 20 * 100 + written * 1250 + 50 * 5000,
        basis=USAGE_BASIS_MEASURED,
    )


@pytest.mark.parametrize(
    ("adapter", "reply"),
    [
        pytest.param(adapter, case.reply, id=f"{adapter.name}-{case.row}")
        for adapter in ADAPTERS
        for case in cases(adapter)
        if isinstance(case.reply, Output) and (case.reply.fault or case.reply.error) and True in case.modes
    ],
)
@pytest.mark.parametrize("pieces", [Output().pieces, ()], ids=["after text", "before any"])
async def test_what_breaks_off_may_be_billed(
    adapter: Adapter, reply: Output, pieces: tuple[str, ...]
) -> None:
    with pytest.raises(ChorusError) as caught:
        # Where no text came it may have thought.
        await ask(adapter, adapter.model, replace(reply, pieces=pieces), streaming=True)
    usage = usage_of(caught.value)
    assert usage == Usage(basis=USAGE_BASIS_UNKNOWN)

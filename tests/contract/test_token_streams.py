"""A provider that streams an event for each token costs few parts, whatever its SDK, and loses no word."""

from typing import Any

import pytest

from chorus.model.v1 import content_pb2, model_service_pb2, model_service_pb2_grpc
from rpckit.channel import connect
from tests.fakes.providers.proxy import ADAPTERS, GENERATIVEAI, HUGGINGFACE, Adapter, proxying
from tests.fakes.providers.reply import Output
from tests.patience import PATIENCE

_SERVICE = "chorus.model.v1.ModelService"
_TOKENS = tuple(f"토큰 {number} " for number in range(500))
# Google's older SDK reads a stream as one JSON array, and Hugging Face's transport gives out single events.
_STREAMED = [each for each in ADAPTERS if each not in (GENERATIVEAI, HUGGINGFACE)]


@pytest.mark.parametrize("adapter", _STREAMED, ids=[adapter.name for adapter in _STREAMED])
async def test_tokens_come_in_few_parts(adapter: Adapter) -> None:
    turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[content_pb2.Part(text="Well?")])
    request = model_service_pb2.GenerateRequest(model=adapter.model, turns=[turn])
    wrapped = model_service_pb2.StreamGenerateRequest(request=request)
    async with (
        proxying(adapter) as (emulator, address),
        connect(address, _SERVICE) as channel,
    ):
        emulator.script.append(Output(_TOKENS))
        stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
        events = [event async for event in stub.StreamGenerate(wrapped, timeout=PATIENCE)]
    assert "".join(event.delta.text for event in events) == "".join(_TOKENS)
    assert events[-1].HasField("completed")
    assert len(events) < len(_TOKENS) / 5

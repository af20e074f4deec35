"""Tests traces through two servers, as a collector gets them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import GenerateRequest, GenerateResponse, StreamGenerateRequest
from rpckit.channel import connect
from tests.fakes.collector import Collector, attributes
from tests.fakes.recorder import SERVICE, Recorder
from tests.patience import PATIENCE

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACED = (("traceparent", f"00-{TRACE_ID}-b7ad6b7169203331-01"),)
WAIT = GenerateRequest(system_instruction="wait")


class Relay(Recorder):
    """Passes every call on to another server."""

    def __init__(self, stub: Any) -> None:
        super().__init__()
        self._stub = stub

    async def Generate(self, request: GenerateRequest, context: Any) -> GenerateResponse:
        response: GenerateResponse = await self._stub.Generate(request, timeout=PATIENCE)
        return response

    async def StreamGenerate(self, request: StreamGenerateRequest, context: Any) -> AsyncGenerator[Any]:
        async for response in self._stub.StreamGenerate(request, timeout=PATIENCE):
            yield response


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector().running() as collector:
        yield collector


@asynccontextmanager
async def relayed(inner: Recorder, **variables: str) -> AsyncIterator[Any]:
    """Opens a stub for a server that passes calls on to another one."""
    async with (
        inner.start(**variables) as inner_port,
        connect(f"127.0.0.1:{inner_port}", SERVICE) as inner_channel,
        Relay(model_service_pb2_grpc.ModelServiceStub(inner_channel)).start(**variables) as port,
        connect(f"127.0.0.1:{port}", SERVICE) as channel,
    ):
        yield model_service_pb2_grpc.ModelServiceStub(channel)


async def test_a_trace_goes_from_the_caller_through_every_server(collector: Collector) -> None:
    async with relayed(Recorder(), OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as stub:
        await stub.Generate(GenerateRequest(), timeout=PATIENCE, metadata=TRACED)
    spans = {span.span_id: span for span in collector.spans()}
    assert {span.trace_id.hex() for span in spans.values()} == {TRACE_ID}
    (leaf,) = [
        each
        for each in spans.values()
        if not any(each.span_id == span.parent_span_id for span in spans.values())
    ]
    path = [leaf]
    while (parent := spans.get(path[-1].parent_span_id)) is not None:
        path.append(parent)
    assert [(each.name, each.kind) for each in reversed(path)] == [
        (f"{SERVICE}/Generate", each.SPAN_KIND_SERVER if place % 2 == 0 else each.SPAN_KIND_CLIENT)
        for place, each in enumerate(reversed(path))
    ]
    assert len(path) == len(spans) == 3
    assert path[-1].parent_span_id.hex() == "b7ad6b7169203331"


async def test_a_span_holds_how_the_call_ended_and_nothing_else(collector: Collector) -> None:
    async with relayed(Recorder(), OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as stub:
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.Generate(GenerateRequest(system_instruction="fail"), timeout=PATIENCE)
    inner = [attributes(span) for span in collector.spans() if len(span.parent_span_id)]
    code = {"rpc.grpc.status_code": "UNAVAILABLE"}
    assert code in inner
    assert code | {"chorus.reason": "UNAVAILABLE"} in inner
    assert not any(span.events for span in collector.spans())


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_cancellation_reaches_the_last_server(collector: Collector, streaming: bool) -> None:
    inner = Recorder()
    async with relayed(inner, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as stub:
        if streaming:
            call = stub.StreamGenerate(StreamGenerateRequest(request=WAIT), timeout=PATIENCE)
            await call.read()
        else:
            call = stub.Generate(WAIT, timeout=PATIENCE)
        await asyncio.wait_for(inner.started.wait(), PATIENCE)
        call.cancel()
        await asyncio.wait_for(inner.cancelled.wait(), PATIENCE)
    assert len(collector.spans()) == 3
    assert {attributes(span)["rpc.grpc.status_code"] for span in collector.spans()} == {"CANCELLED"}


async def test_a_collector_that_is_not_there_costs_no_call() -> None:
    nowhere = "http://127.0.0.1:1"
    async with relayed(Recorder(), OTEL_EXPORTER_OTLP_ENDPOINT=nowhere) as stub:
        assert await stub.Generate(GenerateRequest(), timeout=PATIENCE) == GenerateResponse()

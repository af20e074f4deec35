"""The Gemma server over a real socket: what the contract suite does not ask of every server."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from chorus.model.v1.content_pb2 import ROLE_USER, Part, Turn
from chorus.model.v1.generation_pb2 import FINISH_REASON_LENGTH, Sampling
from chorus.model.v1.model_pb2 import Model
from chorus.model.v1.model_service_pb2 import GenerateRequest, ListModelsRequest, StreamGenerateRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from modelkit.servicer import MODEL_SERVICE
from rpckit.errors import ChorusError, InputTooLong, Unavailable, from_rpc_error
from rpckit.server import Host, serving
from services.gemma.__main__ import register, register_engine
from services.gemma.interface.load_error import LoadError
from services.gemma.interface.local_model import LocalModel
from services.gemma.scheduler.engine import ContinuousBatchingEngine
from services.gemma.settings import GemmaSettings
from tests.contract.subjects.gemma import settings, start

TIMEOUT = 30


class GemmaClient:
    """A client of one server."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.models: Any = ModelServiceStub(channel)
        self._health: Any = health_pb2_grpc.HealthStub(channel)

    async def model(self) -> Model:
        model: Model
        (model,) = (await self.models.ListModels(ListModelsRequest(), timeout=TIMEOUT)).models
        return model

    async def serves(self) -> bool:
        response = await self._health.Check(HealthCheckRequest(service=MODEL_SERVICE))
        return bool(response.status == HealthCheckResponse.SERVING)

    async def failure(self, request: GenerateRequest) -> ChorusError:
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await self.models.Generate(request, timeout=TIMEOUT)
        return from_rpc_error(refused.value)


@asynccontextmanager
async def calling(address: str) -> AsyncIterator[GemmaClient]:
    async with grpc.aio.insecure_channel(address) as channel:
        yield GemmaClient(channel)


@pytest.fixture
async def caller() -> AsyncIterator[GemmaClient]:
    """Of a server whose tiny Gemma is ready."""
    async with start() as address, calling(address) as caller:
        yield caller


def request(max_output_tokens: int = 5) -> GenerateRequest:
    """The best token each time: the tiny Gemma never comes to an end by itself."""
    return GenerateRequest(
        turns=[Turn(role=ROLE_USER, parts=[Part(text="Hello")])],
        sampling=Sampling(temperature=0, max_output_tokens=max_output_tokens),
    )


ENDLESS = StreamGenerateRequest(request=request(max_output_tokens=30_000))


async def test_without_a_model_the_server_runs_and_says_what_to_set() -> None:
    async with serving(settings(""), register) as port, calling(f"127.0.0.1:{port}") as caller:
        failure = await caller.failure(request())
        model = await caller.model()
        assert model.name == "gemma/gemma-3-4b-it"
        assert model.state == Model.STATE_UNAVAILABLE
        assert model.state_detail == "set GEMMA_MODEL to a folder or a repository name of a Gemma model"
        assert isinstance(failure, Unavailable)
        assert not await caller.serves()


async def test_while_it_loads_the_server_answers_and_says_so() -> None:
    loads, loading = threading.Event(), threading.Event()

    def load() -> LocalModel[Any]:
        loading.set()
        loads.wait()
        raise LoadError("it has no chat template")

    async def register_loading(host: Host, settings: GemmaSettings) -> None:
        await register_engine(host, settings, ContinuousBatchingEngine(load, max_sequences=1))

    try:
        async with (
            serving(settings("gemma-tiny"), register_loading) as port,
            calling(f"127.0.0.1:{port}") as caller,
        ):
            assert (await caller.model()).state == Model.STATE_LOADING
            assert not await caller.serves()
            failure = await caller.failure(request())
            assert isinstance(failure, Unavailable)
            assert failure.retry_delay

            loads.set()
            while (await caller.model()).state == Model.STATE_LOADING:
                pass
            model = await caller.model()
            assert (model.state, model.state_detail) == (Model.STATE_UNAVAILABLE, "it has no chat template")
            assert not await caller.serves()
    finally:
        loads.set()


async def test_health_and_the_list_answer_while_the_model_writes(caller: GemmaClient) -> None:
    stream = caller.models.StreamGenerate(ENDLESS, timeout=TIMEOUT)
    await anext(aiter(stream))
    for _ in range(20):
        assert await caller.serves()
        assert (await caller.model()).state == Model.STATE_READY
    assert not stream.done()
    stream.cancel()


async def test_joined_deltas_are_the_answer(caller: GemmaClient) -> None:
    asked = request(max_output_tokens=50)
    response = await caller.models.Generate(asked, timeout=TIMEOUT)
    *deltas, last = [
        each
        async for each in caller.models.StreamGenerate(StreamGenerateRequest(request=asked), timeout=TIMEOUT)
    ]
    assert len(deltas) > 10
    assert "".join(each.delta.text for each in deltas) == response.parts[0].text
    assert last.completed == response.completion


@pytest.fixture
async def lonely_caller() -> AsyncIterator[GemmaClient]:
    """Of a server that writes one answer at a time."""
    async with start(GEMMA_MAX_IN_FLIGHT="1") as address, calling(address) as caller:
        yield caller


async def test_who_cancels_frees_the_only_place(lonely_caller: GemmaClient) -> None:
    stream = lonely_caller.models.StreamGenerate(ENDLESS, timeout=TIMEOUT)
    await anext(aiter(stream))
    stream.cancel()
    response = await lonely_caller.models.Generate(request(), timeout=TIMEOUT)
    assert response.completion.usage.output_tokens == 5
    assert response.completion.finish_reason == FINISH_REASON_LENGTH


async def test_a_deadline_frees_the_only_place(lonely_caller: GemmaClient) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await lonely_caller.models.Generate(ENDLESS.request, timeout=0.2)
    assert ended.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    response = await lonely_caller.models.Generate(request(), timeout=TIMEOUT)
    assert response.parts[0].text


async def test_a_ready_model_names_its_version_and_its_footprint(caller: GemmaClient) -> None:
    model = await caller.model()
    response = await caller.models.Generate(request(), timeout=TIMEOUT)
    assert model.name == "gemma/tiny-gemma-it"
    assert model.footprint.precision == "bf16"
    assert model.footprint.memory_bytes
    assert response.completion.model_version == "tiny-gemma-it"


async def test_callers_at_once_get_what_each_would_get_alone(caller: GemmaClient) -> None:
    asked = [request(max_output_tokens=20 + 5 * number) for number in range(8)]
    asked[4].turns[0].parts[0].text = "a" * 40_000
    alone = [await caller.models.Generate(each, timeout=TIMEOUT) for each in asked if each is not asked[4]]
    calls = [caller.models.Generate(each, timeout=TIMEOUT) for each in asked]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    refused = answers.pop(4)
    assert answers == alone
    assert isinstance(refused, grpc.aio.AioRpcError)
    assert isinstance(from_rpc_error(refused), InputTooLong)

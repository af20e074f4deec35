"""What a provider that fails in many ways sees of an orchestrator and a model server that both retry."""

import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from prometheus_client import CollectorRegistry
from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.model.v1 import failure_pb2, model_pb2, model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import GenerateRequest
from modelkit.servicer import MODEL_SERVICE, CheckedRequest, GenerationEvent, StreamingServicer
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import ModelDirectory
from orchestrator.panel.model_reviewer import ModelReviewer
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.sqlite import SqliteStore
from rpckit.call import Deadline, served_call
from rpckit.errors import InvalidRequest, RateLimited, Unavailable, from_rpc_error
from rpckit.server import Host, serving
from rpckit.settings import Environment, Security, ServerSettings
from services.cloud_proxy.metrics import ProviderMetrics
from services.cloud_proxy.provider import AnswerPiece, Prompt, text
from services.cloud_proxy.provider_client import ProviderClient
from tests.contract.test_cut_calls import QUESTION, REQUEST
from tests.patience import PATIENCE
from tests.unit.cloud_proxy.prompts import prompt
from tests.unit.cloud_proxy.scripted_provider import STOP, ProviderScript, ScriptedProvider

MODEL = "a/b"
CALLS = 150
BAD: list[ProviderScript] = [[text("no JSON"), STOP], [STOP], [text("cut")]]
# Fewer than half of them, or the breaker would open.
BUSY: list[ProviderScript] = [[Unavailable("x", retry_delay=0.0)], [RateLimited("x", retry_delay=0.0)]]


class Mixed(ScriptedProvider):
    """Fails each request in a way that is drawn anew."""

    def __init__(self) -> None:
        super().__init__()
        self._chance = random.Random(1)  # noqa: S311 - it guards no secret

    @override
    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        self.scripts = [self._chance.choice(self._chance.choice([BAD, BAD, BUSY]))]
        async with aclosing(super().answer(prompt)) as pieces:
            async for each in pieces:
                yield each


class ProxyOf(StreamingServicer):
    """Asks one provider as the cloud proxy does. `retries` counts the calls that say that they are one."""

    def __init__(self, provider: ScriptedProvider) -> None:
        super().__init__()
        self._client = ProviderClient(provider, places=8, metrics=ProviderMetrics(CollectorRegistry()))
        self.retries = 0

    @override
    def listed_models(self) -> list[model_pb2.Model]:
        abilities = [model_pb2.CAPABILITY_TEXT, model_pb2.CAPABILITY_JSON_SCHEMA]
        state = model_pb2.Model.STATE_READY
        return [model_pb2.Model(name=MODEL, family="a", capabilities=abilities, state=state)]

    @override
    async def generate(
        self, request: CheckedRequest, *, streaming: bool
    ) -> AsyncGenerator[GenerationEvent, None]:
        call = served_call()
        is_retry = call.previous_attempts > 0
        self.retries += is_retry
        asked = replace(
            prompt(streaming=streaming), request=request.message, deadline=call.deadline, is_retry=is_retry
        )
        async with aclosing(self._client.generate(asked)) as events:
            async for event in events:
                yield event


@asynccontextmanager
async def served(proxy: ProxyOf) -> AsyncIterator[str]:
    settings = ServerSettings.read(
        Environment({"PROXY_PORT": "0", "CHORUS_DRAIN_PAUSE_SECONDS": "0"}), "PROXY", port=0
    )

    async def register(host: Host, _: object) -> None:
        await host.add(MODEL_SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, proxy)

    class Settings:
        server = settings

    async with serving(Settings(), register) as port:
        yield f"127.0.0.1:{port}"


async def test_a_provider_that_fails_in_many_ways_sees_a_fifth_more_than_the_calls(tmp_path: Path) -> None:
    provider = Mixed()
    proxy = ProxyOf(provider)
    async with AsyncExitStack() as stack:
        target = await stack.enter_async_context(served(proxy))
        metrics = ModelMetrics(CollectorRegistry())
        directory = ModelDirectory([target], Security(), stack, metrics, max_age_seconds=PATIENCE)
        listed = (await directory.listing()).find(MODEL)
        assert listed is not None
        store = await stack.enter_async_context(SqliteStore.open(tmp_path / "store", 60))
        reviewer = ModelReviewer(directory, TrackRecords(), store)

        async def reviewed() -> ModelResult:
            return await reviewer.ask(listed, QUESTION, Spending(None), Deadline.after(PATIENCE), None)

        reasons = {(await reviewed()).failure.reason for _ in range(CALLS)}
    assert proxy.retries
    assert CALLS < len(provider.prompts) <= 1.2 * CALLS
    # Who is not asked again fails as it did.
    assert reasons == {
        failure_pb2.ERROR_REASON_BAD_OUTPUT,
        failure_pb2.ERROR_REASON_UNAVAILABLE,
        failure_pb2.ERROR_REASON_RATE_LIMITED,
    }


@pytest.mark.parametrize("value", ["", "x", "-1", "100"])
async def test_a_number_of_attempts_that_is_none_is_named(value: str) -> None:
    async with served(ProxyOf(Mixed())) as target, grpc.aio.insecure_channel(target) as channel:
        stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
        asked = GenerateRequest()
        asked.CopyFrom(REQUEST)
        asked.model = MODEL
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.Generate(asked, timeout=PATIENCE, metadata=(("x-chorus-previous-attempts", value),))
    error = from_rpc_error(caught.value)
    assert isinstance(error, InvalidRequest) == bool(value)
    assert ("x-chorus-previous-attempts" in error.metadata) == bool(value)

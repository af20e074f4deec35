"""Tests the error table of every provider, each row through the real SDK against the emulated API."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import grpc
import pytest

from chorus.model.v1 import content_pb2, generation_pb2, model_service_pb2, model_service_pb2_grpc
from modelkit.usage import usage_of
from rpckit import errors
from rpckit.channel import connect
from tests.contract.provider_cases import Case, cases, chat, detail, google
from tests.fakes.providers.emulator import Emulator
from tests.fakes.providers.proxy import ADAPTERS, GENAI, Adapter, proxy_for, proxying
from tests.fakes.providers.reply import DROPPED, HTML, SILENT, Fault, Output, Reply
from tests.patience import MOST_ATTEMPTS, PATIENCE, with_growing_deadline

if TYPE_CHECKING:
    # The class exists in the stubs alone, not at run time.
    from chorus.model.v1.model_service_pb2_grpc import ModelServiceAsyncStub

_SERVICE = "chorus.model.v1.ModelService"
_FIRST_DEADLINE = 0.3
# No test waits for the end of this stream.
_ENDLESS = ("word ",) * 2000
_SCHEMA = {
    "$id": "urn:chorus:answer:1",
    "type": "object",
    "properties": {
        "language": {"enum": ["ko", "en"]},
        "points": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["language", "points"],
    "additionalProperties": False,
}


def _all_cases() -> list[object]:
    return [
        pytest.param(
            adapter, case, streaming, id=f"{adapter.name}-{case.row}-{'stream' if streaming else 'unary'}"
        )
        for adapter in ADAPTERS
        for case in cases(adapter)
        for streaming in case.modes
    ]


both = pytest.mark.parametrize("streaming", [False, True], ids=["unary", "stream"])
every = pytest.mark.parametrize("adapter", ADAPTERS, ids=[adapter.name for adapter in ADAPTERS])


@dataclass
class ModelClient:
    """Asks one model, with either method."""

    stub: "ModelServiceAsyncStub"
    model: str

    async def ask(
        self,
        *,
        streaming: bool,
        timeout: float = PATIENCE,  # noqa: ASYNC109 - the call's
        **fields: object,
    ) -> tuple[str, model_service_pb2.Completion]:
        """Returns the joined answer and its completion.

        Raises:
            ChorusError: The call failed.
        """
        turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[content_pb2.Part(text="Well?")])
        request = model_service_pb2.GenerateRequest(model=self.model, turns=[turn], **fields)  # type: ignore[arg-type]
        try:
            if not streaming:
                response = await self.stub.Generate(request, timeout=timeout)
                return "".join(part.text for part in response.parts), response.completion
            words, completion = [], None
            wrapped = model_service_pb2.StreamGenerateRequest(request=request)
            async for event in self.stub.StreamGenerate(wrapped, timeout=timeout):
                assert completion is None, "nothing follows the completion"
                if event.HasField("completed"):
                    completion = event.completed
                else:
                    words.append(event.delta.text)
        except grpc.aio.AioRpcError as error:
            raise errors.from_rpc_error(error) from error
        assert completion is not None
        return "".join(words), completion


def _stub(channel: grpc.aio.Channel) -> "ModelServiceAsyncStub":
    return cast("ModelServiceAsyncStub", model_service_pb2_grpc.ModelServiceStub(channel))


@asynccontextmanager
async def _asking(adapter: Adapter, *replies: Reply) -> AsyncIterator[tuple[Emulator, ModelClient]]:
    async with proxying(adapter) as (emulator, address), connect(address, _SERVICE) as channel:
        # gRPC shares connections: a port that an earlier server here had may still count as refused.
        await channel.channel_ready()
        emulator.script.extend(replies)
        yield emulator, ModelClient(_stub(channel), adapter.model)


@pytest.mark.parametrize(("adapter", "case", "streaming"), _all_cases())
async def test_each_row_of_the_table(adapter: Adapter, case: Case, streaming: bool) -> None:
    async with _asking(adapter, *[case.reply] * 4) as (emulator, client):
        with pytest.raises(errors.ChorusError) as caught:
            await client.ask(streaming=streaming)
    told = caught.value
    assert type(told) is case.kind
    assert len(emulator.received) == case.requests
    assert told.retry_delay == case.retry_delay
    assert told.metadata == case.metadata
    assert adapter.key not in told.text


@both
@every
async def test_an_empty_answer_is_asked_for_again_and_both_are_paid_for(
    adapter: Adapter, streaming: bool
) -> None:
    async with _asking(adapter, Output(pieces=())) as (emulator, client):
        words, completion = await client.ask(streaming=streaming)
    assert words == Output().text
    assert len(emulator.received) == 2
    assert completion.usage.output_tokens == 100


@both
@every
async def test_a_cut_answer_says_so_and_its_usage_arrives(adapter: Adapter, streaming: bool) -> None:
    cut = {"anthropic": "max_tokens", "google": "MAX_TOKENS"}.get(adapter.model.partition("/")[0], "length")
    form = generation_pb2.OutputFormat(json_schema=json.dumps(_SCHEMA))
    async with _asking(adapter, Output(pieces=('{"langu',), finish=cut)) as (_, client):
        words, completion = await client.ask(streaming=streaming, output_format=form)
    assert words == '{"langu'
    assert completion.finish_reason == generation_pb2.FINISH_REASON_LENGTH
    assert completion.usage.output_tokens == 50


@both
@every
async def test_an_answer_that_breaks_its_schema_is_none(adapter: Adapter, streaming: bool) -> None:
    form = generation_pb2.OutputFormat(json_schema=json.dumps(_SCHEMA))
    broken = Output(pieces=('{"language": ', '"fr", "points": []}'))
    async with _asking(adapter, broken) as (emulator, client):
        with pytest.raises(errors.BadOutput) as caught:
            await client.ask(streaming=streaming, output_format=form)
    # Only the caller may ask again.
    assert len(emulator.received) == 1
    assert "fr" not in caught.value.text.split()
    usage = generation_pb2.Usage()
    assert any(detail.Unpack(usage) for detail in caught.value.details)
    assert usage.cost_usd_nanos == 332_000


@both
@every
@pytest.mark.parametrize("first", [DROPPED, HTML], ids=["dropped", "HTML"])
async def test_what_fails_before_the_first_output_is_tried_again(
    adapter: Adapter, first: Reply, streaming: bool
) -> None:
    async with _asking(adapter, first) as (emulator, client):
        words, completion = await client.ask(streaming=streaming)
    assert words == Output().text
    assert len(emulator.received) == 2
    assert completion.usage.basis == generation_pb2.USAGE_BASIS_UNKNOWN


@both
@every
async def test_a_rate_limit_that_fits_is_waited_for(adapter: Adapter, streaming: bool) -> None:
    if adapter.model == GENAI.model:
        limited = google(429, "RESOURCE_EXHAUSTED", "No.", detail("RetryInfo", retryDelay="0.1s"))
    else:
        limited = chat(429, retry_after="0.1")
    async with _asking(adapter, limited) as (emulator, client):
        words, completion = await client.ask(streaming=streaming)
    assert words == Output().text
    assert len(emulator.received) == 2
    assert completion.usage.basis == generation_pb2.USAGE_BASIS_MEASURED


_SILENCES: Sequence[tuple[str, Reply, tuple[bool, ...]]] = (
    ("no header", SILENT, (False, True)),
    ("stall", Output(fault=Fault.SILENCE), (False, True)),
    ("slow drip", Output(pieces=_ENDLESS, pause=0.05), (False, True)),
)


@pytest.mark.parametrize(
    ("adapter", "reply", "streaming"),
    [
        pytest.param(
            adapter, reply, streaming, id=f"{adapter.name}-{row}-{'stream' if streaming else 'unary'}"
        )
        for adapter in ADAPTERS
        for row, reply, modes in _SILENCES
        for streaming in modes
    ],
)
async def test_silence_ends_at_the_deadline_and_the_provider_hears_of_it(
    adapter: Adapter, reply: Reply, streaming: bool
) -> None:
    async with _asking(adapter, *[reply] * MOST_ATTEMPTS) as (emulator, client):

        async def time_out(seconds: float) -> errors.Timeout:
            with pytest.raises(errors.Timeout) as caught:
                await client.ask(streaming=streaming, timeout=seconds)
            return caught.value

        def is_the_servers_own(error: errors.Timeout) -> bool:
            return bool(emulator.received) and error.text.endswith("did not answer in time")

        # On a busy machine the client's own clock may be first.
        timed_out = await with_growing_deadline(time_out, is_the_servers_own, _FIRST_DEADLINE)
        assert is_the_servers_own(timed_out)
        assert usage_of(timed_out) == generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN)
        async with asyncio.timeout(PATIENCE):
            await emulator.hung_up.wait()


@both
@every
async def test_a_caller_that_leaves_ends_the_providers_work(adapter: Adapter, streaming: bool) -> None:
    async with _asking(adapter, Output(pieces=_ENDLESS, pause=0.05)) as (emulator, client):
        call = asyncio.create_task(client.ask(streaming=streaming))
        await emulator.reached.wait()
        call.cancel()
        async with asyncio.timeout(PATIENCE):
            await emulator.hung_up.wait()
        await asyncio.wait([call])


@both
@every
async def test_a_provider_that_is_not_there_is_unavailable(
    adapter: Adapter, streaming: bool, unused_tcp_port: int
) -> None:
    nowhere = f"http://127.0.0.1:{unused_tcp_port}"
    async with proxy_for(adapter, nowhere) as address, connect(address, _SERVICE) as channel:
        client = ModelClient(_stub(channel), adapter.model)
        with pytest.raises(errors.Unavailable) as caught:
            await client.ask(streaming=streaming)
    assert caught.value.retry_delay == 1
    assert not caught.value.details

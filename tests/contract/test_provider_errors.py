"""The error table of every provider, each row through the real SDK against the emulated API."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import grpc
import pytest

from chorus.model.v1 import content_pb2, generation_pb2, model_service_pb2, model_service_pb2_grpc
from rpckit import errors
from rpckit.channel import connect
from tests.fakes.providers.emulator import Emulator
from tests.fakes.providers.gemini import blocked_prompt
from tests.fakes.providers.proxy import ADAPTERS, GENAI, Adapter, proxy_for, proxying
from tests.fakes.providers.reply import DROPPED, EMPTY_BODY, HTML, SILENT, Answer, Fault, Raw, Reply, error

if TYPE_CHECKING:
    # The stubs' own: there is no such class at run time.
    from chorus.model.v1.model_service_pb2_grpc import ModelServiceAsyncStub

_SERVICE = "chorus.model.v1.ModelService"
_PATIENCE = 5.0
# Long enough for a healthy answer, short enough to be waited for.
_SHORT = 0.3
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

Kind = type[errors.ChorusError]


@dataclass(frozen=True)
class Case:
    """A reply that the provider repeats, and what a caller is told.

    Attributes:
        requests: How many the provider sees.
        modes: False: unary; True: streaming.
    """

    row: str
    reply: Reply
    kind: Kind
    requests: int = 1
    metadata: Mapping[str, str] = field(default_factory=dict)
    retry_delay: float | None = None
    modes: tuple[bool, ...] = (False, True)


def _chat(status: int, code: str | None = None, message: str = "No.", **headers: str) -> Raw:
    return error(status, {"error": {"message": message, "type": "some_error", "code": code}}, **headers)


def _claude(status: int, kind: str, message: str = "No.", code: str = "", **headers: str) -> Raw:
    details = {"details": {"error_code": code}} if code else {}
    return error(status, {"type": "error", "error": {"type": kind, "message": message} | details}, **headers)


def _google(status: int, word: str, message: str = "No.", *details: Mapping[str, object]) -> Raw:
    return error(
        status, {"error": {"code": status, "message": message, "status": word, "details": list(details)}}
    )


def _detail(name: str, **fields: object) -> dict[str, object]:
    return {"@type": f"type.googleapis.com/google.rpc.{name}"} | fields


def _common(adapter: Adapter) -> list[Case]:
    bad = errors.BadOutput
    # What has been streamed is out; the end alone is told.
    return [
        Case("HTML", HTML, bad, requests=2),
        Case("empty body", EMPTY_BODY, bad, requests=2),
        Case("garbled", Answer(pieces=(), fault=Fault.GARBLED), bad, requests=2),
        Case("garbled after output", Answer(fault=Fault.GARBLED), bad, modes=(True,)),
        Case("no finish reason", Answer(fault=Fault.NO_END), bad, modes=(True,)),
        Case("empty answer", Answer(pieces=()), bad, requests=2),
        Case("white space", Answer(pieces=(" ", "\n")), bad, requests=2),
        Case("unknown finish", Answer(finish="MALFORMED_FUNCTION_CALL"), bad),
        Case(
            "reset after output", Answer(fault=Fault.RESET), errors.Unavailable, modes=(True,), retry_delay=1
        ),
    ]


def _chat_cases(adapter: Adapter) -> list[Case]:
    setting = {"setting": adapter.key_variable}
    missing = {"model": adapter.model}
    too_long = {"max_input_tokens": "20000"}
    blocked = errors.ContentBlocked
    overloaded = {"error": {"message": "No.", "type": "server_error", "code": "server_error"}}
    unknown = {"error": {"message": "No.", "type": "odd", "code": "odd"}}
    context = "This model's maximum context length is 1000 tokens"
    return [
        Case("429", _chat(429, "rate_limit_exceeded"), errors.RateLimited, retry_delay=1),
        Case("429 wait", _chat(429, retry_after="7"), errors.RateLimited, retry_delay=7),
        Case("quota", _chat(429, "insufficient_quota", retry_after="0"), errors.QuotaExhausted),
        Case("402", _chat(402), errors.QuotaExhausted),
        Case("503", _chat(503, retry_after="0"), errors.Unavailable, requests=3, retry_delay=0),
        Case("500", _chat(500, retry_after="0"), errors.Unavailable, requests=3, retry_delay=0),
        Case("mid-stream", Answer(error=overloaded), errors.Unavailable, modes=(True,), retry_delay=1),
        Case("error in a 200", Answer((), error=unknown), errors.BadOutput, requests=2),
        Case("context", _chat(400, "context_length_exceeded"), errors.InputTooLong, metadata=too_long),
        Case("context in words", _chat(400, None, context), errors.InputTooLong, metadata=too_long),
        Case("413", _chat(413), errors.InputTooLong, metadata=too_long),
        Case("prompt blocked", _chat(400, "content_policy_violation"), blocked),
        Case("answer blocked", Answer(finish="content_filter"), blocked),
        Case("401", _chat(401, "invalid_api_key"), errors.ProviderAuth, metadata=setting),
        Case("403", _chat(403), errors.ProviderAuth, metadata=setting),
        Case("404", _chat(404, "model_not_found"), errors.ModelNotFound, metadata=missing),
        Case("408", _chat(408), errors.Timeout),
        Case("504", _chat(504), errors.Timeout),
        Case("400", _chat(400, "odd"), errors.Internal),
    ]


def _anthropic_cases(adapter: Adapter) -> list[Case]:
    setting = {"setting": adapter.key_variable}
    missing = {"model": adapter.model}
    too_long = {"max_input_tokens": "20000"}
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    unknown = {"type": "error", "error": {"type": "odd", "message": "No."}}
    bad = "invalid_request_error"
    balance = "Your credit balance is too low to access the Anthropic API."
    limits = "You have reached your specified API usage limits."
    length = "prompt is too long: 1200 tokens > 1000 maximum"
    return [
        Case("429", _claude(429, "rate_limit_error"), errors.RateLimited, retry_delay=1),
        Case(
            "429 wait", _claude(429, "rate_limit_error", retry_after="7"), errors.RateLimited, retry_delay=7
        ),
        Case("balance", _claude(400, bad, balance), errors.QuotaExhausted),
        Case("limits", _claude(400, bad, limits), errors.QuotaExhausted),
        Case("spend", _claude(400, bad, code="contract_spend_limit_reached"), errors.QuotaExhausted),
        Case("402", _claude(402, "billing_error"), errors.QuotaExhausted),
        Case(
            "529",
            _claude(529, "overloaded_error", retry_after="0"),
            errors.Unavailable,
            requests=3,
            retry_delay=0,
        ),
        Case(
            "500", _claude(500, "api_error", retry_after="0"), errors.Unavailable, requests=3, retry_delay=0
        ),
        Case("mid-stream", Answer(error=overloaded), errors.Unavailable, modes=(True,), retry_delay=1),
        Case("error in a 200", Answer((), error=unknown), errors.BadOutput, requests=2),
        Case("context", _claude(400, bad, length), errors.InputTooLong, metadata=too_long),
        Case("413", _claude(413, "request_too_large"), errors.InputTooLong, metadata=too_long),
        Case(
            "context stop",
            Answer(finish="model_context_window_exceeded"),
            errors.InputTooLong,
            metadata=too_long,
        ),
        Case("answer blocked", Answer(finish="refusal"), errors.ContentBlocked),
        Case("401", _claude(401, "authentication_error"), errors.ProviderAuth, metadata=setting),
        Case("403", _claude(403, "permission_error"), errors.ProviderAuth, metadata=setting),
        Case("404", _claude(404, "not_found_error"), errors.ModelNotFound, metadata=missing),
        Case("504", _claude(504, "timeout_error"), errors.Timeout),
        Case("400", _claude(400, bad), errors.Internal),
    ]


def _google_cases(adapter: Adapter) -> list[Case]:
    setting = {"setting": adapter.key_variable}
    missing = {"model": adapter.model}
    too_long = {"max_input_tokens": "20000"}
    retry = _detail("RetryInfo", retryDelay="7s")
    at_once = _detail("RetryInfo", retryDelay="0s")
    minute = _detail("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}])
    day = _detail("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}])
    key = _detail("ErrorInfo", reason="API_KEY_INVALID", domain="googleapis.com")
    bad, exhausted = "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"
    length = "The input token count (1200) exceeds the maximum number of tokens allowed (1000)."
    overloaded = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
    # The older SDK passes over an error in mid-stream; then there is no finish reason.
    heard = adapter is GENAI
    return [
        Case("429", _google(429, exhausted), errors.RateLimited, retry_delay=1),
        Case("429 wait", _google(429, exhausted, "No.", minute, retry), errors.RateLimited, retry_delay=7),
        Case("daily quota", _google(429, exhausted, "No.", day, at_once), errors.QuotaExhausted),
        Case("no billing", _google(400, "FAILED_PRECONDITION"), errors.QuotaExhausted),
        Case("503", _google(503, "UNAVAILABLE", "No.", at_once), errors.Unavailable, 3, retry_delay=0),
        Case("500", _google(500, "INTERNAL", "No.", at_once), errors.Unavailable, 3, retry_delay=0),
        Case(
            "mid-stream",
            Answer(error=overloaded),
            errors.Unavailable if heard else errors.BadOutput,
            modes=(True,),
            retry_delay=1 if heard else None,
        ),
        Case("error in a 200", Answer((), error=overloaded), errors.BadOutput, 2, modes=(False,)),
        Case("context", _google(400, bad, length), errors.InputTooLong, metadata=too_long),
        Case(
            "prompt blocked", _blocked("PROHIBITED_CONTENT", adapter), errors.ContentBlocked, modes=(False,)
        ),
        *(
            Case(word, Answer(finish=word), errors.ContentBlocked)
            for word in (
                "SAFETY",
                "RECITATION",
                "BLOCKLIST",
                "PROHIBITED_CONTENT",
                "SPII",
                "IMAGE_SAFETY",
                *(("IMAGE_RECITATION", "IMAGE_PROHIBITED_CONTENT", "IMAGE_OTHER") if heard else ()),
            )
        ),
        Case("key", _google(400, bad, "API key not valid.", key), errors.ProviderAuth, metadata=setting),
        Case("401", _google(401, "UNAUTHENTICATED"), errors.ProviderAuth, metadata=setting),
        Case("403", _google(403, "PERMISSION_DENIED"), errors.ProviderAuth, metadata=setting),
        Case("404", _google(404, "NOT_FOUND"), errors.ModelNotFound, metadata=missing),
        Case("504", _google(504, "DEADLINE_EXCEEDED"), errors.Timeout),
        Case("400", _google(400, bad), errors.Internal),
    ]


def _blocked(reason: str, adapter: Adapter) -> Raw:
    return Raw(json.dumps(blocked_prompt(reason)).encode())


_CASES = {"anthropic": _anthropic_cases, "google-genai": _google_cases, "google-generativeai": _google_cases}


def _all_cases() -> list[object]:
    return [
        pytest.param(
            adapter, case, streaming, id=f"{adapter.name}-{case.row}-{'stream' if streaming else 'unary'}"
        )
        for adapter in ADAPTERS
        for case in (*_common(adapter), *_CASES.get(adapter.name, _chat_cases)(adapter))
        for streaming in case.modes
    ]


both = pytest.mark.parametrize("streaming", [False, True], ids=["unary", "stream"])
every = pytest.mark.parametrize("adapter", ADAPTERS, ids=[adapter.name for adapter in ADAPTERS])


@dataclass
class Client:
    """Asks one model, both ways alike."""

    stub: "ModelServiceAsyncStub"
    model: str

    async def ask(
        self,
        *,
        streaming: bool,
        timeout: float = _PATIENCE,  # noqa: ASYNC109 - the call's
        **fields: object,
    ) -> tuple[str, model_service_pb2.Completion]:
        """The joined answer and its completion.

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
async def _asking(adapter: Adapter, *replies: Reply) -> AsyncIterator[tuple[Emulator, Client]]:
    async with proxying(adapter) as (emulator, address), connect(address, _SERVICE) as channel:
        emulator.script.extend(replies)
        yield emulator, Client(_stub(channel), adapter.model)


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


def _limit(body: Mapping[str, object]) -> object:
    config = body.get("generationConfig")
    if isinstance(config, dict):
        return config["maxOutputTokens"]
    return body.get("max_completion_tokens") or body["max_tokens"]


@both
@every
async def test_an_empty_answer_is_asked_for_again_with_twice_the_room(
    adapter: Adapter, streaming: bool
) -> None:
    sampling = generation_pb2.Sampling(max_output_tokens=150)
    async with _asking(adapter, Answer(pieces=())) as (emulator, client):
        words, completion = await client.ask(streaming=streaming, sampling=sampling)
    assert words == Answer().text
    assert [_limit(each.body) for each in emulator.received] == [150, 300]
    # Both were paid for.
    assert completion.usage.output_tokens == 100


@both
@every
async def test_a_cut_answer_says_so_and_its_usage_arrives(adapter: Adapter, streaming: bool) -> None:
    cut = {"anthropic": "max_tokens", "google": "MAX_TOKENS"}.get(adapter.model.partition("/")[0], "length")
    form = generation_pb2.OutputFormat(json_schema=json.dumps(_SCHEMA))
    async with _asking(adapter, Answer(pieces=('{"langu',), finish=cut)) as (_, client):
        words, completion = await client.ask(streaming=streaming, output_format=form)
    assert words == '{"langu'
    assert completion.finish_reason == generation_pb2.FINISH_REASON_LENGTH
    assert completion.usage.output_tokens == 50


@both
@every
async def test_an_answer_that_breaks_its_schema_is_none(adapter: Adapter, streaming: bool) -> None:
    form = generation_pb2.OutputFormat(json_schema=json.dumps(_SCHEMA))
    broken = Answer(pieces=('{"language": ', '"fr", "points": []}'))
    async with _asking(adapter, broken) as (emulator, client):
        with pytest.raises(errors.BadOutput) as caught:
            await client.ask(streaming=streaming, output_format=form)
    # The caller asks again, if it wants to.
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
    assert words == Answer().text
    assert len(emulator.received) == 2
    assert completion.usage.basis == generation_pb2.USAGE_BASIS_UNKNOWN


@both
@every
async def test_a_rate_limit_that_fits_is_waited_for(adapter: Adapter, streaming: bool) -> None:
    google = _google(429, "RESOURCE_EXHAUSTED", "No.", _detail("RetryInfo", retryDelay="0.1s"))
    limited = google if adapter.model == GENAI.model else _chat(429, retry_after="0.1")
    async with _asking(adapter, limited) as (emulator, client):
        words, completion = await client.ask(streaming=streaming)
    assert words == Answer().text
    assert len(emulator.received) == 2
    assert completion.usage.basis == generation_pb2.USAGE_BASIS_MEASURED


_SILENCES: Sequence[tuple[str, Reply, tuple[bool, ...]]] = (
    ("no header", SILENT, (False, True)),
    ("stall", Answer(fault=Fault.SILENCE), (False, True)),
    ("slow drip", Answer(pieces=("drip ",) * 100, pause=0.05), (False, True)),
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
    async with _asking(adapter, reply) as (emulator, client):
        with pytest.raises(errors.Timeout) as caught:
            await client.ask(streaming=streaming, timeout=_SHORT)
        async with asyncio.timeout(1):
            await emulator.hung_up.wait()
    # Ours, not the client's own clock.
    assert caught.value.text.endswith("did not answer in time")


@both
@every
async def test_a_caller_that_leaves_ends_the_providers_work(adapter: Adapter, streaming: bool) -> None:
    async with _asking(adapter, Answer(pieces=("word ",) * 100, pause=0.05)) as (emulator, client):
        call = asyncio.create_task(client.ask(streaming=streaming))
        await emulator.reached.wait()
        call.cancel()
        async with asyncio.timeout(1):
            await emulator.hung_up.wait()
        await asyncio.wait([call])


@both
@every
async def test_a_provider_that_is_not_there_is_unavailable(
    adapter: Adapter, streaming: bool, unused_tcp_port: int
) -> None:
    nowhere = f"http://127.0.0.1:{unused_tcp_port}"
    async with proxy_for(adapter, nowhere) as address, connect(address, _SERVICE) as channel:
        client = Client(_stub(channel), adapter.model)
        with pytest.raises(errors.Unavailable) as caught:
            await client.ask(streaming=streaming)
    assert caught.value.retry_delay == 1
    assert not caught.value.details

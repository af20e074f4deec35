"""Puts what no provider should say into each place of an answer, through each adapter's real SDK."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import grpc
import pytest

from chorus.model.v1 import content_pb2, model_service_pb2, model_service_pb2_grpc
from rpckit import errors
from rpckit.channel import connect
from tests.fakes.providers.emulator import Received
from tests.fakes.providers.proxy import ADAPTERS, Adapter, proxying
from tests.fakes.providers.reply import Output, Raw
from tests.patience import PATIENCE

# Each stands for JSON that Python does not write.
_LONG_NUMBER, _DEEP = "a long number", "a deep list"
_WRITTEN: Mapping[str, str] = {_LONG_NUMBER: "9" * 5_000, _DEEP: "[" * 100_000 + "]" * 100_000}
_NONSENSE: Sequence[object] = (
    *(None, True, -1, 2**40, 0.5, "\ud800", "x" * 100_000, [], [[]], {"a": 1}),
    *_WRITTEN,
)
# These say of the operator, or of this server, what a provider's answer cannot be the cause of.
_NOT_ITS_FAULT = (errors.Internal, errors.ProviderAuth, errors.QuotaExhausted, errors.InvalidRequest)
_ANSWER = Output(pieces=("Yes.",))
_TURNS = 3
# What the providers put into their errors, all in one.
_ERROR: Mapping[str, Any] = {
    "type": "error",
    "error": {
        "message": "no",
        "type": "no",
        "code": "no",
        "status": "NO",
        "details": [
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1e999s"},
            {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaId": "no"}]},
        ],
    },
    "error_type": "no",
    "estimated_time": 1.0,
}

Path = tuple[str | int, ...]


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    match value:
        case dict():
            for key, child in value.items():
                yield from _places(child, (*path, key))
        case list():
            for number, child in enumerate(value):
                yield from _places(child, (*path, number))


def _with(value: Any, path: Path, nonsense: object) -> Any:
    if not path:
        return nonsense
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], nonsense)
    return copy


def _dump(value: Any) -> bytes:
    dumped = json.dumps(value)
    for word, written in _WRITTEN.items():
        dumped = dumped.replace(f'"{word}"', written)
    return dumped.encode()


def _spoilt(value: Any) -> Iterator[tuple[str, bytes]]:
    """Yields JSON with nonsense in one place, and what is where. Each place has some of it, in turn."""
    for number, path in enumerate(_places(value)):
        for nonsense in _NONSENSE[number % _TURNS :: _TURNS]:
            yield f"{path}: {str(nonsense)[:20]!a}", _dump(_with(value, path, nonsense))


def _answers(adapter: Adapter, received: Received) -> Iterator[tuple[str, Raw]]:
    if not adapter.dialect.is_stream(received):
        for said, body in _spoilt(adapter.dialect.whole(received, _ANSWER)):
            yield said, Raw(body)
        return
    media_type, content, end = adapter.dialect.chunks(received, _ANSWER)
    events = [*content, *end]
    if media_type == "application/json":
        for said, body in _spoilt(json.loads(b"".join(events))):
            yield said, Raw(body)
        return
    for place, event in enumerate(events):
        head, _, data = event.partition(b"data: ")
        if data.startswith(b"{"):
            for said, body in _spoilt(json.loads(data)):
                stream = (*events[:place], head, b"data: ", body, b"\n\n", *events[place + 1 :])
                yield f"{place}{said}", Raw(b"".join(stream), content_type=media_type)


def _errors() -> Iterator[tuple[str, Raw]]:
    for said, body in _spoilt(_ERROR):
        # It is neither tried again nor taken for an outage.
        yield f"404 {said}", Raw(body, status=404)


async def _ask(stub: Any, adapter: Adapter, *, streaming: bool) -> model_service_pb2.Completion:
    turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[content_pb2.Part(text="Well?")])
    request = model_service_pb2.GenerateRequest(model=adapter.model, turns=[turn])
    # So it is asked once, and the next reply is the next call's.
    request.sampling.max_output_tokens = 100
    if not streaming:
        response: model_service_pb2.GenerateResponse = await stub.Generate(request, timeout=PATIENCE)
        return response.completion
    wrapped = model_service_pb2.StreamGenerateRequest(request=request)
    last = model_service_pb2.StreamGenerateResponse()
    async for event in stub.StreamGenerate(wrapped, timeout=PATIENCE):
        last = event
    return last.completed


# Google's SDK warns of words that it does not know.
@pytest.mark.filterwarnings("ignore:.*is not a valid:UserWarning")
@pytest.mark.parametrize("streaming", [False, True], ids=["unary", "stream"])
@pytest.mark.parametrize("adapter", ADAPTERS, ids=[adapter.name for adapter in ADAPTERS])
async def test_whatever_a_provider_says_is_its_own_answer_or_its_own_failure(
    adapter: Adapter, streaming: bool
) -> None:
    async with (
        proxying(adapter) as (emulator, address),
        connect(address, "chorus.model.v1.ModelService") as channel,
    ):
        await channel.channel_ready()
        stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
        await _ask(stub, adapter, streaming=streaming)
        wrong = []
        for said, reply in (*_answers(adapter, emulator.received[0]), *_errors()):
            emulator.script.append(reply)
            try:
                completion = await _ask(stub, adapter, streaming=streaming)
            except grpc.aio.AioRpcError as error:
                told = errors.from_rpc_error(error)
                if isinstance(told, _NOT_ITS_FAULT):
                    wrong.append((said, type(told).__name__, told.text))
            else:
                counts = [value for _, value in completion.usage.ListFields()]
                if min(counts, default=0) < 0 or len(completion.model_version) > 200:
                    wrong.append((said, "an answer", str(completion)[:200]))
            assert not emulator.script, f"{said} was not asked for"
    assert not wrong

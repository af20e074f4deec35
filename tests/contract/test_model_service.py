"""What every model server promises. A new one passes this suite or is not one."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import grpc
import pytest
import pytest_asyncio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from jsonschema import Draft202012Validator

from chorus.model.v1 import generation_pb2, model_pb2
from chorus.model.v1.content_pb2 import Part
from chorus.model.v1.model_service_pb2 import (
    Completion,
    GenerateRequest,
    ListModelsRequest,
    StreamGenerateRequest,
)
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from modelkit.generate_request import MAX_MODEL_NAME
from modelkit.servicer import MODEL_SERVICE
from modelkit.text_gathering import MAX_INTERVAL_SECONDS
from rpckit.channel import connect
from rpckit.duration import to_duration
from rpckit.errors import ChorusError, InvalidRequest, ModelNotFound, from_rpc_error
from tests.contract.fuzzed import UNKNOWN_FIELD
from tests.contract.malformed import MALFORMATIONS, Malformation
from tests.contract.requests import answer_request
from tests.contract.subject import Subject, model_servers

if TYPE_CHECKING:
    # The stubs' own: there is no such class at run time.
    from chorus.model.v1.model_service_pb2_grpc import ModelServiceAsyncStub

SECONDS = 60.0
# Servers take time to start: one of each answers all tests.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(params=model_servers(), scope="module", loop_scope="module")
async def served(request: pytest.FixtureRequest) -> AsyncIterator["Served"]:
    subject: Subject = request.param
    async with subject.start() as target, connect(target, MODEL_SERVICE) as channel:
        # gRPC shares connections: a port that an earlier server here had may still count as refused.
        await channel.channel_ready()
        yield Served(subject, channel)


class Served:
    """A subject that is running."""

    def __init__(self, subject: Subject, channel: grpc.aio.Channel) -> None:
        self.subject = subject
        self.channel = channel
        self.stub = cast("ModelServiceAsyncStub", ModelServiceStub(channel))

    def request(self) -> GenerateRequest:
        return answer_request(self.subject.model)

    async def models(self) -> dict[str, model_pb2.Model]:
        listed = await self.stub.ListModels(ListModelsRequest(), timeout=SECONDS)
        return {model.name: model for model in listed.models}

    async def stream(self, request: GenerateRequest) -> tuple[str, Completion]:
        """The joined deltas and the completion, which comes last and once."""
        deltas, completion = await self.deltas(StreamGenerateRequest(request=request))
        return "".join(deltas), completion

    async def deltas(self, request: StreamGenerateRequest) -> tuple[list[str], Completion]:
        deltas: list[str] = []
        completions: list[Completion] = []
        async for message in self.stub.StreamGenerate(request, timeout=SECONDS):
            if message.HasField("completed"):
                completions.append(message.completed)
            else:
                assert not completions, "a delta after the completion"
                deltas.append(message.delta.text)
        (completion,) = completions
        return deltas, completion

    def check_answer(self, text: str, completion: Completion, schema: str) -> None:
        usage = completion.usage
        if completion.HasField("usage"):
            assert usage.basis != generation_pb2.USAGE_BASIS_UNSPECIFIED
            assert usage.cached_input_tokens <= usage.input_tokens
            assert usage.reasoning_tokens <= usage.output_tokens
        if self.subject.may_be_cut and completion.finish_reason == generation_pb2.FINISH_REASON_LENGTH:
            return
        assert completion.finish_reason == generation_pb2.FINISH_REASON_STOP
        Draft202012Validator(json.loads(schema)).validate(json.loads(text))


@asynccontextmanager
async def raising(kind: type[ChorusError]) -> AsyncIterator[list[ChorusError]]:
    """Expects a call to fail with an error that says what it is in its details."""
    caught: list[ChorusError] = []
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        yield caught
    error = from_rpc_error(failed.value)
    assert type(error) is kind
    assert failed.value.code() == kind.code
    caught.append(error)


async def test_lists_the_model(served: Served) -> None:
    model = (await served.models())[served.subject.model]
    assert model.family
    assert model.display_name
    assert model.state == model_pb2.Model.STATE_READY
    assert model.name.partition("/")[2]


async def test_lists_known_values_only(served: Served) -> None:
    for model in (await served.models()).values():
        assert model.state in {*model_pb2.Model.State.values()} - {model_pb2.Model.STATE_UNSPECIFIED}
        assert 1 <= len(model.name) <= MAX_MODEL_NAME
        assert model.capabilities
        assert set(model.capabilities) <= {*model_pb2.Capability.values()} - {
            model_pb2.CAPABILITY_UNSPECIFIED
        }
        assert model.state == model_pb2.Model.STATE_READY or model.state_detail


async def test_lists_page_by_page_what_it_lists_at_once(served: Served) -> None:
    everything = list((await served.models()).values())
    paged: list[model_pb2.Model] = []
    request = ListModelsRequest(page_size=1)
    while True:
        page = await served.stub.ListModels(request, timeout=SECONDS)
        assert len(page.models) == 1
        paged += page.models
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert paged == everything
    for size in (len(everything), 2**31 - 1):
        page = await served.stub.ListModels(ListModelsRequest(page_size=size), timeout=SECONDS)
        assert (list(page.models), page.next_page_token) == (everything, "")


async def test_lists_only_what_is_asked_for(served: Served) -> None:
    everything = list((await served.models()).values())
    ready = ListModelsRequest(
        capabilities=[model_pb2.CAPABILITY_JSON_SCHEMA], states=[model_pb2.Model.STATE_READY]
    )
    listed = await served.stub.ListModels(ready, timeout=SECONDS)
    assert list(listed.models) == [
        each
        for each in everything
        if each.state == model_pb2.Model.STATE_READY and model_pb2.CAPABILITY_JSON_SCHEMA in each.capabilities
    ]
    impossible = ListModelsRequest(
        capabilities=[model_pb2.CAPABILITY_SEED, model_pb2.CAPABILITY_IMAGE_OUTPUT],
        states=[model_pb2.Model.STATE_LOADING],
    )
    assert not (await served.stub.ListModels(impossible, timeout=SECONDS)).models


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"page_size": -1}, {"page_size"}),
        ({"page_token": "x"}, {"page_token"}),
        ({"page_token": "é" * 10_000}, {"page_token"}),
        ({"capabilities": [0]}, {"capabilities[0]"}),
        ({"capabilities": [1, 99]}, {"capabilities[1]"}),
        ({"capabilities": [1] * 17}, {"capabilities"}),
        ({"states": [1, -1]}, {"states[1]"}),
        ({"states": [1] * 17}, {"states"}),
        ({"page_size": -1, "states": [99]}, {"page_size", "states[0]"}),
    ],
)
async def test_a_malformed_request_for_the_list_is_named(
    served: Served, fields: dict[str, Any], wrong: set[str]
) -> None:
    async with raising(InvalidRequest) as caught:
        await served.stub.ListModels(ListModelsRequest(**fields), timeout=SECONDS)
    assert caught[0].metadata.keys() == wrong


async def test_says_what_writes_the_answers(served: Served) -> None:
    is_ours = served.subject.model.startswith("chorus/")
    kind = (await served.models())[served.subject.model].kind
    assert kind == (model_pb2.Model.KIND_RULES if is_ours else model_pb2.Model.KIND_LANGUAGE_MODEL)


async def test_answers_to_a_schema(served: Served) -> None:
    request = served.request()
    response = await served.stub.Generate(request, timeout=SECONDS)
    (part,) = response.parts
    assert part.WhichOneof("kind") == "text"
    served.check_answer(part.text, response.completion, request.output_format.json_schema)


async def test_streams_what_generate_returns(served: Served) -> None:
    request = served.request()
    text, completion = await served.stream(request)
    served.check_answer(text, completion, request.output_format.json_schema)
    model = (await served.models())[served.subject.model]
    if model_pb2.CAPABILITY_SAMPLING not in model.capabilities:
        response = await served.stub.Generate(request, timeout=SECONDS)
        assert response.parts[0].text == text or model.provider


async def test_joins_the_deltas_of_an_interval(served: Served) -> None:
    request = served.request()
    began_at = time.monotonic()
    deltas, completion = await served.deltas(
        StreamGenerateRequest(request=request, delta_interval=to_duration(MAX_INTERVAL_SECONDS))
    )
    intervals = (time.monotonic() - began_at) // MAX_INTERVAL_SECONDS
    served.check_answer("".join(deltas), completion, request.output_format.json_schema)
    assert 1 <= len(deltas) <= 2 + intervals


async def test_needs_a_deadline(served: Served) -> None:
    async with raising(InvalidRequest) as caught:
        await served.stub.Generate(served.request())
    assert caught[0].metadata.keys() == {"grpc-timeout"}
    async with raising(InvalidRequest):
        await served.stub.ListModels(ListModelsRequest())
    async with raising(InvalidRequest):
        async for _ in served.stub.StreamGenerate(StreamGenerateRequest(request=served.request())):
            pass


async def test_an_unknown_model_is_not_found(served: Served) -> None:
    request = served.request()
    request.model = "nobody/no-such-model"
    async with raising(ModelNotFound) as caught:
        await served.stub.Generate(request, timeout=SECONDS)
    assert caught[0].metadata["model"] == request.model
    async with raising(ModelNotFound):
        await served.stream(request)


@pytest.mark.parametrize("malformation", MALFORMATIONS, ids=lambda each: each.name)
async def test_a_malformed_field_is_named(served: Served, malformation: Malformation) -> None:
    request = served.request()
    malformation.apply(request)
    async with raising(InvalidRequest) as caught:
        await served.stub.Generate(request, timeout=SECONDS)
    assert caught[0].metadata.keys() == {malformation.field}
    async with raising(InvalidRequest):
        await served.stream(request)


async def test_bytes_that_do_not_parse_are_named_by_their_message(served: Served) -> None:
    generate: Any = served.channel.unary_unary(f"/{MODEL_SERVICE}/Generate")
    async with raising(InvalidRequest) as caught:
        await generate(b"\xff\xff\xff", timeout=SECONDS)
    assert caught[0].metadata.keys() == {"chorus.model.v1.GenerateRequest"}


async def test_unknown_fields_are_ignored(served: Served) -> None:
    data = served.request().SerializeToString() + UNKNOWN_FIELD
    assert GenerateRequest.FromString(data).SerializeToString().endswith(UNKNOWN_FIELD)
    generate: Any = served.channel.unary_unary(f"/{MODEL_SERVICE}/Generate")
    assert await generate(data, timeout=SECONDS)


async def test_a_part_of_an_unknown_kind_is_ignored(served: Served) -> None:
    request = served.request()
    request.turns[-1].parts.append(Part())
    assert await served.stub.Generate(request, timeout=SECONDS)


async def test_lives_on_after_a_cancelled_call(served: Served) -> None:
    call = served.stub.StreamGenerate(StreamGenerateRequest(request=served.request()), timeout=SECONDS)
    await call.read()
    call.cancel()
    assert await call.code() == grpc.StatusCode.CANCELLED
    text, _ = await served.stream(served.request())
    assert text


@pytest.mark.parametrize("milliseconds", [1, 3, 10, 30])
async def test_lives_on_after_a_call_out_of_time(served: Served, milliseconds: int) -> None:
    # Whether the answer is faster depends on the machine; what the server does after it does not.
    try:
        await served.stub.Generate(served.request(), timeout=milliseconds / 1000)
    except grpc.aio.AioRpcError as error:
        assert error.code() == grpc.StatusCode.DEADLINE_EXCEEDED  # noqa: PT017 - it need not be raised
    assert await served.stub.Generate(served.request(), timeout=SECONDS)


@pytest.mark.parametrize("service", ["", MODEL_SERVICE])
async def test_is_healthy(served: Served, service: str) -> None:
    health: Any = health_pb2_grpc.HealthStub(served.channel)
    answer = await health.Check(health_pb2.HealthCheckRequest(service=service))
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_describes_itself(served: Served) -> None:
    stub: Any = reflection_pb2_grpc.ServerReflectionStub(cast("Any", served.channel))
    question = cast("Any", reflection_pb2.ServerReflectionRequest)(list_services="")
    answers = [each async for each in stub.ServerReflectionInfo(iter([question]))]
    assert MODEL_SERVICE in {each.name for each in answers[0].list_services_response.service}

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any

import pytest

from chorus.model.v1.content_pb2 import ROLE_USER, Image, Part, Turn
from chorus.model.v1.model_pb2 import Model
from chorus.model.v1.model_service_pb2 import (
    Completion,
    GenerateRequest,
    GenerateResponse,
    StreamGenerateRequest,
    StreamGenerateResponse,
)
from modelkit.servicer import CheckedRequest, GenerationEvent, StreamingServicer
from rpckit.call import Call, Deadline, current_call
from rpckit.duration import to_duration
from rpckit.errors import BadOutput, ChorusError, InvalidRequest, Timeout
from tests.fakes.clock import FakeClock, run_in_virtual_time
from tests.patience import PATIENCE

NO_CONTEXT: Any = None
DONE = Completion(model_version="v1")
PICTURE = Part(image=Image(data=b"x"))


@pytest.fixture(autouse=True)
def call() -> Iterator[None]:
    token = current_call.set(Call("/method", "id", Deadline.after(PATIENCE)))
    yield
    current_call.reset(token)


class ScriptedModelServer(StreamingServicer):
    def __init__(self, *events: GenerationEvent | Exception) -> None:
        super().__init__()
        self.events = events
        self.asked: list[tuple[CheckedRequest, bool]] = []
        self.closed = 0

    def listed_models(self) -> list[Model]:
        return []

    async def generate(
        self, request: CheckedRequest, *, streaming: bool
    ) -> AsyncGenerator[GenerationEvent, None]:
        self.asked.append((request, streaming))
        try:
            for event in self.events:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.closed += 1


def asking(schema: str = "") -> GenerateRequest:
    request = GenerateRequest(turns=[Turn(role=ROLE_USER, parts=[Part(text="Hello")])])
    if schema:
        request.output_format.json_schema = schema
    return request


def texts(*words: str) -> Sequence[Part]:
    return [Part(text=each) for each in words]


async def test_generate_joins_what_is_streamed() -> None:
    servicer = ScriptedModelServer(*texts("a", "b"), PICTURE, *texts("c", "d"), DONE)
    response = await servicer.Generate(asking(), NO_CONTEXT)
    assert response == GenerateResponse(parts=[*texts("ab"), PICTURE, *texts("cd")], completion=DONE)
    assert [streaming for _, streaming in servicer.asked] == [False]


async def test_a_stream_is_deltas_and_then_the_completion() -> None:
    servicer = ScriptedModelServer(*texts("a"), PICTURE, DONE)
    stream = servicer.StreamGenerate(StreamGenerateRequest(request=asking()), NO_CONTEXT)
    assert [each async for each in stream] == [
        StreamGenerateResponse(delta=Part(text="a")),
        StreamGenerateResponse(delta=PICTURE),
        StreamGenerateResponse(completed=DONE),
    ]
    assert [streaming for _, streaming in servicer.asked] == [True]


async def test_a_failure_ends_both_and_the_server_has_tidied_up() -> None:
    servicer = ScriptedModelServer(*texts("a"), BadOutput("no more"))
    with pytest.raises(BadOutput):
        await servicer.Generate(asking(), NO_CONTEXT)
    with pytest.raises(BadOutput):
        async for _ in servicer.StreamGenerate(StreamGenerateRequest(request=asking()), NO_CONTEXT):
            pass
    assert servicer.closed == 2


@pytest.mark.parametrize("end", [DONE, BadOutput("no more")])
async def test_what_an_interval_holds_back_is_heard_before_the_end_good_or_bad(
    end: Completion | BadOutput,
) -> None:
    servicer = ScriptedModelServer(*texts(*"abcd"), end)
    request = StreamGenerateRequest(request=asking(), delta_interval=to_duration(10))
    heard: list[StreamGenerateResponse] = []
    try:
        async for each in servicer.StreamGenerate(request, NO_CONTEXT):
            heard.append(each)  # noqa: PERF401 - what was heard before a failure counts
    except ChorusError as error:
        assert error is end  # noqa: PT017 - one of the two ends is none
    assert [each.delta for each in heard if each.HasField("delta")] == [*texts("a", "bcd")]
    assert [each.completed for each in heard if each.HasField("completed")] == [
        each for each in (end,) if isinstance(each, Completion)
    ]


async def test_a_malformed_request_never_reaches_the_server() -> None:
    servicer = ScriptedModelServer(DONE)
    wrong = asking("{")
    wrong.sampling.temperature = 9
    del wrong.turns[:]
    with pytest.raises(InvalidRequest) as refused:
        await servicer.Generate(wrong, NO_CONTEXT)
    assert refused.value.metadata.keys() == {"turns", "sampling.temperature", "output_format.json_schema"}
    assert not servicer.asked


async def test_a_schema_comes_parsed() -> None:
    servicer = ScriptedModelServer(DONE)
    await servicer.Generate(asking('{"type": "object"}'), NO_CONTEXT)
    await servicer.Generate(asking(), NO_CONTEXT)
    (first, _), (second, _) = servicer.asked
    assert first.schema is not None
    assert first.schema.schema == {"type": "object"}
    assert second.schema is None


def test_a_stream_that_does_not_go_on_ends_before_the_deadline_and_says_so() -> None:
    class Silent(ScriptedModelServer):
        async def generate(
            self, request: CheckedRequest, *, streaming: bool
        ) -> AsyncGenerator[GenerationEvent, None]:
            yield texts("a")[0]
            await asyncio.Event().wait()

    async def stream() -> None:
        clock = asyncio.get_running_loop().time
        deadline = Deadline.after(10, clock)
        current_call.set(Call("/method", "id", deadline))
        answers = Silent().StreamGenerate(StreamGenerateRequest(request=asking()), NO_CONTEXT)
        await anext(answers)
        with pytest.raises(Timeout):
            await anext(answers)
        assert 0 < deadline.remaining() < 0.2

    run_in_virtual_time(stream())


async def test_a_stream_whose_server_never_waits_ends_with_its_time() -> None:
    servicer = ScriptedModelServer(*texts("a", "b"), DONE)
    clock = FakeClock()
    current_call.set(Call("/method", "id", Deadline.after(PATIENCE, clock)))
    stream = aiter(servicer.StreamGenerate(StreamGenerateRequest(request=asking()), NO_CONTEXT))
    await anext(stream)
    clock.now += PATIENCE
    with pytest.raises(Timeout):
        await anext(stream)
    assert servicer.closed == 1

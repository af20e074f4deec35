import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chorus.model.v1 import generation_pb2, model_pb2
from chorus.model.v1.content_pb2 import ROLE_USER, Image, Part, Turn
from chorus.model.v1.model_service_pb2 import (
    Completion,
    GenerateRequest,
    GenerateResponse,
    ListModelsRequest,
    StreamGenerateRequest,
)
from rpckit.call import Call, Deadline, current_call
from rpckit.errors import BadOutput, ModelNotFound, NotSupported, Unavailable
from services.gemma.interface.generation_request import GenerationRequest
from services.gemma.interface.local_model import GenerationResult, ModelInfo
from services.gemma.scheduler.engine import ModelState, ModelStatus
from services.gemma.server.servicer import GemmaServicer
from tests.fakes.clock import FakeClock
from tests.fakes.pictures import png_header

NAME = "gemma/gemma-3-4b-it"
INFO = ModelInfo("rev1", 512, "bf16", 8_000, 9_000, "cpu")
FINISHED = GenerationResult(truncated=False, input_tokens=5, output_tokens=3)
TRUNCATED = GenerationResult(truncated=True, input_tokens=5, output_tokens=3)
SCHEMA = json.dumps({"type": "object", "required": ["a"]})
USAGE = generation_pb2.Usage(
    input_tokens=5, output_tokens=3, cost_usd_nanos=0, basis=generation_pb2.USAGE_BASIS_MEASURED
)
NO_CONTEXT: Any = None
DEADLINE = Deadline.after(60, FakeClock())


@pytest.fixture(autouse=True)
def call() -> Iterator[None]:
    token = current_call.set(Call("/chorus.model.v1.ModelService/Generate", "id", DEADLINE))
    yield
    current_call.reset(token)


@dataclass
class ScriptedEngine:
    steps: list[str | GenerationResult]
    status: ModelStatus = ModelStatus(ModelState.READY, info=INFO)  # noqa: RUF009 - frozen
    asked: list[tuple[GenerationRequest, Deadline]] = field(default_factory=list)

    def ready(self) -> ModelInfo:
        if not self.status.info:
            raise Unavailable(self.status.detail)
        return self.status.info

    async def generate(
        self, request: GenerationRequest, deadline: Deadline
    ) -> AsyncGenerator[str | GenerationResult, None]:
        self.asked.append((request, deadline))
        for step in self.steps:
            yield step


def request(model: str = "", json_schema: str = "") -> GenerateRequest:
    asked = GenerateRequest(model=model, turns=[Turn(role=ROLE_USER, parts=[Part(text="Hello")])])
    if json_schema:
        asked.output_format.json_schema = json_schema
    return asked


async def generate(engine: ScriptedEngine, asked: GenerateRequest | None = None) -> GenerateResponse:
    return await GemmaServicer(NAME, engine).Generate(asked or request(), NO_CONTEXT)


async def listed(status: ModelStatus) -> model_pb2.Model:
    servicer = GemmaServicer(NAME, ScriptedEngine([], status))
    (model,) = (await servicer.ListModels(ListModelsRequest(), NO_CONTEXT)).models
    return model


async def test_a_ready_model_is_listed_with_what_it_takes() -> None:
    assert await listed(ModelStatus(ModelState.READY, info=INFO)) == model_pb2.Model(
        name=NAME,
        kind=model_pb2.Model.KIND_LANGUAGE_MODEL,
        display_name="gemma-3-4b-it",
        family="google",
        max_input_tokens=511,
        max_output_tokens=511,
        capabilities=[
            model_pb2.CAPABILITY_TEXT,
            model_pb2.CAPABILITY_JSON_SCHEMA,
            model_pb2.CAPABILITY_SAMPLING,
            model_pb2.CAPABILITY_SEED,
        ],
        state=model_pb2.Model.STATE_READY,
        footprint=model_pb2.Footprint(precision="bf16", memory_bytes=8_000, disk_bytes=9_000, device="cpu"),
        price=model_pb2.Price(),
    )


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (ModelState.LOADING, model_pb2.Model.STATE_LOADING),
        (ModelState.UNAVAILABLE, model_pb2.Model.STATE_UNAVAILABLE),
    ],
)
async def test_a_model_that_is_not_ready_is_listed_with_the_reason(
    state: ModelState, shown: model_pb2.Model.State.ValueType
) -> None:
    model = await listed(ModelStatus(state, "set GEMMA_MODEL"))
    assert (model.state, model.state_detail) == (shown, "set GEMMA_MODEL")
    assert not model.HasField("footprint")
    assert model.HasField("price")


async def test_an_answer_is_one_part_with_its_completion() -> None:
    response = await generate(ScriptedEngine(["", "a", "", "b", FINISHED]), request(NAME))
    assert response == GenerateResponse(
        parts=[Part(text="ab")],
        completion=Completion(
            finish_reason=generation_pb2.FINISH_REASON_STOP, usage=USAGE, model_version="rev1"
        ),
    )


async def test_a_stream_is_deltas_then_the_same_completion() -> None:
    engine = ScriptedEngine(["", "a", "", "b", FINISHED])
    asked = StreamGenerateRequest(request=request())
    events = [each async for each in GemmaServicer(NAME, engine).StreamGenerate(asked, NO_CONTEXT)]
    assert [each.delta.text for each in events[:-1]] == ["a", "b"]
    assert events[-1].completed == (await generate(engine)).completion


async def test_the_engine_gets_the_calls_deadline_less_the_reserve_for_its_answer() -> None:
    engine = ScriptedEngine(["a", FINISHED])
    await generate(engine)
    assert engine.asked[0][1] == DEADLINE.with_reserve()


async def test_another_models_name_is_not_found() -> None:
    engine = ScriptedEngine(["a", FINISHED])
    with pytest.raises(ModelNotFound) as refused:
        await generate(engine, request("gemma/gemma-2b-it"))
    assert refused.value.metadata == {"model": "gemma/gemma-2b-it"}
    assert not engine.asked


SHOWN = GenerateRequest(
    turns=[Turn(role=ROLE_USER, parts=[Part(image=Image(data=png_header(1, 1), media_type="image/png"))])]
)


async def test_images_are_a_capability_if_the_model_reads_them() -> None:
    servicer = GemmaServicer(NAME, ScriptedEngine([]), images=True)
    (model,) = (await servicer.ListModels(ListModelsRequest(), NO_CONTEXT)).models
    assert model_pb2.CAPABILITY_IMAGE_INPUT in model.capabilities


async def test_without_images_none_is_read_whatever_the_models_state() -> None:
    with pytest.raises(NotSupported):
        await generate(ScriptedEngine([], ModelStatus(ModelState.LOADING)), SHOWN)


async def test_while_it_loads_an_image_is_refused_as_a_text_is() -> None:
    loading = ScriptedEngine([], ModelStatus(ModelState.LOADING, "the weights are loading"))
    with pytest.raises(Unavailable, match="the weights are loading"):
        await GemmaServicer(NAME, loading, images=True).Generate(SHOWN, NO_CONTEXT)


@pytest.mark.parametrize(
    ("steps", "json_schema"),
    [
        ([FINISHED], ""),
        (['{"b":1}', FINISHED], SCHEMA),
        (['{"a":', FINISHED], SCHEMA),
        (["no no no", replace(FINISHED, repetitive=True)], ""),
    ],
    ids=["empty", "breaks the schema", "no JSON", "repeats itself"],
)
async def test_a_bad_answer_is_none_but_its_usage_counts(
    steps: list[str | GenerationResult], json_schema: str
) -> None:
    with pytest.raises(BadOutput) as refused:
        await generate(ScriptedEngine(steps), request(json_schema=json_schema))
    (packed,) = refused.value.details
    usage = generation_pb2.Usage()
    assert packed.Unpack(usage)
    assert usage == USAGE


async def test_json_that_keeps_to_the_schema_is_an_answer() -> None:
    response = await generate(ScriptedEngine(['{"a":', "1}", FINISHED]), request(json_schema=SCHEMA))
    assert response.parts[0].text == '{"a":1}'


async def test_a_cut_answer_says_so() -> None:
    response = await generate(ScriptedEngine(['{"a":', TRUNCATED]), request(json_schema=SCHEMA))
    assert response.parts[0].text == '{"a":'
    assert response.completion.finish_reason == generation_pb2.FINISH_REASON_LENGTH

"""The ModelService of a local Gemma."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import grpc

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2, model_service_pb2_grpc
from modelkit.list_models import list_models_response
from rpckit.call import served_call
from rpckit.errors import BadOutput, ModelNotFound
from services.gemma.scheduler.engine import Engine, State
from services.gemma.scheduler.local_model import Ending, Job
from services.gemma.schema import matches
from services.gemma.server.request import has_images, to_job

if TYPE_CHECKING:
    # Generic in the stubs, not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]

SERVICE = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"].full_name
_FAMILY = "google"
_CAPABILITIES = (
    model_pb2.CAPABILITY_TEXT,
    model_pb2.CAPABILITY_JSON_SCHEMA,
    model_pb2.CAPABILITY_SAMPLING,
    model_pb2.CAPABILITY_SEED,
)
_STATES = {
    State.LOADING: model_pb2.Model.STATE_LOADING,
    State.READY: model_pb2.Model.STATE_READY,
    State.UNAVAILABLE: model_pb2.Model.STATE_UNAVAILABLE,
}


class GemmaServicer(model_service_pb2_grpc.ModelServiceServicer):
    """Offers one model, under `name`; `images` if it reads them."""

    def __init__(self, name: str, engine: Engine, *, images: bool = False) -> None:
        self._name = name
        self._engine = engine
        self._images = images
        self._decoding = asyncio.Lock()

    async def ListModels(
        self, request: model_service_pb2.ListModelsRequest, context: "Context"
    ) -> model_service_pb2.ListModelsResponse:
        """Lists the one model, whatever its state."""
        return list_models_response([self._model()], request)

    async def Generate(
        self, request: model_service_pb2.GenerateRequest, context: "Context"
    ) -> model_service_pb2.GenerateResponse:
        """Writes one answer."""
        pieces: list[str] = []
        completion = None
        async for event in self._events(request):
            if isinstance(event, str):
                pieces.append(event)
            else:
                completion = event
        parts = [content_pb2.Part(text="".join(pieces))]
        return model_service_pb2.GenerateResponse(parts=parts, completion=completion)

    async def StreamGenerate(
        self, request: model_service_pb2.StreamGenerateRequest, context: "Context"
    ) -> AsyncIterator[model_service_pb2.StreamGenerateResponse]:
        """Writes one answer, token by token."""
        async with aclosing(self._events(request.request)) as events:
            async for event in events:
                if isinstance(event, str):
                    yield model_service_pb2.StreamGenerateResponse(delta=content_pb2.Part(text=event))
                else:
                    yield model_service_pb2.StreamGenerateResponse(completed=event)

    async def _events(
        self, request: model_service_pb2.GenerateRequest
    ) -> AsyncGenerator[str | model_service_pb2.Completion, None]:
        if request.model not in {"", self._name}:
            raise ModelNotFound(f"this server has {self._name} alone", metadata={"model": request.model})
        job = await self._job(request)
        answer = ""
        async with aclosing(self._engine.generate(job, served_call().deadline)) as steps:
            async for step in steps:
                if isinstance(step, Ending):
                    usage = _usage(step)
                    _refuse_bad(answer, job.json_schema, step, usage)
                    yield self._completion(step, usage)
                elif step:
                    answer += step
                    yield step

    async def _job(self, request: model_service_pb2.GenerateRequest) -> Job:
        if not (self._images and has_images(request)):
            return to_job(request)
        side = self._engine.ready().image_side
        # Beside the event loop, for decoding takes time; one after the other, for it takes memory.
        async with self._decoding:
            return await asyncio.to_thread(to_job, request, side)

    def _model(self) -> model_pb2.Model:
        status = self._engine.status
        model = model_pb2.Model(
            name=self._name,
            kind=model_pb2.Model.KIND_LANGUAGE_MODEL,
            display_name=self._name.partition("/")[2],
            family=_FAMILY,
            capabilities=(*_CAPABILITIES, *([model_pb2.CAPABILITY_IMAGE_INPUT] if self._images else [])),
            state=_STATES[status.state],
            state_detail=status.detail,
            price=model_pb2.Price(),
        )
        if facts := status.facts:
            # Each leaves the other one token of the context at least.
            model.max_input_tokens = model.max_output_tokens = facts.max_input_tokens
            model.footprint.precision = facts.precision
            model.footprint.memory_bytes = facts.memory_bytes
            model.footprint.disk_bytes = facts.disk_bytes
            model.footprint.device = facts.device
        return model

    def _completion(self, ending: Ending, usage: generation_pb2.Usage) -> model_service_pb2.Completion:
        facts = self._engine.status.facts
        reason = generation_pb2.FINISH_REASON_LENGTH if ending.cut else generation_pb2.FINISH_REASON_STOP
        return model_service_pb2.Completion(
            finish_reason=reason, usage=usage, model_version=facts.version if facts else ""
        )


def _usage(ending: Ending) -> generation_pb2.Usage:
    return generation_pb2.Usage(
        input_tokens=ending.input_tokens,
        output_tokens=ending.output_tokens,
        cost_usd_nanos=0,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


def _refuse_bad(answer: str, json_schema: str | None, ending: Ending, usage: generation_pb2.Usage) -> None:
    if ending.cut:
        return
    if not answer:
        raise BadOutput("the model wrote nothing", details=[usage])
    if json_schema is not None and not matches(answer, json_schema):
        raise BadOutput("the answer does not keep to the JSON Schema", details=[usage])

"""Serves ModelService for a local Gemma."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from prometheus_client import CollectorRegistry
from typing_extensions import override

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2
from modelkit.gen_ai import ModelCall, ModelCalls
from modelkit.generate_request import require_capabilities
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.servicer import CheckedRequest, GenerationEvent, StreamingServicer
from modelkit.usage import with_usage
from rpckit.call import current_trace, served_call
from rpckit.errors import BadOutput, ChorusError, ModelNotFound
from services.gemma.interface.base_model import display_name
from services.gemma.interface.generation_request import GenerationRequest
from services.gemma.interface.local_model import GenerationResult
from services.gemma.scheduler.engine import GenerationEngine, ModelState
from services.gemma.server.request import has_images, to_generation_request

_FAMILY = "google"
# No convention has a word for a model of one's own.
_PROVIDER = "chorus.gemma"
_CAPABILITIES = (
    model_pb2.CAPABILITY_TEXT,
    model_pb2.CAPABILITY_JSON_SCHEMA,
    model_pb2.CAPABILITY_SAMPLING,
    model_pb2.CAPABILITY_SEED,
)
_STATES = {
    ModelState.LOADING: model_pb2.Model.STATE_LOADING,
    ModelState.READY: model_pb2.Model.STATE_READY,
    ModelState.UNAVAILABLE: model_pb2.Model.STATE_UNAVAILABLE,
}


class GemmaServicer(StreamingServicer):
    """Offers one model.

    Args:
        name: The name that the model is listed under.
        engine: Writes the answers.
        images: Whether the model reads images.
        calls: Measures the calls.
    """

    def __init__(
        self, name: str, engine: GenerationEngine, *, images: bool = False, calls: ModelCalls | None = None
    ) -> None:
        super().__init__()
        self._calls = calls or ModelCalls(CollectorRegistry())
        self._name = name
        self._engine = engine
        self._capabilities = (*_CAPABILITIES, *([model_pb2.CAPABILITY_IMAGE_INPUT] if images else []))
        self._decoding = asyncio.Lock()

    @override
    def listed_models(self) -> list[model_pb2.Model]:
        return [self._model()]

    @override
    async def generate(
        self, request: CheckedRequest, *, streaming: bool
    ) -> AsyncGenerator[GenerationEvent, None]:
        message = request.message
        if message.model not in {"", self._name}:
            raise ModelNotFound(f"this server has {self._name} alone", metadata={"model": message.model})
        require_capabilities(message, self._name, self._capabilities)
        call = ModelCall(_PROVIDER, self._name, message, streaming=streaming, is_local=True)
        with self._calls.observe(call, current_trace()) as end:
            async with aclosing(self._generate(request)) as events:
                async for event in events:
                    if isinstance(event, model_service_pb2.Completion):
                        end.completion = event
                        end.usage = event.usage
                    yield event

    async def _generate(self, request: CheckedRequest) -> AsyncGenerator[GenerationEvent, None]:
        generation_request = await self._generation_request(request)
        answer = ""
        deadline = served_call().deadline.with_reserve()
        async with aclosing(self._engine.generate(generation_request, deadline)) as steps:
            async for step in steps:
                if isinstance(step, GenerationResult):
                    usage = _usage(step)
                    if step.repetitive:
                        raise with_usage(BadOutput("the model writes the same again and again"), usage)
                    if not step.truncated:
                        _check_answer(answer, request.schema, usage)
                    yield self._completion(step, usage)
                elif step:
                    answer += step
                    yield content_pb2.Part(text=step)

    async def _generation_request(self, request: CheckedRequest) -> GenerationRequest:
        if not has_images(request.message):
            return to_generation_request(request)
        side = self._engine.ready().image_side
        # Decoding takes time, so it runs beside the event loop. It takes memory, so one request waits for
        # another.
        async with self._decoding:
            return await asyncio.to_thread(to_generation_request, request, side)

    def _model(self) -> model_pb2.Model:
        status = self._engine.status
        model = model_pb2.Model(
            name=self._name,
            kind=model_pb2.Model.KIND_LANGUAGE_MODEL,
            display_name=display_name(self._name.partition("/")[2]),
            family=_FAMILY,
            capabilities=self._capabilities,
            state=_STATES[status.state],
            state_detail=status.detail,
            price=model_pb2.Price(),
        )
        if info := status.info:
            # Input and output share the context, and each leaves at least one token to the other.
            model.max_input_tokens = model.max_output_tokens = info.max_input_tokens
            model.footprint.precision = info.precision
            model.footprint.memory_bytes = info.memory_bytes
            model.footprint.disk_bytes = info.disk_bytes
            model.footprint.device = info.device
        return model

    def _completion(
        self, result: GenerationResult, usage: generation_pb2.Usage
    ) -> model_service_pb2.Completion:
        info = self._engine.status.info
        reason = (
            generation_pb2.FINISH_REASON_LENGTH if result.truncated else generation_pb2.FINISH_REASON_STOP
        )
        return model_service_pb2.Completion(
            finish_reason=reason, usage=usage, model_version=info.version if info else ""
        )


def _usage(result: GenerationResult) -> generation_pb2.Usage:
    return generation_pb2.Usage(
        input_tokens=result.input_tokens,
        output_tokens=result.output_tokens,
        cost_usd_nanos=0,
        basis=generation_pb2.USAGE_BASIS_MEASURED,
    )


def _check_answer(answer: str, schema: AnswerSchema | None, usage: generation_pb2.Usage) -> None:
    """Checks a whole answer. An error that is raised holds the usage too."""
    try:
        if not answer:
            raise BadOutput("the model wrote nothing")
        if schema is not None:
            schema.check_text(answer)
    except ChorusError as error:
        raise with_usage(error, usage) from None

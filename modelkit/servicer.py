"""The two ways of generating, made of one: a model server writes a stream, and Generate joins it."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import duration_pb2
from typing_extensions import override

from chorus.model.v1 import content_pb2, model_pb2, model_service_pb2, model_service_pb2_grpc
from modelkit.generate_request import violations
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.json_schema.schema_cache import SchemaCache
from modelkit.list_models import page_of
from modelkit.text_gathering import MAX_INTERVAL_SECONDS, TextGathering
from rpckit.call import ending_in_time, served_call
from rpckit.duration import to_seconds
from rpckit.errors import ChorusError, InvalidRequest

if TYPE_CHECKING:
    # Generic in the stubs, not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]

MODEL_SERVICE = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"].full_name

# Parts of the answer in their order, and then its Completion.
GenerationEvent = content_pb2.Part | model_service_pb2.Completion


@dataclass(frozen=True, slots=True)
class CheckedRequest:
    """A request that is well-formed, whatever the model.

    Attributes:
        message: The request as it was sent.
        schema: The schema that the answer must keep to; None for free text or a picture.
    """

    message: model_service_pb2.GenerateRequest
    schema: AnswerSchema | None


class StreamingServicer(model_service_pb2_grpc.ModelServiceServicer, ABC):
    """A ModelService whose server writes `generate` and `listed_models`. Requests are checked here."""

    def __init__(self) -> None:
        self._schemas = SchemaCache()

    @abstractmethod
    def generate(self, request: CheckedRequest, *, streaming: bool) -> AsyncGenerator[GenerationEvent, None]:
        """Writes one answer: its parts, then one Completion.

        Args:
            request: Well-formed. The model that it names may be unknown, and unable to do what is asked.
            streaming: Whether the parts go out as they come; else all go out together at the end.

        Raises:
            ChorusError: There is no answer.
        """

    @abstractmethod
    def listed_models(self) -> Sequence[model_pb2.Model]:
        """Returns every model of the server, whatever its state, always in the same order."""

    @override
    async def ListModels(
        self, request: model_service_pb2.ListModelsRequest, context: "Context"
    ) -> model_service_pb2.ListModelsResponse:
        page = page_of(self.listed_models(), request)
        return model_service_pb2.ListModelsResponse(models=page.models, next_page_token=page.next_page_token)

    @override
    async def Generate(
        self, request: model_service_pb2.GenerateRequest, context: "Context"
    ) -> model_service_pb2.GenerateResponse:
        parts: list[content_pb2.Part] = []
        completion = None
        async with aclosing(self.generate(await self._checked(request), streaming=False)) as events:
            async for event in events:
                if isinstance(event, content_pb2.Part):
                    parts.append(event)
                else:
                    completion = event
        return model_service_pb2.GenerateResponse(parts=_joined(parts), completion=completion)

    @override
    async def StreamGenerate(
        self, request: model_service_pb2.StreamGenerateRequest, context: "Context"
    ) -> AsyncIterator[model_service_pb2.StreamGenerateResponse]:
        deadline = served_call().deadline
        async with ending_in_time(deadline):
            checked = await self._checked(request.request, request.delta_interval)
        gathering = TextGathering(to_seconds(request.delta_interval))
        async with aclosing(self.generate(checked, streaming=True)) as events:
            while True:
                try:
                    async with ending_in_time(deadline):
                        event = await anext(events, None)
                except ChorusError:
                    # What was written before the failure is heard all the same.
                    for part in gathering.rest():
                        yield model_service_pb2.StreamGenerateResponse(delta=part)
                    raise
                if event is None:
                    return
                if isinstance(event, content_pb2.Part):
                    for part in gathering.take(event):
                        yield model_service_pb2.StreamGenerateResponse(delta=part)
                    continue
                for part in gathering.rest():
                    yield model_service_pb2.StreamGenerateResponse(delta=part)
                yield model_service_pb2.StreamGenerateResponse(completed=event)

    async def _checked(
        self,
        request: model_service_pb2.GenerateRequest,
        delta_interval: duration_pb2.Duration | None = None,
    ) -> CheckedRequest:
        wrong = dict(violations(request))
        if delta_interval is not None and not 0 <= to_seconds(delta_interval) <= MAX_INTERVAL_SECONDS:
            wrong["delta_interval"] = f"not from 0 to {MAX_INTERVAL_SECONDS:g} seconds"
        schema = None
        if request.output_format.HasField("json_schema"):
            try:
                schema = await self._schemas.read(request.output_format.json_schema)
            except InvalidRequest as error:
                wrong |= error.metadata
        if wrong:
            raise InvalidRequest(wrong)
        return CheckedRequest(request, schema)


def _joined(parts: Iterable[content_pb2.Part]) -> Iterator[content_pb2.Part]:
    """Joins neighbouring texts to one part; pictures stand as they are."""
    for is_text, group in itertools.groupby(parts, key=lambda part: part.HasField("text")):
        if is_text:
            yield content_pb2.Part(text="".join(part.text for part in group))
        else:
            yield from group

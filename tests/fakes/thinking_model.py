"""A model that thinks before it writes, as long as its effort says."""

from collections.abc import AsyncGenerator, Mapping

from typing_extensions import override

from chorus.model.v1.content_pb2 import Part
from chorus.model.v1.generation_pb2 import (
    FINISH_REASON_LENGTH,
    FINISH_REASON_STOP,
    USAGE_BASIS_MEASURED,
    ReasoningEffort,
    Usage,
)
from chorus.model.v1.model_pb2 import Model, Price
from chorus.model.v1.model_service_pb2 import (
    Completion,
    GenerateRequest,
    GenerateResponse,
    StreamGenerateResponse,
)
from orchestrator.panel.directory import GenerationClient, ListedModel
from rpckit.call import Deadline
from rpckit.errors import BadOutput
from tests.fakes.clock import FakeClock

BYTES_PER_TOKEN = 4
# A token of output costs this much, one of input nothing.
TOKEN_USD_NANOS = 10
# By the model's clock.
THINKING_SECONDS = 30
WRITING_SECONDS = 10


class ThinkingModel(GenerationClient):
    """Answers with a text, of which thinking leaves what the model's room holds.

    Args:
        tokens: What it thinks at each effort that it offers, the default one last.
        tells_thinking: Whether its provider counts thinking apart.

    Attributes:
        efforts: What it was asked for, call by call.
        clock: Stands still but while it thinks and writes.
    """

    def __init__(
        self,
        text: str,
        tokens: Mapping[ReasoningEffort.ValueType, int],
        *,
        room: int,
        max_output_tokens: int = 0,
        tells_thinking: bool = True,
    ) -> None:
        self.listed = ListedModel(
            Model(
                name="a/thinker",
                family="a",
                max_output_tokens=max_output_tokens,
                max_reasoning_tokens=room,
                reasoning_efforts=tokens,
                default_reasoning_effort=list(tokens)[-1],
                price=Price(output_usd_nanos=TOKEN_USD_NANOS * 1_000_000),
            ),
            server="a:1",
        )
        self.clock = FakeClock()
        self.efforts: list[ReasoningEffort.ValueType] = []
        self._text = text
        self._tokens = tokens
        self._tells_thinking = tells_thinking

    @override
    async def generate(
        self, listed: ListedModel, request: GenerateRequest, deadline: Deadline, previous_attempts: int = 0
    ) -> GenerateResponse:
        self.clock.now += THINKING_SECONDS + WRITING_SECONDS
        text, completion = self._answer(request)
        return GenerateResponse(parts=[Part(text=text)], completion=completion)

    @override
    async def stream_generate(
        self,
        listed: ListedModel,
        request: GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
        delta_interval: float = 0,
    ) -> AsyncGenerator[StreamGenerateResponse]:
        self.clock.now += THINKING_SECONDS
        text, completion = self._answer(request)
        yield StreamGenerateResponse(delta=Part(text=text))
        self.clock.now += WRITING_SECONDS
        yield StreamGenerateResponse(completed=completion)

    def _answer(self, request: GenerateRequest) -> tuple[str, Completion]:
        model = self.listed.model
        self.efforts.append(request.sampling.reasoning_effort)
        room = request.sampling.max_output_tokens + model.max_reasoning_tokens
        room = min(room, model.max_output_tokens or room)
        thought = min(self._tokens[request.sampling.reasoning_effort or model.default_reasoning_effort], room)
        visible = min(room - thought, request.sampling.max_output_tokens)
        text = self._text[: visible * BYTES_PER_TOKEN]
        output_tokens = thought + -(-len(text) // BYTES_PER_TOKEN)
        usage = Usage(
            output_tokens=output_tokens,
            reasoning_tokens=thought if self._tells_thinking else 0,
            cost_usd_nanos=output_tokens * TOKEN_USD_NANOS,
            basis=USAGE_BASIS_MEASURED,
        )
        if not text:
            raise BadOutput("the answer is empty", details=[usage])
        is_whole = len(text) == len(self._text)
        finish_reason = FINISH_REASON_STOP if is_whole else FINISH_REASON_LENGTH
        return text, Completion(finish_reason=finish_reason, usage=usage)

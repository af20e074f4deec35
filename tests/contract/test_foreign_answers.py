"""What a foreign model server may say at the end of an answer. The rest is the model's failure alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from typing_extensions import override

from chorus.model.v1.content_pb2 import Document, Part
from chorus.model.v1.generation_pb2 import FINISH_REASON_STOP, Usage
from chorus.model.v1.model_service_pb2 import (
    Completion,
    GenerateRequest,
    GenerateResponse,
    StreamGenerateRequest,
    StreamGenerateResponse,
)
from modelkit.answer_limits import MAX_ANSWER_TEXT_BYTES, AnswerMeter, AnswerTooLarge
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import ListedModel, ModelDirectory
from rpckit.call import Deadline
from rpckit.errors import BadOutput
from rpckit.settings import Security
from tests.contract.requests import answer_request
from tests.fakes.model_server import FakeModels
from tests.fakes.models import FAKES
from tests.patience import PATIENCE

GOOD = "fake/good"


class ForeignModels(FakeModels):
    """Ends each answer with one completion."""

    def __init__(self, completion: Completion) -> None:
        super().__init__({GOOD: FAKES[GOOD]})
        self._completion = completion

    @override
    async def Generate(self, request: GenerateRequest, context: Any) -> GenerateResponse:
        return GenerateResponse(parts=[Part(text="{}")], completion=self._completion)

    @override
    async def StreamGenerate(
        self, request: StreamGenerateRequest, context: Any
    ) -> AsyncIterator[StreamGenerateResponse]:
        yield StreamGenerateResponse(delta=Part(text="{}"))
        yield StreamGenerateResponse(completed=self._completion)


def _below_zero(name: str) -> Usage:
    usage = Usage()
    setattr(usage, name, -1)
    return usage


@pytest.mark.parametrize(
    "completion",
    [
        Completion(finish_reason=FINISH_REASON_STOP, model_version="v" * 3_000_000),
        *(
            Completion(finish_reason=FINISH_REASON_STOP, usage=_below_zero(field.name))
            for field in Usage.DESCRIPTOR.fields
            if field.name != "basis"
        ),
    ],
    ids=lambda completion: str(completion)[:60],
)
@pytest.mark.parametrize("streaming", [False, True], ids=["unary", "stream"])
async def test_what_no_answer_ends_with_is_bad_output(completion: Completion, streaming: bool) -> None:
    async with AsyncExitStack() as stack:
        target = await stack.enter_async_context(ForeignModels(completion).start())
        directory = ModelDirectory([target], Security(), stack, ModelMetrics(CollectorRegistry()))
        (listed,) = (await directory.listing()).models
        with pytest.raises(BadOutput):
            await _end_of(directory.stream_generate if streaming else directory.generate, listed)


async def _end_of(ask: Callable[..., Any], listed: ListedModel) -> None:
    asked = ask(listed, answer_request(GOOD), Deadline.after(PATIENCE))
    if isinstance(asked, AsyncIterator):
        async for _ in asked:
            pass
    else:
        await asked


def test_a_document_in_an_answer_counts_as_its_text() -> None:
    meter = AnswerMeter()
    with pytest.raises(AnswerTooLarge):
        meter.take(Part(document=Document(text="x" * MAX_ANSWER_TEXT_BYTES)))

"""Tests that the provider can tell by an essay's number what it was asked for once, and what again."""

import itertools
import re
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

from bench.soak.essays import NUMBER
from bench.soak.ledger import Ledger
from bench.soak.load import Load
from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.feedback.v1.feedback_service_pb2 import (
    BatchFeedbackRequest,
    BatchFeedbackResponse,
    GetFeedbackRequest,
    GetFeedbackResponse,
    StreamFeedbackRequest,
    StreamFeedbackResponse,
)
from chorus.model.v1.failure_pb2 import Failure
from tests.fakes.clock import run_in_virtual_time

STEPS = 300
# Of `services/proofreader/required_words.py`.
MOST_WORDS_KEPT = 4_096


class Answer:
    """A unary call that is answered at once."""

    def __init__(self, response: GetFeedbackResponse) -> None:
        self._response = response

    def __await__(self) -> Generator[Any, None, GetFeedbackResponse]:
        yield from ()
        return self._response

    def cancel(self) -> None:
        pass

    async def code(self) -> None:
        pass


class Stub:
    """Answers everything, each model that is asked for with a failure, and keeps the requests."""

    def __init__(self) -> None:
        self.requests: list[GetFeedbackRequest] = []

    def GetFeedback(self, request: GetFeedbackRequest, **_: object) -> Answer:
        return Answer(self._response(request))

    async def StreamFeedback(
        self, request: StreamFeedbackRequest, **_: object
    ) -> AsyncIterator[StreamFeedbackResponse]:
        yield StreamFeedbackResponse(response=self._response(request.request))

    async def BatchFeedback(
        self, items: Iterator[BatchFeedbackRequest], **_: object
    ) -> AsyncIterator[BatchFeedbackResponse]:
        for each in items:
            yield BatchFeedbackResponse(item_id=each.item_id, response=self._response(each.request))

    def _response(self, request: GetFeedbackRequest) -> GetFeedbackResponse:
        self.requests.append(request)
        results = [ModelResult(model=each, failure=Failure()) for each in request.models]
        return GetFeedbackResponse(feedback_id=request.request_id, results=results)


def test_no_essay_is_asked_for_under_two_names() -> None:
    stub, steps = Stub(), itertools.count()
    run_in_virtual_time(Load(stub, Ledger()).run(lambda: next(steps) < STEPS, at_once=1))
    names: dict[str, str] = {}
    nameless = 0
    for each in stub.requests:
        if (found := re.search(NUMBER, each.submission.text)) is None:
            continue
        # What has no request_id is bought each time.
        name = each.request_id or f"nameless {nameless}"
        nameless += not each.request_id
        assert names.setdefault(found[1], name) == name
    assert nameless > 1


def test_the_calls_before_a_sample_are_new_and_without_a_fault() -> None:
    stub = Stub()
    run_in_virtual_time(Load(stub, Ledger()).settle(5))
    assert len({each.submission.text for each in stub.requests}) == 5
    assert not any("huggingface/x/shaky" in each.models for each in stub.requests)


def test_the_words_that_are_read_at_first_fill_the_proofreaders_memory() -> None:
    stub = Stub()
    run_in_virtual_time(Load(stub, Ledger()).fill_memories())
    words = {word for each in stub.requests for word in each.submission.text.split()}
    assert len(words) > MOST_WORDS_KEPT

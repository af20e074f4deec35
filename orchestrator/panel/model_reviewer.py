"""How one model is asked for its feedback, and what becomes of its answer."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from chorus.model.v1 import failure_pb2, generation_pb2, model_service_pb2
from modelkit.usage import total_usage
from orchestrator.answer.check import check_answer
from orchestrator.answer.points import PointReader
from orchestrator.answer.prompt import review_request
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.spending import Bill, Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import ModelCall
from orchestrator.store.store import Store
from orchestrator.submission.reading import SubmissionReading
from rpckit.call import Deadline
from rpckit.duration import to_duration
from rpckit.errors import BadOutput, ChorusError, to_failure

# What the long form takes to write, as a rule, and the room that each form is given.
_LONG_FORM_TOKENS = 1800
_LONG_FORM_LIMIT = 4096
_SHORT_FORM_LIMIT = 1024

# Of these the model knows nothing: they leave no trace in its record.
_NOT_THE_MODELS = frozenset(
    {failure_pb2.ERROR_REASON_INVALID_REQUEST, failure_pb2.ERROR_REASON_BUDGET_EXCEEDED},
)

StreamGenerate = Callable[
    [ListedModel, model_service_pb2.GenerateRequest, Deadline],
    AsyncGenerator[model_service_pb2.StreamGenerateResponse],
]
OnPoint = Callable[[str, feedback_pb2.Point], None]


@dataclass(frozen=True, slots=True)
class ReviewQuestion:
    """What every model of a panel is asked."""

    reading: SubmissionReading
    submission: submission_pb2.Submission
    rubric: submission_pb2.Rubric
    feedback_language: str
    sampling: generation_pb2.Sampling
    include_raw: bool


Ask = Callable[
    [ListedModel, ReviewQuestion, Spending, Deadline, OnPoint],
    Coroutine[Any, Any, feedback_pb2.ModelResult],
]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A whole answer, and the seconds from its first piece to its last."""

    text: str
    completion: model_service_pb2.Completion
    writing_seconds: float


class _CutAnswerError(BadOutput):
    """The answer took more tokens than it was given."""


class ModelReviewer:
    """Asks models, and keeps their track records."""

    def __init__(self, stream_generate: StreamGenerate, records: TrackRecords, store: Store) -> None:
        self._stream_generate = stream_generate
        self._records = records
        self._store = store

    async def ask(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        on_point: OnPoint,
    ) -> feedback_pb2.ModelResult:
        """Asks one model and checks its answer; a failure is a result like any other.

        `on_point` hears of every point as soon as it is written.
        """
        started = time.monotonic()
        result = feedback_pb2.ModelResult(model=listed.name)
        bill = Bill(listed.model, spending)
        speed = 0.0
        try:
            answer, feedback = await self._checked_answer(listed, question, bill, deadline, on_point)
        except ChorusError as error:
            result.failure.CopyFrom(to_failure(error))
        else:
            result.model_version = answer.completion.model_version
            result.feedback.CopyFrom(feedback)
            if answer.writing_seconds:
                speed = answer.completion.usage.output_tokens / answer.writing_seconds
        seconds = time.monotonic() - started
        result.latency.CopyFrom(to_duration(seconds))
        result.usage.CopyFrom(total_usage(bill.usages))
        # A name that no server listed is the caller's own, and there is no end of those.
        if listed.server and result.failure.reason not in _NOT_THE_MODELS:
            call = ModelCall(listed.name, result.HasField("feedback"), seconds, speed)
            self._records.add(call)
            await self._store.add_call(call)
        return result

    async def _checked_answer(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        bill: Bill,
        deadline: Deadline,
        on_point: OnPoint,
    ) -> tuple[_Answer, feedback_pb2.ModelFeedback]:
        short = self._writes_too_slowly(listed, deadline)
        request = review_request(
            question.reading,
            question.submission,
            question.rubric,
            question.feedback_language,
            short=short,
        )
        request.sampling.CopyFrom(question.sampling)
        first, second = _output_limits(listed, question.sampling, short=short)
        request.sampling.max_output_tokens = first
        try:
            return await self._try(listed, question, request, bill, deadline, on_point)
        except _CutAnswerError:
            if second == first:
                raise
        except BadOutput:
            pass
        request.sampling.max_output_tokens = second
        return await self._try(listed, question, request, bill, deadline, on_point)

    async def _try(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        request: model_service_pb2.GenerateRequest,
        bill: Bill,
        deadline: Deadline,
        on_point: OnPoint,
    ) -> tuple[_Answer, feedback_pb2.ModelFeedback]:
        points = PointReader(question.reading, question.rubric)

        def on_piece(piece: str) -> None:
            for point in points.feed(piece):
                on_point(listed.name, point)

        answer = await self._generate(listed, request, bill, deadline, on_piece)
        if answer.completion.finish_reason == generation_pb2.FINISH_REASON_LENGTH:
            raise _CutAnswerError(f"the answer was cut after {request.sampling.max_output_tokens} tokens")
        feedback = await asyncio.to_thread(
            check_answer,
            answer.text,
            answer.completion.finish_reason,
            question.reading,
            question.rubric,
            include_raw=question.include_raw,
        )
        return answer, feedback

    async def _generate(
        self,
        listed: ListedModel,
        request: model_service_pb2.GenerateRequest,
        bill: Bill,
        deadline: Deadline,
        on_piece: Callable[[str], None],
    ) -> _Answer:
        pieces: list[str] = []
        completion: model_service_pb2.Completion | None = None
        first_piece_at = time.monotonic()
        with bill.charge(request) as charge:
            async with aclosing(self._stream_generate(listed, request, deadline)) as stream:
                async for message in stream:
                    if message.HasField("completed"):
                        completion = message.completed
                        charge.usage = completion.usage
                        continue
                    if not pieces:
                        first_piece_at = time.monotonic()
                    pieces.append(message.delta.text)
                    on_piece(message.delta.text)
        if completion is None:
            raise BadOutput("the stream ended without a completion")
        return _Answer("".join(pieces), completion, time.monotonic() - first_piece_at)

    def _writes_too_slowly(self, listed: ListedModel, deadline: Deadline) -> bool:
        record = self._records.of(listed.name)
        speed = record.output_tokens_per_second if record else 0
        return bool(speed) and speed * deadline.remaining() < _LONG_FORM_TOKENS


def _output_limits(
    listed: ListedModel,
    sampling: generation_pb2.Sampling,
    *,
    short: bool,
) -> tuple[int, int]:
    """The tokens of the first try, and twice as many for the second, as far as caller and model let."""
    if sampling.HasField("max_output_tokens"):
        return sampling.max_output_tokens, sampling.max_output_tokens
    most = listed.model.max_output_tokens or 2 * _LONG_FORM_LIMIT
    limit = min(_SHORT_FORM_LIMIT if short else _LONG_FORM_LIMIT, most)
    return limit, min(2 * limit, most)

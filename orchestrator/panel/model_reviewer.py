"""How one model is asked for its feedback, and what becomes of its answer."""

import asyncio
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from typing_extensions import override

from chorus.feedback.v1 import feedback_pb2
from chorus.model.v1 import failure_pb2, generation_pb2, model_pb2, model_service_pb2
from modelkit.answer_limits import AnswerMeter, AnswerTooLarge
from modelkit.reasoning import reasoning_room
from modelkit.usage import total_usage, usage_of
from orchestrator.answer.check import check_answer
from orchestrator.answer.point_stream import PointStreamParser
from orchestrator.answer.size_meter import AnswerSizeMeter
from orchestrator.panel.audience import EarlyPoints, PointListener
from orchestrator.panel.directory import GenerationClient, ListedModel
from orchestrator.panel.hedging import Hedge, HedgeTimes, first_answer
from orchestrator.panel.reasoning import (
    ThoughtTooLong,
    less_effort,
    thought_too_long,
    visible_tokens,
)
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.silence import SilenceMeter
from orchestrator.panel.spending import Bill, Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.store.model_call import ModelCall
from orchestrator.store.store import Store
from rpckit.call import Clock, Deadline
from rpckit.duration import to_duration
from rpckit.errors import BadOutput, BudgetExceeded, ChorusError, RateLimited, to_failure
from rpckit.retry_budget import RetryBudgets, is_out_of_retries

# An answer in the long form has about this many tokens, and one in the short form at least these.
_LONG_FORM_TOKENS = 1800
_SHORT_FORM_TOKENS = 300
# The most tokens that an answer in each form may have at the first try.
_LONG_FORM_LIMIT = 4096
_SHORT_FORM_LIMIT = 1024
# Pieces of an answer that nobody reads along come this far apart. Whoever begins to listen then hears of the
# answer's points so much later.
_UNHEARD_INTERVAL_SECONDS = 1.0

# These failures are not the model's: they leave no trace in its record.
_NOT_THE_MODELS = frozenset(
    {failure_pb2.ERROR_REASON_INVALID_REQUEST, failure_pb2.ERROR_REASON_BUDGET_EXCEEDED},
)


class FeedbackSource(Protocol):
    """Asks one model for its feedback: `ModelReviewer`, or a test's script."""

    async def ask(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        listener: PointListener | None,
        hedge_times: HedgeTimes | None = None,
    ) -> feedback_pb2.ModelResult:
        """Asks one model and checks its answer; a failure is a result like any other.

        The model's call ends at the deadline. The listener hears of the answer's points early. Where
        `hedge_times` says that the answer is late, it is asked for a second time.
        """


@dataclass(frozen=True, slots=True)
class _Answer:
    """A whole answer, how long it and its longest silence took, and whether it was late and hedged.

    Attributes:
        seconds: From asking for it to its end.
    """

    text: str
    completion: model_service_pb2.Completion
    seconds: float
    longest_silence: float
    is_hedged: bool = False


class _CutAnswerError(BadOutput):
    """The answer took more tokens than it was given."""


class ModelReviewer(FeedbackSource):
    """Asks models over gRPC, and keeps their track records.

    Args:
        retries: What may be asked a second time, of each model.
    """

    def __init__(
        self,
        client: GenerationClient,
        records: TrackRecords,
        store: Store,
        clock: Clock = time.monotonic,
        retries: RetryBudgets | None = None,
    ) -> None:
        self._client = client
        self._retries = retries or RetryBudgets(clock)
        self._records = records
        self._store = store
        self._clock = clock

    @override
    async def ask(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        spending: Spending,
        deadline: Deadline,
        listener: PointListener | None,
        hedge_times: HedgeTimes | None = None,
    ) -> feedback_pb2.ModelResult:
        started = self._clock()
        result = feedback_pb2.ModelResult(model=listed.name)
        bill = Bill(listed.model, spending)
        speed = 0.0
        own_seconds: float | None = None
        silence: float | None = None
        try:
            answer, feedback = await self._checked_answer(
                listed, question, bill, deadline, listener, hedge_times
            )
        except ChorusError as error:
            result.failure.CopyFrom(to_failure(error))
        else:
            result.model_version = answer.completion.model_version
            result.feedback.CopyFrom(feedback)
            silence = answer.longest_silence
            if answer.seconds:
                speed = visible_tokens(listed.model, answer.completion.usage, answer.text) / answer.seconds
            # How long the model was late says nothing about how long its answers take.
            own_seconds = answer.seconds if answer.is_hedged else None
        seconds = self._clock() - started
        result.latency.CopyFrom(to_duration(seconds))
        result.usage.CopyFrom(total_usage(bill.usages))
        # A name that no server listed is the caller's own: records of those would grow without end.
        if listed.server and result.failure.reason not in _NOT_THE_MODELS:
            call = ModelCall(listed.name, result.HasField("feedback"), own_seconds or seconds, speed)
            self._records.add(call, silence)
            await self._store.add_calls([call])
        return result

    async def _checked_answer(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        bill: Bill,
        deadline: Deadline,
        listener: PointListener | None,
        hedge_times: HedgeTimes | None,
    ) -> tuple[_Answer, feedback_pb2.ModelFeedback]:
        short = self._writes_too_slowly(listed, deadline)
        request = question.request(short=short)
        request.sampling.CopyFrom(question.sampling_of(listed.name))
        first_limit, second_limit = output_limits(listed.model, request.sampling, short=short)
        request.sampling.max_output_tokens = first_limit
        # A name that no server listed is the caller's own: budgets of those would grow without end.
        retries = self._retries.of(listed.name if listed.server else "")
        retries.count_call()
        usual_seconds = self._records.usual_seconds(listed.name)

        def may_hedge() -> bool:
            return bill.affords(request) and _has_time(deadline, usual_seconds) and retries.withdraw()

        hedge = Hedge(listed.name, hedge_times, may_hedge)

        async def attempt(previous: int) -> tuple[_Answer, feedback_pb2.ModelFeedback]:
            heard_by = None if previous else listener
            note = None if previous else hedge.note_piece
            return await self._try(listed, question, request, bill, deadline, heard_by, previous, note)

        try:
            answer, feedback = await first_answer(attempt, hedge)
        except AnswerTooLarge:
            raise
        except BadOutput as error:
            first_error = error
        else:
            return replace(answer, is_hedged=hedge.is_made), feedback
        # What may be asked twice is reckoned with, and no more.
        if hedge.is_made or not _has_time(deadline, usual_seconds):
            raise first_error
        if not _may_do_better(listed, request, first_error, second_limit) or not retries.withdraw():
            raise first_error
        try:
            return await self._try(listed, question, request, bill, deadline, listener, previous_attempts=1)
        except (BudgetExceeded, RateLimited) as error:
            if isinstance(error, RateLimited) and not is_out_of_retries(error):
                raise
            raise first_error from None

    async def _try(
        self,
        listed: ListedModel,
        question: ReviewQuestion,
        request: model_service_pb2.GenerateRequest,
        bill: Bill,
        deadline: Deadline,
        listener: PointListener | None,
        previous_attempts: int = 0,
        note_piece: Callable[[Deadline], None] | None = None,
    ) -> tuple[_Answer, feedback_pb2.ModelFeedback]:
        parser = PointStreamParser(question.reading, question.rubric, question.feedback_language)
        points = EarlyPoints(listed.name, parser, listener)
        answer = await self._generate(listed, request, bill, deadline, points, previous_attempts, note_piece)
        if answer.completion.finish_reason == generation_pb2.FINISH_REASON_LENGTH:
            usage = answer.completion.usage
            if thought_too_long(listed.model, request.sampling, usage, answer.text, is_cut=True):
                raise ThoughtTooLong(f"thinking took the answer's room: {usage.output_tokens} tokens")
            raise _CutAnswerError(f"the answer was cut after {request.sampling.max_output_tokens} tokens")
        feedback = await asyncio.to_thread(
            check_answer,
            answer.text,
            answer.completion.finish_reason,
            question.reading,
            question.rubric,
            feedback_language=question.feedback_language,
            include_raw=question.include_raw,
            may_find_nothing=listed.is_rule_based,
        )
        return answer, feedback

    async def _generate(
        self,
        listed: ListedModel,
        request: model_service_pb2.GenerateRequest,
        bill: Bill,
        deadline: Deadline,
        points: EarlyPoints,
        previous_attempts: int,
        note_piece: Callable[[Deadline], None] | None,
    ) -> _Answer:
        pieces: list[str] = []
        meter, size = AnswerMeter(), AnswerSizeMeter()
        completion: model_service_pb2.Completion | None = None
        asked_at = self._clock()
        try:
            with bill.charge(request) as charge:
                interval = 0 if points.are_heard else _UNHEARD_INTERVAL_SECONDS
                silence = SilenceMeter(interval, note_piece, self._clock)
                stream = self._client.stream_generate(listed, request, deadline, previous_attempts, interval)
                async with aclosing(stream):
                    async for message in stream:
                        charge.has_begun = True
                        silence.take()
                        meter.take(message.delta)
                        if message.HasField("completed"):
                            completion = message.completed
                            charge.usage = completion.usage
                            continue
                        size.take(message.delta.text)
                        pieces.append(message.delta.text)
                        points.feed(message.delta.text)
        except BadOutput as error:
            usage, text = usage_of(error), "".join(pieces)
            if usage and thought_too_long(listed.model, request.sampling, usage, text, is_cut=False):
                raise ThoughtTooLong(error.text) from None
            raise
        if completion is None:
            raise BadOutput("the stream ended without a completion")
        return _Answer("".join(pieces), completion, self._clock() - asked_at, silence.longest)

    def _writes_too_slowly(self, listed: ListedModel, deadline: Deadline) -> bool:
        record = self._records.of(listed.name)
        speed = record.output_tokens_per_second if record else 0
        if not speed or speed * deadline.remaining() >= _LONG_FORM_TOKENS:
            return False
        # Time that a model does not spend on writing makes it look slow where its answers are short. The long
        # form takes at most so many times as long as they did.
        most_seconds = self._records.usual_seconds(listed.name) * _LONG_FORM_TOKENS / _SHORT_FORM_TOKENS
        return most_seconds > deadline.remaining()


def _may_do_better(
    listed: ListedModel, request: model_service_pb2.GenerateRequest, error: BadOutput, second_limit: int
) -> bool:
    """Gives a request that failed the means that it lacked; returns False where there are no others."""
    sampling = request.sampling
    if isinstance(error, ThoughtTooLong):
        effort = less_effort(listed.model, sampling)
        if effort is None:
            return False
        sampling.reasoning_effort = effort
    elif isinstance(error, _CutAnswerError) and second_limit == sampling.max_output_tokens:
        return False
    else:
        sampling.max_output_tokens = second_limit
    return True


def _has_time(deadline: Deadline, seconds: float) -> bool:
    return deadline.remaining() > 0 and deadline.remaining() >= seconds


def output_limits(
    model: model_pb2.Model,
    sampling: generation_pb2.Sampling,
    *,
    short: bool,
) -> tuple[int, int]:
    """Returns the most tokens of the first try, and of the second: twice as many, where that is allowed.

    They are what a reader sees; what the model thinks has its own room.
    """
    if sampling.HasField("max_output_tokens"):
        return sampling.max_output_tokens, sampling.max_output_tokens
    most = model.max_output_tokens or 2 * _LONG_FORM_LIMIT
    limit = min(_SHORT_FORM_LIMIT if short else _LONG_FORM_LIMIT, most)
    return limit, max(limit, min(2 * limit, most - reasoning_room(model, sampling)))

"""Asks one provider: admission, deadline, pauses, retries, the checks of the answer, the attempts' costs."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from functools import partial

from chorus.model.v1 import content_pb2, generation_pb2, model_service_pb2
from modelkit.answer_limits import AnswerMeter
from modelkit.gen_ai import ModelCall, Operation
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.json_schema.code_fence import CodeFence
from modelkit.servicer import GenerationEvent
from modelkit.usage import with_usage
from rpckit.admission import Admission
from rpckit.call import Clock, current_trace
from rpckit.errors import (
    BadOutput,
    ChorusError,
    ContentBlocked,
    ProviderAuth,
    RateLimited,
    Timeout,
    Unavailable,
)
from rpckit.retry_budget import RetryBudget
from rpckit.trace import Trace
from services.cloud_proxy.circuit_breaker import CircuitBreaker
from services.cloud_proxy.endpoints import GEN_AI_PROVIDERS, Sdk
from services.cloud_proxy.metrics import ProviderMetrics
from services.cloud_proxy.pricing import AttemptCosts
from services.cloud_proxy.provider import AnswerEnd, AnswerPiece, Finish, Prompt, Provider, text
from services.cloud_proxy.provider_errors import EmptyAnswer, NoAnswer, too_long
from services.cloud_proxy.rate_limit import RateLimitPause
from services.cloud_proxy.retry import Retries

# How many calls may wait for each one that is being answered.
_QUEUED_PER_PLACE = 4
# Characters. To hold a shorter answer against its schema takes less than a thread does.
_LONG_ANSWER = 16_384
# Seconds that a caller is told to wait where the provider named no delay.
_DEFAULT_RETRY_DELAY = 1.0


class ProviderClient:
    """Carries all the calls that go to one provider.

    Args:
        provider: The adapter of the provider's SDK.
        places: How many calls the provider is given at once.
        metrics: Counts the attempts, and the tokens and money that they take.
        clock: Returns the monotonic time in seconds, for the retries, pauses and breakers.
    """

    def __init__(
        self, provider: Provider, places: int, metrics: ProviderMetrics, clock: Clock = time.monotonic
    ) -> None:
        self._provider = provider
        self._metrics = metrics
        self._admission = Admission(places, places * _QUEUED_PER_PLACE)
        self._clock = clock
        self._budget = RetryBudget(clock=clock)
        self._pause = RateLimitPause(clock)
        self._breakers: dict[str, CircuitBreaker] = {}

    def why_closed(self, model: str) -> str:
        """Returns why a model is not asked just now, for people; "" if it is."""
        refusal = self._breaker(model).refusal
        return refusal.text if refusal else ""

    async def generate(self, prompt: Prompt) -> AsyncGenerator[GenerationEvent, None]:
        """Yields the parts of the answer, then its Completion.

        Nothing is tried again once a part has been yielded. A prompt that does not stream yields its parts
        when the answer has ended well.

        Raises:
            ChorusError: There is no answer. The details hold the Usage, if the attempts consumed anything.
        """
        costs = AttemptCosts(prompt.price)
        with self._metrics.calls.observe(_model_call(prompt), current_trace()) as end:
            try:
                async with aclosing(self._generate(prompt, costs, end.trace)) as events:
                    async for event in events:
                        if isinstance(event, model_service_pb2.Completion):
                            end.completion = event
                        yield event
            finally:
                if (usage := costs.total()) is not None:
                    end.usage = usage
                    self._metrics.count_usage(prompt.entry.name, usage)

    async def _generate(
        self, prompt: Prompt, costs: AttemptCosts, trace: Trace
    ) -> AsyncGenerator[GenerationEvent, None]:
        # A caller that limits the answer has a budget for one answer, and asks again itself.
        is_limited = prompt.request.sampling.HasField("max_output_tokens")
        self._check(prompt)
        async with self._admission.admit(prompt.deadline):
            retries = Retries(
                self._budget,
                prompt.deadline,
                is_retry=prompt.is_retry,
                repeats_no_answer=not is_limited,
            )
            while True:
                has_yielded = False
                try:
                    async with aclosing(self._measured_attempt(prompt, costs, trace)) as pieces:
                        async for piece in pieces:
                            has_yielded = True
                            yield _completion(piece, costs) if isinstance(piece, AnswerEnd) else piece
                except ChorusError as error:
                    if has_yielded or not await retries.again(error):
                        raise _with_delay_and_usage(error, costs) from None
                else:
                    return

    async def _measured_attempt(
        self, prompt: Prompt, costs: AttemptCosts, trace: Trace
    ) -> AsyncGenerator[AnswerPiece, None]:
        model = prompt.entry.name
        self._check(prompt)
        await self._pause.wait(prompt.deadline)
        with (
            self._breaker(model).attempt() as watched,
            self._noting_pause(),
            self._metrics.attempt(model),
            trace.span("attempt", **{"chorus.model": model}) as span,
        ):
            async with aclosing(self._attempt(prompt, costs)) as pieces:
                async for piece in pieces:
                    watched.has_begun = True
                    if isinstance(piece, AnswerEnd) and piece.usage is not None:
                        span.set_attribute("chorus.input_tokens", piece.usage.input_tokens)
                        span.set_attribute("chorus.output_tokens", piece.usage.output_tokens)
                    yield piece

    def _check(self, prompt: Prompt) -> None:
        """Raises the error of a call that the provider is not asked for, because it would be in vain."""
        model = prompt.entry.name
        try:
            self._breaker(model).check()
            self._pause.check(prompt.deadline)
        except ChorusError as error:
            self._metrics.count_refusal(model, error)
            raise

    def _breaker(self, model: str) -> CircuitBreaker:
        """Returns the breaker of a model of the catalog."""
        breaker = self._breakers.get(model)
        if breaker is None:
            breaker = self._breakers[model] = CircuitBreaker(
                partial(self._metrics.set_circuit, model), self._clock
            )
        return breaker

    @contextmanager
    def _noting_pause(self) -> Iterator[None]:
        try:
            yield
        except RateLimited as error:
            self._pause.note(error)
            raise

    async def _attempt(self, prompt: Prompt, costs: AttemptCosts) -> AsyncGenerator[AnswerPiece, None]:
        held: list[content_pb2.Part] = []
        answer = ""
        end: AnswerEnd | None = None
        has_content = False
        meter = AnswerMeter()
        written = self._provider.answer(prompt)
        with costs.attempt() as attempt:
            async with aclosing(written if prompt.schema is None else _without_fence(written)) as pieces:
                while (piece := await _next(pieces, prompt)) is not None:
                    attempt.has_begun = True
                    if isinstance(piece, AnswerEnd):
                        end = piece
                        continue
                    meter.take(piece)
                    held.append(piece)
                    answer += piece.text
                    has_content = has_content or piece.HasField("image") or bool(piece.text.strip())
                    # White space is held back: an answer of nothing else is empty and may be asked for again.
                    if prompt.streaming and has_content:
                        for part in held:
                            yield part
                        held.clear()
            if end is None:
                raise NoAnswer("the answer has no finish reason")
            attempt.settle(end.usage)
        _check_finish(end, prompt)
        if not has_content:
            raise _empty(end)
        if prompt.schema is not None and end.finish is Finish.STOP:
            await _check_schema(prompt.schema, answer)
        for part in held:
            yield part
        yield end


def _model_call(prompt: Prompt) -> ModelCall:
    entry = prompt.entry
    sdk = entry.endpoint.sdk
    # Each convention's word for what its provider calls the operation.
    is_google = sdk in {Sdk.GOOGLE, Sdk.GOOGLE_VERTEX}
    operation = Operation.GENERATE_CONTENT if is_google else Operation.CHAT
    return ModelCall(GEN_AI_PROVIDERS[sdk], entry.id, prompt.request, operation, prompt.streaming)


async def _check_schema(schema: AnswerSchema, answer: str) -> None:
    """Checks a whole answer, and a long one beside the event loop, on which the other calls wait."""
    if len(answer) > _LONG_ANSWER:
        await asyncio.to_thread(schema.check_text, answer)
    else:
        schema.check_text(answer)


async def _without_fence(pieces: AsyncGenerator[AnswerPiece, None]) -> AsyncGenerator[AnswerPiece, None]:
    """Takes an answer to a schema out of the code fence that some models put around it."""
    fence = CodeFence()
    async with aclosing(pieces):
        async for piece in pieces:
            if not isinstance(piece, AnswerEnd):
                if words := fence.feed(piece.text):
                    yield text(words)
            elif fence.is_open and piece.finish is Finish.STOP:
                yield replace(piece, finish=Finish.BROKEN, word="an open code fence")
            else:
                if words := fence.end():
                    yield text(words)
                yield piece


async def _next(pieces: AsyncGenerator[AnswerPiece, None], prompt: Prompt) -> AnswerPiece | None:
    late = Timeout(f"{prompt.entry.provider} did not answer in time")
    remaining = prompt.deadline.remaining()
    if not remaining:
        # A piece that is there already comes without a wait, and no time-out ends what does not wait.
        raise late
    try:
        async with asyncio.timeout(remaining):
            return await anext(pieces, None)
    except TimeoutError:
        raise late from None


def _check_finish(end: AnswerEnd, prompt: Prompt) -> None:
    match end.finish:
        case Finish.BLOCKED:
            raise ContentBlocked(f"{prompt.entry.provider} blocked it: {end.word}")
        case Finish.TOO_LONG:
            raise too_long(prompt.entry, f"{prompt.entry.provider} stopped: {end.word}")
        case Finish.NO_ACCESS:
            setting = {"setting": prompt.key_variable}
            raise ProviderAuth(f"{prompt.entry.provider} stopped: {end.word}", metadata=setting)
        case Finish.BROKEN:
            raise BadOutput(f"{prompt.entry.provider} ended the answer with {end.word!r}")
        case Finish.STOP | Finish.LENGTH:
            pass


def _empty(end: AnswerEnd) -> BadOutput:
    if end.finish is Finish.LENGTH:
        # Whoever thought until no room was left would do so again. Its caller can ask for less thinking.
        return BadOutput(f"no room was left for the answer ({end.word})")
    return EmptyAnswer(f"the answer is empty ({end.word})")


def _completion(end: AnswerEnd, costs: AttemptCosts) -> model_service_pb2.Completion:
    is_cut = end.finish is Finish.LENGTH
    return model_service_pb2.Completion(
        finish_reason=generation_pb2.FINISH_REASON_LENGTH if is_cut else generation_pb2.FINISH_REASON_STOP,
        usage=costs.total(),
        model_version=end.model_version,
    )


def _with_delay_and_usage(error: ChorusError, costs: AttemptCosts) -> ChorusError:
    """Returns the error as the caller gets it: with the time to wait and with what was consumed."""
    if isinstance(error, RateLimited | Unavailable) and error.retry_delay is None:
        error.retry_delay = _DEFAULT_RETRY_DELAY
    usage = costs.total()
    return error if usage is None else with_usage(error, usage)

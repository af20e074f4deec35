"""One generation: a place at the provider, the clock, retries, the checks of the answer, the costs."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from chorus.model.v1 import content_pb2, generation_pb2, model_service_pb2
from modelkit.servicer import GenerationEvent
from modelkit.usage import with_usage
from rpckit.admission import Admission
from rpckit.call import current_trace
from rpckit.errors import BadOutput, ChorusError, ContentBlocked, RateLimited, Timeout, Unavailable
from services.cloud_proxy.failures import Dropped, EmptyAnswer, NoAnswer, too_long
from services.cloud_proxy.metrics import ProviderMetrics
from services.cloud_proxy.pricing import AttemptCosts
from services.cloud_proxy.provider import Ending, Finish, Piece, Prompt, Provider
from services.cloud_proxy.retry import Retries, RetryBudget

_QUEUED_PER_PLACE = 4
# Where the provider named none.
_DEFAULT_RETRY_DELAY = 1.0


class Gate:
    """The way to one provider, for all the calls that go there."""

    def __init__(self, provider: Provider, places: int, metrics: ProviderMetrics) -> None:
        self._provider = provider
        self._metrics = metrics
        self._admission = Admission(places, places * _QUEUED_PER_PLACE)
        self._budget = RetryBudget()

    async def generate(self, prompt: Prompt) -> AsyncGenerator[GenerationEvent, None]:
        """The parts of the answer, then its Completion.

        Nothing is tried again once a part is out. A prompt that does not stream gives its parts out when the
        answer has ended well.

        Raises:
            ChorusError: Its details hold the Usage, if the attempts consumed anything.
        """
        costs = AttemptCosts(prompt.entry.price)
        try:
            async with aclosing(self._generate(prompt, costs)) as events:
                async for event in events:
                    yield event
        finally:
            if (usage := costs.total()) is not None:
                self._metrics.use(prompt.entry.name, usage)

    async def _generate(self, prompt: Prompt, costs: AttemptCosts) -> AsyncGenerator[GenerationEvent, None]:
        # Who limits an answer has reckoned with the cost of one, and asks again for itself.
        is_limited = prompt.request.sampling.HasField("max_output_tokens")
        retries = Retries(self._budget, prompt.deadline, repeats_no_answer=not is_limited)
        async with self._admission.admit(prompt.deadline):
            self._budget.deposit()
            while True:
                is_out = False
                try:
                    async with aclosing(self._watched_attempt(prompt, costs)) as pieces:
                        async for piece in pieces:
                            is_out = True
                            yield _completion(piece, costs) if isinstance(piece, Ending) else piece
                except ChorusError as error:
                    if isinstance(error, Timeout | Dropped | NoAnswer):
                        costs.add(None)
                    if is_out or not await retries.again(error):
                        raise _told(error, costs) from None
                else:
                    return

    async def _watched_attempt(self, prompt: Prompt, costs: AttemptCosts) -> AsyncGenerator[Piece, None]:
        model = prompt.entry.name
        with self._metrics.attempt(model), current_trace().span("attempt", **{"chorus.model": model}) as span:
            async with aclosing(self._attempt(prompt, costs)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Ending) and piece.usage is not None:
                        span.set_attribute("chorus.input_tokens", piece.usage.input_tokens)
                        span.set_attribute("chorus.output_tokens", piece.usage.output_tokens)
                    yield piece

    async def _attempt(self, prompt: Prompt, costs: AttemptCosts) -> AsyncGenerator[Piece, None]:
        held: list[content_pb2.Part] = []
        answer = ""
        ending: Ending | None = None
        has_content = False
        async with aclosing(self._provider.answer(prompt)) as pieces:
            while (piece := await _next(pieces, prompt)) is not None:
                if isinstance(piece, Ending):
                    ending = piece
                    continue
                held.append(piece)
                answer += piece.text
                has_content = has_content or piece.HasField("image") or bool(piece.text.strip())
                # White space alone is no answer yet, and may turn out to be all there is.
                if prompt.streaming and has_content:
                    for part in held:
                        yield part
                    held.clear()
        if ending is None:
            raise NoAnswer("the answer has no finish reason")
        costs.add(ending.usage)
        _check_finish(ending, prompt)
        if not has_content:
            raise EmptyAnswer(f"the answer is empty ({ending.word})")
        if prompt.schema is not None and ending.finish is Finish.STOP:
            prompt.schema.check_text(answer)
        for part in held:
            yield part
        yield ending


async def _next(pieces: AsyncGenerator[Piece, None], prompt: Prompt) -> Piece | None:
    try:
        async with asyncio.timeout(prompt.deadline.remaining()):
            return await anext(pieces, None)
    except TimeoutError:
        raise Timeout(f"{prompt.entry.provider} did not answer in time") from None


def _check_finish(ending: Ending, prompt: Prompt) -> None:
    match ending.finish:
        case Finish.BLOCKED:
            raise ContentBlocked(f"{prompt.entry.provider} blocked it: {ending.word}")
        case Finish.TOO_LONG:
            raise too_long(prompt.entry, f"{prompt.entry.provider} stopped: {ending.word}")
        case Finish.BROKEN:
            raise BadOutput(f"{prompt.entry.provider} ended the answer with {ending.word!r}")
        case Finish.STOP | Finish.LENGTH:
            pass


def _completion(ending: Ending, costs: AttemptCosts) -> model_service_pb2.Completion:
    is_cut = ending.finish is Finish.LENGTH
    return model_service_pb2.Completion(
        finish_reason=generation_pb2.FINISH_REASON_LENGTH if is_cut else generation_pb2.FINISH_REASON_STOP,
        usage=costs.total(),
        model_version=ending.model_version,
    )


def _told(error: ChorusError, costs: AttemptCosts) -> ChorusError:
    """The error as the caller is told it: with the time to wait and with what was consumed."""
    if isinstance(error, RateLimited | Unavailable) and error.retry_delay is None:
        error.retry_delay = _DEFAULT_RETRY_DELAY
    usage = costs.total()
    return error if usage is None else with_usage(error, usage)

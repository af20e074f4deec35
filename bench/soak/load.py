"""A mixed load: single calls, streams, batches, repeats, two calls at once, cancelled calls and bad input."""

import asyncio
import itertools
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import grpc

from bench.soak.essays import essay_of
from bench.soak.ledger import STEADY, Ledger
from chorus.feedback.v1.feedback_service_pb2 import (
    BatchFeedbackRequest,
    GetFeedbackRequest,
    GetFeedbackResponse,
    PanelPolicy,
    StreamFeedbackRequest,
)
from chorus.feedback.v1.submission_pb2 import Submission
from rpckit.call import REQUEST_ID_KEY
from rpckit.errors import InvalidRequest, from_rpc_error, is_from_chorus, reason_name

_PROOFREADER = "chorus/proofreader-language"
_MODELS = (STEADY, "huggingface/x/shaky", _PROOFREADER)
_UNKNOWN = "nobody/knows-it"
_DEADLINE_SECONDS = 60.0
# A caller whose call fails repeats it, with the same request_id, up to this often.
_MOST_ATTEMPTS = 30
_PAUSE_SECONDS = 0.5
_BATCH_ITEMS = 4
_LONGEST_BEFORE_CANCEL_SECONDS = 0.3
# The proofreader keeps what it found of the latest 4,096 words of each language.
_WORDS, _WORDS_AT_ONCE = 5_000, 500
# Of a text.
_MOST_CHARACTERS = 100_000
_WEIGHTS = {"call": 40, "stream": 20, "batch": 6, "repeat": 16, "two at once": 8, "cancel": 6, "bad input": 4}
# Repeats are drawn from this many of the latest essays half of the time, else from all.
_LATEST = 50

Ask = Callable[[int, str], Awaitable[GetFeedbackResponse]]


class Load:
    """Asks one thing after another, drawn by chance, several at once.

    Args:
        stub: The FeedbackService.
        ledger: Takes down what becomes of each essay.
        seed: Draws the same things again.
    """

    def __init__(self, stub: Any, ledger: Ledger, seed: int = 1) -> None:
        self._stub = stub
        self._ledger = ledger
        self._random = random.Random(seed)  # noqa: S311 - for a load that comes again in the next run
        self._run_id = uuid.uuid4().hex[:8]
        self._essays = 0
        self._calls = itertools.count(1)

    async def run(self, go_on: Callable[[], bool], at_once: int) -> None:
        """Keeps so many callers busy for as long as it is to go on, and waits for their last calls."""

        async def keep_calling() -> None:
            while go_on():
                (kind,) = self._random.choices([*_WEIGHTS], [*_WEIGHTS.values()])
                await self._step(kind)

        await asyncio.gather(*(keep_calling() for _ in range(at_once)))

    async def replay(self, numbers: list[int], at_once: int) -> None:
        """Asks for essays again, each once."""
        left = iter(numbers)

        async def keep_asking() -> None:
            for number in left:
                await self._until_answered(number, self._call)

        await asyncio.gather(*(keep_asking() for _ in range(at_once)))

    async def fill_memories(self) -> None:
        """Has the proofreader read more words than it keeps, so that its memories of words are full."""
        for start, language in itertools.product(range(0, _WORDS, _WORDS_AT_ONCE), ("en", "ko")):
            text = " ".join(map(str, range(start, start + _WORDS_AT_ONCE)))
            request = GetFeedbackRequest(
                submission=Submission(text=text, language_code=language), models=[_PROOFREADER]
            )
            await self._stub.GetFeedback(request, timeout=_DEADLINE_SECONDS)

    async def fill_pools(self, at_once: int) -> None:
        """Makes so many calls at once that orchestrators have as many connections to Redis as later."""
        asked = (self._request(self._new()) for _ in range(at_once))
        await asyncio.gather(*(self._stub.GetFeedback(each, timeout=_DEADLINE_SECONDS) for each in asked))

    async def settle(self, calls: int) -> None:
        """Makes plain calls, one after another.

        gRPC keeps what a connection has received last until the next messages have come.
        """
        for _ in range(calls):
            request = self._request(self._new())
            request.ClearField("request_id")
            request.models[:] = [STEADY, _PROOFREADER]
            await self._stub.GetFeedback(request, timeout=_DEADLINE_SECONDS)

    async def _step(self, kind: str) -> None:
        match kind:
            case "call":
                await self._until_answered(self._new(), self._call)
            case "stream":
                await self._until_answered(self._new(), self._stream)
            case "batch":
                await self._batch([self._new() for _ in range(_BATCH_ITEMS)])
            case "repeat":
                await self._until_answered(self._known(), self._call)
            case "two at once":
                number = self._new()
                both = (self._until_answered(number, each) for each in (self._call, self._stream))
                await asyncio.gather(*both)
            case "cancel":
                await self._cancel(self._new())
            case "bad input":
                await self._bad_input()

    def _new(self) -> int:
        self._essays += 1
        return self._essays

    def _known(self) -> int:
        kept = self._ledger.kept
        if not kept:
            return self._new()
        return self._random.choice(kept[-_LATEST:] if self._random.random() < 1 / 2 else kept)

    def _request(self, number: int) -> GetFeedbackRequest:
        essay = essay_of(number)
        return GetFeedbackRequest(
            request_id=f"soak-{self._run_id}-{number}",
            submission=Submission(text=essay.text, language_code=essay.language),
            models=_MODELS,
            policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE),
        )

    async def _until_answered(self, number: int, ask: Ask) -> None:
        with self._ledger.asking(number) as earlier:
            for _ in range(_MOST_ATTEMPTS):
                call_id = self._call_id()
                try:
                    with self._ledger.timeline.attempt([number], ask.__name__.strip("_"), call_id):
                        response = await ask(number, call_id)
                except grpc.aio.AioRpcError as error:
                    self._ledger.fail(_reason(error), call_id, [number], is_cut=not is_from_chorus(error))
                    await asyncio.sleep(_PAUSE_SECONDS)
                else:
                    self._ledger.answer(number, response, earlier)
                    return
            self._ledger.wrong["never answered"] += 1

    def _call_id(self) -> str:
        return f"soak-{self._run_id}-call-{next(self._calls)}"

    async def _call(self, number: int, call_id: str) -> GetFeedbackResponse:
        response: GetFeedbackResponse = await self._stub.GetFeedback(
            self._request(number), timeout=_DEADLINE_SECONDS, metadata=_metadata(call_id)
        )
        return response

    async def _stream(self, number: int, call_id: str) -> GetFeedbackResponse:
        request = StreamFeedbackRequest(request=self._request(number))
        last = None
        call = self._stub.StreamFeedback(request, timeout=_DEADLINE_SECONDS, metadata=_metadata(call_id))
        async for event in call:
            last = event
        assert last is not None
        response: GetFeedbackResponse = last.response
        return response

    async def _batch(self, numbers: list[int]) -> None:
        """Sends what is not answered again, as a server that drains asks for."""
        with ExitStack() as stack:
            for number in numbers:
                stack.enter_context(self._ledger.asking(number))
            for _ in range(_MOST_ATTEMPTS):
                call_id = self._call_id()
                try:
                    with self._ledger.timeline.attempt(numbers, "batch", call_id):
                        async for number, response in self._batch_once(numbers, call_id):
                            self._ledger.answer(number, response, None)
                            numbers = [each for each in numbers if each != number]
                except grpc.aio.AioRpcError as error:
                    why, is_cut = f"batch {_reason(error)}", not is_from_chorus(error)
                    self._ledger.fail(why, call_id, numbers, is_cut=is_cut)
                if not numbers:
                    return
                await asyncio.sleep(_PAUSE_SECONDS)
            self._ledger.wrong["never answered"] += len(numbers)

    async def _batch_once(
        self, numbers: list[int], call_id: str
    ) -> AsyncIterator[tuple[int, GetFeedbackResponse]]:
        items = [BatchFeedbackRequest(item_id=f"{each}", request=self._request(each)) for each in numbers]
        call = self._stub.BatchFeedback(iter(items), timeout=_DEADLINE_SECONDS, metadata=_metadata(call_id))
        async for each in call:
            if each.HasField("failure"):
                why = f"batch item {reason_name(each.failure.reason)} ({each.failure.message})"
                self._ledger.fail(why, call_id, [int(each.item_id)])
            else:
                yield int(each.item_id), each.response

    async def _cancel(self, number: int) -> None:
        self._ledger.doubt(number, "the caller leaves")
        call = self._stub.GetFeedback(self._request(number), timeout=_DEADLINE_SECONDS)
        await asyncio.sleep(self._random.random() * _LONGEST_BEFORE_CANCEL_SECONDS)
        call.cancel()
        await call.code()
        if self._random.random() < 1 / 2:
            await self._until_answered(number, self._call)

    async def _bad_input(self) -> None:
        # Some are answered: see below. Each is another essay: nothing joins calls without a request_id.
        number = self._new()
        request = self._request(number)
        request.request_id = ""
        wrong = self._random.choice(("text", "models", "length"))
        match wrong:
            case "text":
                request.submission.text = ""
            case "models":
                request.models.append(_UNKNOWN)
            case "length":
                # No longer than it must be: a connection's buffer grows with what it has received lately.
                request.submission.text = "a" * (_MOST_CHARACTERS + 1)
        call_id = self._call_id()
        try:
            with (
                self._ledger.asking(number),
                self._ledger.timeline.attempt([number], f"bad {wrong}", call_id),
            ):
                response = await self._stub.GetFeedback(
                    request, timeout=_DEADLINE_SECONDS, metadata=_metadata(call_id)
                )
        except grpc.aio.AioRpcError as error:
            if isinstance(from_rpc_error(error), InvalidRequest):
                self._ledger.answered += 1
            else:
                why, is_cut = f"bad input {_reason(error)}", not is_from_chorus(error)
                self._ledger.fail(why, call_id, [number], is_cut=is_cut)
        else:
            # While a model server is away, a model that no other one has may be its own.
            may_be_known = any(
                each.model == _UNKNOWN and each.HasField("failure") for each in response.results
            )
            self._ledger.wrong[f"bad {wrong} was answered"] += not may_be_known
            self._ledger.answered += may_be_known


def _metadata(call_id: str) -> tuple[tuple[str, str], ...]:
    """Returns what lets a call be found in the logs of the processes."""
    return ((REQUEST_ID_KEY, call_id),)


def _reason(error: grpc.aio.AioRpcError) -> str:
    if not is_from_chorus(error):
        return f"bare {error.code().name}"
    typed = from_rpc_error(error)
    return f"{reason_name(typed.reason)} ({typed})"

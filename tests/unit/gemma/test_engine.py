import asyncio
import threading
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from rpckit.call import Deadline
from rpckit.errors import ChorusError, InputTooLong, Internal, OutOfMemory, RateLimited, Unavailable
from services.gemma.interface.generation_request import ChatMessage, GenerationRequest, SamplingParameters
from services.gemma.interface.load_error import LoadError
from services.gemma.interface.local_model import GenerationResult, ModelInfo, StepOutput
from services.gemma.scheduler.engine import ContinuousBatchingEngine, ModelState, ModelStatus
from tests.fakes.engine_run import StatusRecorder, generated, running

INFO = ModelInfo("v1", 512, "bf16", 1, 1, "cpu")
RESULT = GenerationResult(truncated=False, input_tokens=1, output_tokens=3)


def asking(text: str) -> GenerationRequest:
    return GenerationRequest((ChatMessage("user", text),), SamplingParameters())


@dataclass(eq=False)
class Spelling:
    letters: list[str]


class Panic(BaseException):
    """Stands in for a panic of Rust code, which is no `Exception`."""


class SpellingModel:
    """Writes each message letter by letter. `gate` lets it make one step for each release.

    "!" is too long; "$" and "^" raise in `begin` what no code expects, "%" does in `admit`; "?" runs out of
    memory when it is its turn; "#" makes the whole step fail.
    """

    info = INFO

    def __init__(self, gate: threading.Semaphore | None = None, room: int = 8) -> None:
        self.gate = gate
        self.room = room
        self.passes: list[list[str]] = []
        self.computing = threading.Event()
        self.released = threading.Semaphore(0)
        self.threads: set[int] = set()

    def begin(self, request: GenerationRequest) -> Spelling:
        letters = [*str(request.messages[0].content)]
        if "!" in letters:
            raise InputTooLong("too long")
        if "$" in letters:
            raise KeyError("secret")
        if "^" in letters:
            raise Panic("secret")
        return Spelling(letters)

    def admit(self, sequence: Spelling) -> bool:
        if "%" in sequence.letters:
            raise KeyError("secret")
        self.room -= 1
        if self.room < 0:
            self.room += 1
            return False
        return True

    def release(self, sequence: Spelling) -> None:
        self.room += 1
        self.released.release()

    def step(self, sequences: Sequence[Spelling]) -> list[StepOutput]:
        self.computing.set()
        if self.gate:
            self.gate.acquire()
        self.threads.add(threading.get_ident())
        self.passes.append([each.letters[0] if each.letters else "" for each in sequences])
        return [self._next(each) for each in sequences]

    def _next(self, sequence: Spelling) -> StepOutput:
        if not sequence.letters:
            return StepOutput(result=RESULT)
        letter = sequence.letters.pop(0)
        if letter == "#":
            raise RuntimeError("secret")
        return StepOutput(result=OutOfMemory("no room")) if letter == "?" else StepOutput(letter)


async def write(
    engine: ContinuousBatchingEngine, text: str = "abc", deadline: Deadline | None = None
) -> list[str | GenerationResult]:
    return await generated(engine, asking(text), deadline)


async def failure(engine: ContinuousBatchingEngine, text: str) -> ChorusError:
    with pytest.raises(ChorusError) as failed:
        await write(engine, text)
    return failed.value


async def test_a_loaded_model_writes() -> None:
    async with running(SpellingModel) as (engine, heard):
        assert heard.statuses == [ModelStatus(ModelState.READY, info=INFO)]
        assert await write(engine) == ["a", "b", "c", RESULT]


async def test_loading_and_writing_happen_in_one_thread_that_is_not_the_event_loops() -> None:
    loaded_in = set()
    model = SpellingModel()

    def load() -> SpellingModel:
        loaded_in.add(threading.get_ident())
        return model

    async with running(load) as (engine, _):
        await write(engine)
        await write(engine)
    assert model.threads == loaded_in
    assert threading.get_ident() not in loaded_in


async def test_while_it_loads_a_call_is_told_to_come_back() -> None:
    loads = threading.Event()

    def load() -> SpellingModel:
        loads.wait()
        return SpellingModel()

    engine, heard = ContinuousBatchingEngine(load, 1), StatusRecorder()
    task = asyncio.create_task(engine.run(heard))
    try:
        assert engine.status.state is ModelState.LOADING
        refused = await failure(engine, "abc")
        assert isinstance(refused, Unavailable)
        assert refused.retry_delay
    finally:
        loads.set()
        await heard.times(1)
        engine.close()
        await task


async def test_a_model_that_cannot_be_loaded_says_why() -> None:
    def load() -> SpellingModel:
        raise LoadError("no chat template")

    async with running(load) as (engine, heard):
        assert heard.statuses == [ModelStatus(ModelState.UNAVAILABLE, "no chat template")]
        refused = await failure(engine, "abc")
        assert isinstance(refused, Unavailable)
        assert (refused.text, refused.retry_delay) == ("no chat template", None)


async def test_the_message_of_an_unexpected_error_is_kept_back() -> None:
    def load() -> SpellingModel:
        raise KeyError("secret")

    async with running(load) as (engine, _):
        assert engine.status == ModelStatus(
            ModelState.UNAVAILABLE, "loading failed with KeyError; see the log"
        )


async def test_answers_are_written_together_and_late_ones_join() -> None:
    gate = threading.Semaphore(0)
    model = SpellingModel(gate)
    async with running(lambda: model) as (engine, _):
        first = asyncio.create_task(write(engine, "abcd"))
        assert await asyncio.to_thread(model.computing.wait, 10)
        second = asyncio.create_task(write(engine, "xy"))
        await asyncio.sleep(0)
        gate.release(10)
        assert await first == ["a", "b", "c", "d", RESULT]
        assert await second == ["x", "y", RESULT]
    assert model.passes[:4] == [["a"], ["b", "x"], ["c", "y"], ["d", ""]]


async def test_no_more_are_written_at_once_than_there_are_places() -> None:
    model = SpellingModel()
    async with running(lambda: model, max_sequences=2) as (engine, _):
        answers = await asyncio.gather(*(write(engine) for _ in range(5)))
    assert answers == [["a", "b", "c", RESULT]] * 5
    assert max(map(len, model.passes)) == 2


async def test_an_answer_waits_until_there_is_memory_for_it() -> None:
    model = SpellingModel(room=1)
    async with running(lambda: model) as (engine, _):
        answers = await asyncio.gather(*(write(engine) for _ in range(3)))
    assert answers == [["a", "b", "c", RESULT]] * 3
    assert max(map(len, model.passes)) == 1


async def test_a_caller_who_stops_reading_frees_the_place_within_a_token() -> None:
    gate = threading.Semaphore(1)
    model = SpellingModel(gate)
    async with running(lambda: model, max_sequences=1) as (engine, _):
        async with aclosing(engine.generate(asking("abcdefgh"), Deadline.after(60))) as steps:
            assert await anext(steps) == "a"
        next_one = asyncio.create_task(write(engine, "xy"))
        await asyncio.sleep(0)
        gate.release(10)
        assert await next_one == ["x", "y", RESULT]
    # One pass may have been on its way.
    assert model.passes[:3] in ([["a"], ["x"], ["y"]], [["a"], ["b"], ["x"]])


async def test_a_cancelled_call_ends_at_once_and_gives_its_memory_back_after_the_pass() -> None:
    gate = threading.Semaphore(0)
    model = SpellingModel(gate)
    async with running(lambda: model) as (engine, _):
        call = asyncio.create_task(write(engine))
        assert await asyncio.to_thread(model.computing.wait, 10)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert model.room == 7
        gate.release()
        # Somebody else's call wakes the thread, if it is not at work.
        gate.release(10)
        assert await asyncio.to_thread(model.released.acquire, timeout=10)
        assert model.room == 8
        assert len(model.passes) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [("!", InputTooLong), ("b?c", OutOfMemory), ("$", Internal), ("^", Internal), ("%", Internal)],
)
async def test_an_answer_that_fails_in_the_middle_of_a_batch_fails_alone(
    text: str, kind: type[ChorusError]
) -> None:
    model = SpellingModel()
    async with running(lambda: model) as (engine, heard):
        first, failed, last = await asyncio.gather(
            write(engine, "abcd"), failure(engine, text), write(engine, "wxyz")
        )
        assert isinstance(failed, kind)
        assert "secret" not in str(failed)
        assert (first, last) == (["a", "b", "c", "d", RESULT], ["w", "x", "y", "z", RESULT])
        assert len(heard.statuses) == 1
    assert model.room == 8


async def test_no_place_is_given_to_an_answer_whose_time_is_up() -> None:
    model = SpellingModel()
    async with running(lambda: model) as (engine, _):
        with pytest.raises(RateLimited):
            await write(engine, deadline=Deadline.after(0))
    assert not model.passes


async def test_a_model_that_fails_is_loaded_anew_and_says_so_meanwhile() -> None:
    loads = threading.Semaphore(1)

    def load() -> SpellingModel:
        loads.acquire()
        return SpellingModel()

    async with running(load) as (engine, heard):
        failures = await asyncio.gather(failure(engine, "a#"), failure(engine, "abc#"))
        status = await heard.times(2)
        assert status == ModelStatus(
            ModelState.LOADING, "the model failed with RuntimeError and is loaded anew"
        )
        for each in (*failures, await failure(engine, "abc")):
            assert isinstance(each, Unavailable)
            assert each.retry_delay
            assert "secret" not in each.text
        loads.release()
        assert (await heard.times(3)).state is ModelState.READY
        assert await write(engine) == ["a", "b", "c", RESULT]

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import aclosing, asynccontextmanager

import pytest

from rpckit.call import Deadline
from rpckit.errors import InputTooLong, Timeout, Unavailable
from services.gemma.engine import State, ThreadEngine
from services.gemma.model import Ending, Facts, Job, LoadError, LocalModel, Message, Sampling

FACTS = Facts("v1", 512, "bf16", 1, 1, "cpu")
ENDING = Ending(cut=False, input_tokens=1, output_tokens=3)
JOB = Job((Message("user", "abc"),), Sampling())
SOON = Deadline.after(60)


class SpellingModel:
    """Writes the message letter by letter. `gate` lets it take one step for each release."""

    facts = FACTS

    def __init__(self, gate: threading.Semaphore | None = None) -> None:
        self.gate = gate
        self.steps = 0
        self.computing = threading.Event()
        self.closed = threading.Event()
        self.threads: set[int] = set()

    def generate(self, job: Job) -> Generator[str | Ending, None, None]:
        try:
            for letter in job.messages[0].content:
                self.computing.set()
                if self.gate:
                    self.gate.acquire()
                self.steps += 1
                self.threads.add(threading.get_ident())
                yield letter
            yield ENDING
        finally:
            self.threads.add(threading.get_ident())
            self.closed.set()


class RefusingModel(SpellingModel):
    def generate(self, job: Job) -> Generator[str | Ending, None, None]:
        if job.messages[0].content == "too long":
            raise InputTooLong("too long")
        yield from super().generate(job)


@asynccontextmanager
async def running(load: Callable[[], LocalModel]) -> AsyncIterator[ThreadEngine]:
    engine = ThreadEngine(load)
    try:
        await engine.load()
        yield engine
    finally:
        engine.close()


async def write(engine: ThreadEngine, job: Job = JOB, deadline: Deadline = SOON) -> list[str | Ending]:
    return [step async for step in engine.generate(job, deadline)]


async def test_a_loaded_model_writes() -> None:
    async with running(SpellingModel) as engine:
        assert engine.status.state is State.READY
        assert engine.status.facts == FACTS
        assert await write(engine) == ["a", "b", "c", ENDING]


async def test_loading_and_writing_happen_in_one_thread_that_is_not_the_event_loops() -> None:
    loaded_in = set()
    model = SpellingModel()

    def load() -> LocalModel:
        loaded_in.add(threading.get_ident())
        return model

    async with running(load) as engine:
        await write(engine)
        await write(engine)
    assert model.threads == loaded_in
    assert threading.get_ident() not in loaded_in


async def test_while_it_loads_a_call_is_told_to_come_back() -> None:
    loads = threading.Event()

    def load() -> LocalModel:
        loads.wait()
        return SpellingModel()

    engine = ThreadEngine(load)
    loading = asyncio.create_task(engine.load())
    try:
        assert engine.status.state is State.LOADING
        with pytest.raises(Unavailable) as refused:
            await write(engine)
        assert refused.value.retry_delay
    finally:
        loads.set()
        assert await loading
        engine.close()


async def test_a_model_that_cannot_be_loaded_says_why() -> None:
    def load() -> LocalModel:
        raise LoadError("no chat template")

    async with running(load) as engine:
        assert engine.status.state is State.UNAVAILABLE
        assert engine.status.detail == "no chat template"
        with pytest.raises(Unavailable, match="no chat template") as refused:
            await write(engine)
        assert refused.value.retry_delay is None


async def test_the_message_of_an_unexpected_error_is_kept_back() -> None:
    def load() -> LocalModel:
        raise KeyError("secret")

    async with running(load) as engine:
        assert engine.status.state is State.UNAVAILABLE
        assert engine.status.detail == "loading failed with KeyError; see the log"


async def test_who_stops_reading_frees_the_thread_within_a_token() -> None:
    model = SpellingModel()
    async with running(lambda: model) as engine:
        async with aclosing(engine.generate(JOB, SOON)) as steps:
            async for _ in steps:
                break
        assert await asyncio.to_thread(model.closed.wait, 10)
        assert model.steps == 1


async def test_what_an_answer_took_is_freed_in_the_models_thread() -> None:
    model = SpellingModel()
    async with running(lambda: model) as engine:
        steps = engine.generate(JOB, SOON)
        await anext(steps)
        await write(engine)
        model.closed.clear()
        await steps.aclose()
        assert await asyncio.to_thread(model.closed.wait, 10)
    assert len(model.threads) == 1


async def test_a_cancelled_call_ends_at_once_and_its_thread_after_the_token() -> None:
    gate = threading.Semaphore(0)
    model = SpellingModel(gate)
    async with running(lambda: model) as engine:
        call = asyncio.create_task(write(engine))
        assert await asyncio.to_thread(model.computing.wait, 10)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert not model.closed.is_set()
        gate.release()
        assert await asyncio.to_thread(model.closed.wait, 10)
        assert model.steps == 1


async def test_two_answers_take_turns() -> None:
    async with running(SpellingModel) as engine:
        first, second = engine.generate(JOB, SOON), engine.generate(JOB, SOON)
        assert [await anext(first), await anext(second), await anext(first)] == ["a", "a", "b"]
        await first.aclose()
        await second.aclose()


async def test_an_answer_that_fails_leaves_the_others_alone() -> None:
    async with running(RefusingModel) as engine:
        other = engine.generate(JOB, SOON)
        assert await anext(other) == "a"
        with pytest.raises(InputTooLong):
            await write(engine, Job((Message("user", "too long"),), Sampling()))
        assert [step async for step in other] == ["b", "c", ENDING]


async def test_nothing_is_written_after_the_deadline() -> None:
    model = SpellingModel()
    async with running(lambda: model) as engine:
        with pytest.raises(Timeout):
            await write(engine, deadline=Deadline.after(0))
        assert await asyncio.to_thread(model.closed.wait, 10)
        assert model.steps == 1

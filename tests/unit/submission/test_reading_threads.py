import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from chorus.feedback.v1.submission_pb2 import Submission
from orchestrator.injection.detection import suspected_injections
from orchestrator.submission.reading import read_submission
from orchestrator.submission.reading_threads import CancelledReadingError, Checkpoint, ReadingThreads
from rpckit.errors import InvalidRequest
from tests.patience import PATIENCE


class HeldReading:
    """A reading that goes on until it is let go, and says whether a checkpoint ended it."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.go = threading.Event()
        self.ended_early = threading.Event()

    def __call__(self, check: Checkpoint) -> None:
        self.began.set()
        self.go.wait(PATIENCE)
        try:
            check()
        except CancelledReadingError:
            self.ended_early.set()
            raise


async def test_gives_what_the_reading_gives() -> None:
    with ThreadPoolExecutor(1) as executor:
        assert await ReadingThreads(executor).run(lambda _: 42, 1) == 42


async def test_a_reading_fails_where_it_is_waited_for() -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(InvalidRequest):
        await ReadingThreads(executor).run(lambda check: read_submission(Submission(), check), 0)


async def test_a_reading_that_nobody_waits_for_ends_at_its_next_checkpoint() -> None:
    held = HeldReading()
    with ThreadPoolExecutor(1) as executor:
        running = asyncio.create_task(ReadingThreads(executor).run(held, 1))
        await asyncio.to_thread(held.began.wait, PATIENCE)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        held.go.set()
    assert held.ended_early.is_set()


async def test_the_shortest_that_waits_is_next_and_who_left_is_not_read() -> None:
    held = HeldReading()
    read: list[int] = []

    def reading(length: int) -> Callable[[Checkpoint], None]:
        return lambda _: read.append(length)

    with ThreadPoolExecutor(1) as executor:
        threads = ReadingThreads(executor)
        first = asyncio.create_task(threads.run(held, 1))
        await asyncio.to_thread(held.began.wait, PATIENCE)
        others = [asyncio.create_task(threads.run(reading(each), each)) for each in (9, 5, 7)]
        await asyncio.sleep(0)
        others[1].cancel()
        await asyncio.wait([others[1]])
        held.go.set()
        await asyncio.gather(first, others[0], others[2])
    assert read == [7, 9]


async def test_readings_leave_asyncio_s_threads_to_others() -> None:
    many = [HeldReading() for _ in range(100)]
    threads = ReadingThreads()
    running = [asyncio.create_task(threads.run(each, 1)) for each in many]
    await asyncio.to_thread(many[0].began.wait, PATIENCE)
    assert await asyncio.to_thread(lambda: "merged") == "merged"
    for each in many:
        each.go.set()
    await asyncio.gather(*running)


class _StoppedError(Exception):
    pass


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_long_text_is_read_with_a_checkpoint_at_each_step(language: str) -> None:
    paragraphs = 50
    sentence = "우리 마을에는 작은 도서관이 있다." if language == "ko" else "Our town has a small library."
    submission = Submission(text="\n\n".join([sentence] * paragraphs), language_code=language)
    left = paragraphs

    def check() -> None:
        nonlocal left
        left -= 1
        if not left:
            raise _StoppedError

    with pytest.raises(_StoppedError):
        read_submission(submission, check)
    left = paragraphs
    with pytest.raises(_StoppedError):
        suspected_injections(read_submission(submission), check)


@pytest.mark.parametrize(
    ("text", "steps"),
    [("e\u0301" * 50_000, 100), ("Yes (no) " * 11_000, 20), ("나는 학교에 갔다 " * 10_000, 20)],
    ids=["marks", "brackets", "Korean"],
)
def test_a_text_without_an_end_has_places_to_stop_at(text: str, steps: int) -> None:
    places: list[None] = []
    read_submission(Submission(text=text), lambda: places.append(None))
    assert len(places) >= steps

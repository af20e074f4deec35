import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rpckit.call import Deadline
from services.proofreader.reading import CancelledReadingError, Reading
from services.proofreader.reading_threads import ReadingThreads
from tests.patience import PATIENCE


def _later() -> Deadline:
    return Deadline.after(PATIENCE)


async def test_gives_what_the_reading_gives() -> None:
    with ThreadPoolExecutor(1) as executor:
        threads = ReadingThreads(executor, at_once=1, cpu_seconds=1)
        assert await threads.run(lambda _: 42, _later()) == 42


async def test_a_reading_knows_its_bounds() -> None:
    deadline = _later()
    with ThreadPoolExecutor(1) as executor:
        reading = await ReadingThreads(executor, at_once=1, cpu_seconds=7).run(lambda each: each, deadline)
    assert (reading.cpu_seconds, reading.deadline) == (7, deadline)


async def test_a_reading_that_nobody_waits_for_ends_at_its_next_step() -> None:
    began, ended, waited_for = threading.Event(), threading.Event(), threading.Event()

    def read(reading: Reading) -> None:
        reading.check()
        began.set()
        waited_for.wait(PATIENCE)
        try:
            reading.check()
        except CancelledReadingError:
            ended.set()
            raise

    with ThreadPoolExecutor(1) as executor:
        threads = ReadingThreads(executor, at_once=1, cpu_seconds=1)
        running = asyncio.create_task(threads.run(read, _later()))
        await asyncio.to_thread(began.wait, PATIENCE)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        waited_for.set()
    assert ended.is_set()


async def test_a_short_reading_does_not_wait_for_a_long_one_that_began_before() -> None:
    began, is_short_over = threading.Event(), threading.Event()

    def read_long(reading: Reading) -> bool:
        began.set()
        # It would read on for ever, and nobody but it has the turn.
        while not is_short_over.is_set():
            reading.check()
        return True

    def read_short(reading: Reading) -> None:
        reading.check()
        is_short_over.set()

    with ThreadPoolExecutor(1) as executor:
        threads = ReadingThreads(executor, at_once=1, cpu_seconds=PATIENCE)
        long = asyncio.create_task(threads.run(read_long, _later()))
        await asyncio.to_thread(began.wait, PATIENCE)
        await asyncio.wait_for(threads.run(read_short, _later()), PATIENCE)
        assert await asyncio.wait_for(long, PATIENCE)


async def test_readings_that_wait_for_their_first_turn_take_no_thread() -> None:
    began, goes_on = threading.Event(), threading.Event()
    names: list[str] = []

    def read(_: Reading) -> None:
        names.append(threading.current_thread().name)
        began.set()
        goes_on.wait(PATIENCE)

    with ThreadPoolExecutor(1, "kept") as executor:
        threads = ReadingThreads(executor, at_once=1, cpu_seconds=1)
        running = [asyncio.create_task(threads.run(read, _later())) for _ in range(20)]
        await asyncio.to_thread(began.wait, PATIENCE)
        assert len(names) == 1
        goes_on.set()
        await asyncio.wait_for(asyncio.gather(*running), PATIENCE)
    assert set(names) == {"kept_0"}


async def test_a_thread_that_came_while_a_long_reading_waited_ends_with_its_own() -> None:
    began, is_short_over = threading.Event(), threading.Event()
    short: list[threading.Thread] = []

    def read_long(reading: Reading) -> None:
        began.set()
        while not is_short_over.is_set():
            reading.check()

    def read_short(_: Reading) -> None:
        short.append(threading.current_thread())
        is_short_over.set()

    with ThreadPoolExecutor(1) as executor:
        threads = ReadingThreads(executor, at_once=1, cpu_seconds=PATIENCE)
        long = asyncio.create_task(threads.run(read_long, _later()))
        await asyncio.to_thread(began.wait, PATIENCE)
        await asyncio.wait_for(threads.run(read_short, _later()), PATIENCE)
        await asyncio.wait_for(long, PATIENCE)
        await asyncio.to_thread(short[0].join, PATIENCE)
        assert not short[0].is_alive()
        # The next one finds the executor's thread idle again.
        await asyncio.wait_for(threads.run(read_short, _later()), PATIENCE)
    assert short[0] is not short[1]


async def test_a_reading_that_is_cancelled_before_its_turn_never_begins() -> None:
    began, goes_on = threading.Event(), threading.Event()
    read_too = threading.Event()

    def read(_: Reading) -> None:
        began.set()
        goes_on.wait(PATIENCE)

    with ThreadPoolExecutor(1) as executor:
        threads = ReadingThreads(executor, at_once=1, cpu_seconds=1)
        first = asyncio.create_task(threads.run(read, _later()))
        await asyncio.to_thread(began.wait, PATIENCE)
        second = asyncio.create_task(threads.run(lambda _: read_too.set(), _later()))
        # It waits for its turn once the loop has run it.
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        goes_on.set()
        await asyncio.wait_for(first, PATIENCE)
        assert await asyncio.wait_for(threads.run(lambda _: 42, _later()), PATIENCE) == 42
    assert not read_too.is_set()


async def test_a_reading_that_fails_gives_its_turn_to_the_next() -> None:
    def fail(_: Reading) -> None:
        raise ZeroDivisionError

    with ThreadPoolExecutor(1) as executor:
        threads = ReadingThreads(executor, at_once=1, cpu_seconds=1)
        with pytest.raises(ZeroDivisionError):
            await threads.run(fail, _later())
        assert await asyncio.wait_for(threads.run(lambda _: 42, _later()), PATIENCE) == 42

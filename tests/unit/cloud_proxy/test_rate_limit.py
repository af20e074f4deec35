import asyncio

import pytest

from rpckit.call import Deadline
from rpckit.errors import RateLimited
from services.cloud_proxy.rate_limit import RateLimitPause
from tests.fakes.clock import FakeClock, run_in_virtual_time


def test_nobody_asks_before_the_pause_is_over() -> None:
    clock = FakeClock()
    pause = RateLimitPause(clock)
    pause.note(RateLimited("x", retry_delay=20))
    clock.now += 5
    # Another call was told less, or nothing.
    pause.note(RateLimited("x", retry_delay=1))
    pause.note(RateLimited("x"))
    with pytest.raises(RateLimited) as caught:
        pause.check(Deadline.after(15, clock))
    assert caught.value.retry_delay == 15
    assert pause.check(Deadline.after(16, clock)) == 15
    clock.now += 15
    assert pause.check(Deadline.after(1, clock)) == 0


def test_a_pause_without_end_is_tried_once_an_hour() -> None:
    clock = FakeClock()
    pause = RateLimitPause(clock)
    pause.note(RateLimited("x", retry_delay=float("inf")))
    clock.now += 3600
    assert pause.check(Deadline.after(1, clock)) == 0


def test_who_has_the_time_waits_also_for_a_pause_that_grows() -> None:
    async def wait() -> float:
        clock = asyncio.get_running_loop().time
        pause = RateLimitPause(clock)
        pause.note(RateLimited("x", retry_delay=20))
        started = clock()
        waiting = asyncio.create_task(pause.wait(Deadline.after(60, clock)))
        await asyncio.sleep(10)
        pause.note(RateLimited("x", retry_delay=30))
        await waiting
        return clock() - started

    assert run_in_virtual_time(wait()) == pytest.approx(40)


def test_who_has_no_time_for_a_pause_that_grows_is_told_the_rest() -> None:
    async def wait() -> float | None:
        clock = asyncio.get_running_loop().time
        pause = RateLimitPause(clock)
        pause.note(RateLimited("x", retry_delay=20))
        waiting = asyncio.create_task(pause.wait(Deadline.after(25, clock)))
        await asyncio.sleep(10)
        pause.note(RateLimited("x", retry_delay=30))
        with pytest.raises(RateLimited) as caught:
            await waiting
        return caught.value.retry_delay

    assert run_in_virtual_time(wait()) == pytest.approx(20)

import asyncio

import pytest

from rpckit.admission import Admission
from rpckit.call import Deadline
from rpckit.errors import RateLimited, Timeout
from tests.fakes.clock import FakeClock
from tests.patience import PATIENCE


async def hold(admission: Admission, release: asyncio.Event, holding: asyncio.Event | None = None) -> None:
    async with admission.admit(Deadline.after(PATIENCE)):
        if holding:
            holding.set()
        await release.wait()


async def admit(admission: Admission, deadline: Deadline) -> None:
    async with admission.admit(deadline):
        pass


async def test_a_full_queue_is_refused_at_once_with_a_delay() -> None:
    admission, release, holding = Admission(1, 0), asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(hold(admission, release, holding))
    await holding.wait()

    with pytest.raises(RateLimited) as caught:
        async with admission.admit(Deadline.after(PATIENCE)):
            pass

    assert caught.value.retry_delay
    release.set()
    await running


async def test_the_next_in_the_queue_gets_the_place() -> None:
    admission, release, holding = Admission(1, 1), asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(hold(admission, release, holding))
    await holding.wait()
    waiting = asyncio.create_task(hold(admission, release))
    release.set()
    await asyncio.gather(running, waiting)


async def test_a_deadline_that_passes_in_the_queue_is_a_timeout() -> None:
    admission, release, holding = Admission(1, 1), asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(hold(admission, release, holding))
    await holding.wait()
    with pytest.raises(Timeout):
        async with admission.admit(Deadline.after(0.01)):
            pass
    release.set()
    await running


async def test_a_wait_that_would_outlast_the_deadline_is_refused_at_once_with_a_delay() -> None:
    clock, release, holding = FakeClock(), asyncio.Event(), asyncio.Event()
    admission = Admission(1, 2, clock)
    async with admission.admit(Deadline.after(PATIENCE)):
        # A call has held its slot for ten times the patience of the test.
        clock.now += 10 * PATIENCE
    running = asyncio.create_task(hold(admission, release, holding))
    await holding.wait()

    async with asyncio.timeout(PATIENCE / 2):
        with pytest.raises(RateLimited) as caught:
            async with admission.admit(Deadline.after(PATIENCE)):
                pass

    assert caught.value.retry_delay is not None
    assert caught.value.retry_delay > PATIENCE
    patient = asyncio.create_task(admit(admission, Deadline.after(100 * PATIENCE)))
    release.set()
    await asyncio.gather(running, patient)


async def test_a_cancelled_wait_leaves_no_trace() -> None:
    admission, release, holding = Admission(1, 1), asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(hold(admission, release, holding))
    await holding.wait()
    waiting = asyncio.create_task(hold(admission, release))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    release.set()
    await running
    async with admission.admit(Deadline.after(PATIENCE)):
        pass

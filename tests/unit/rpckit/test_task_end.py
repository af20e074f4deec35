import asyncio

import pytest

from rpckit import task_end
from rpckit.task_end import end
from tests.patience import PATIENCE


@pytest.fixture(autouse=True)
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_end, "_AGAIN_SECONDS", 0.01)


async def _lose_cancellations(begun: asyncio.Event, lost: int) -> None:
    begun.set()
    for _ in range(lost):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()


async def test_a_task_that_loses_a_cancellation_is_ended_all_the_same() -> None:
    async def fail() -> None:
        raise ValueError

    begun = asyncio.Event()
    tasks = [asyncio.create_task(_lose_cancellations(begun, 1)), asyncio.create_task(fail())]
    await begun.wait()
    async with asyncio.timeout(PATIENCE):
        await end(tasks)
    assert all(each.done() for each in tasks)


async def test_a_task_that_ends_another_one_leaves_none_behind_when_it_is_cancelled_again() -> None:
    begun = asyncio.Event()
    inner = asyncio.create_task(_lose_cancellations(begun, 3))

    async def hold() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await end([inner])

    outer = asyncio.create_task(hold())
    await begun.wait()
    async with asyncio.timeout(PATIENCE):
        await end([outer])
    assert inner.cancelled()
    assert outer.cancelled()


async def test_who_is_cancelled_while_ending_tasks_hears_of_it_once_they_have_ended() -> None:
    begun = asyncio.Event()
    slow = asyncio.create_task(_lose_cancellations(begun, 5))
    await begun.wait()
    ending = asyncio.create_task(end([slow]))
    await asyncio.sleep(0)
    ending.cancel()
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(asyncio.CancelledError):
            await ending
    assert slow.cancelled()

import asyncio

from rpckit.task_end import end
from tests.patience import PATIENCE


async def test_a_task_that_loses_a_cancellation_is_ended_all_the_same() -> None:
    begun = asyncio.Event()

    async def lose_one() -> None:
        try:
            begun.set()
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    async def fail() -> None:
        raise ValueError

    tasks = [asyncio.create_task(lose_one()), asyncio.create_task(fail())]
    await begun.wait()
    async with asyncio.timeout(PATIENCE):
        await end(tasks)
    assert all(each.done() for each in tasks)

"""Tests that what awaits a batch of grpc's goes on to where grpc frees the batch, however the batch ends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from grpc._cython.cygrpc import AbortError, ExecuteBatchError  # type: ignore[import-not-found]

from rpckit.cancelled_batch import finish_message, finish_status


class Batch:
    """Awaits a future, as grpc's coroutines do, and frees the batch where that has no exception."""

    def __init__(self, error: Exception | None = None) -> None:
        self.future: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self.is_freed = False
        self._error = error

    async def run(self) -> str | None:
        message = await self.future
        self.is_freed = True
        if self._error is not None:
            raise self._error
        return message

    def fail(self) -> None:
        self.future.set_exception(ExecuteBatchError("Failed execute_batch"))


Finish = Callable[[Any], Awaitable[Any]]
FINISHES = pytest.mark.parametrize("finish", [finish_message, finish_status])


async def begun(awaitable: Awaitable[Any]) -> asyncio.Task[Any]:
    async def run() -> Any:
        return await awaitable

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    return task


async def turns_of_the_loop() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@FINISHES
async def test_a_batch_that_succeeds_gives_what_it_received(finish: Finish) -> None:
    batch = Batch()
    task = await begun(finish(batch.run))
    batch.future.set_result("a message")
    assert await task == "a message"
    assert batch.is_freed


@FINISHES
@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize("error", [None, AbortError("Locally aborted.")])
async def test_a_batch_whose_handler_is_cancelled_is_freed_when_it_ends(
    finish: Finish, fails: bool, error: Exception | None
) -> None:
    batch = Batch(error)
    task = await begun(finish(batch.run))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not batch.is_freed
    if fails:
        batch.fail()
    else:
        batch.future.set_result(None)
    await turns_of_the_loop()
    assert batch.is_freed


async def test_a_handler_whose_message_fails_waits_for_its_cancellation() -> None:
    batch = Batch()
    task = await begun(finish_message(batch.run))
    batch.fail()
    await turns_of_the_loop()
    assert batch.is_freed
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_status_that_nobody_takes_is_freed_and_forgotten() -> None:
    batch = Batch()
    task = await begun(finish_status(batch.run))
    batch.fail()
    assert await task is None
    assert batch.is_freed


async def test_another_failure_is_raised() -> None:
    batch = Batch()
    task = await begun(finish_message(batch.run))
    batch.future.set_exception(ValueError("no batch of grpc's"))
    with pytest.raises(ValueError, match="no batch"):
        await task

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.proofreader.cancellable_executor import (
    CancellableExecutor,
    CancellationCheck,
    CancelledReadingError,
)


async def test_gives_what_the_reading_gives() -> None:
    with ThreadPoolExecutor(1) as threads:
        assert await CancellableExecutor(threads).run(lambda _: 42) == 42


async def test_a_reading_that_nobody_waits_for_ends_at_its_next_checkpoint() -> None:
    began, ended, waited_for = threading.Event(), threading.Event(), threading.Event()

    def read(check_cancelled: CancellationCheck) -> None:
        check_cancelled()
        began.set()
        waited_for.wait(5)
        try:
            check_cancelled()
        except CancelledReadingError:
            ended.set()
            raise

    with ThreadPoolExecutor(1) as threads:
        reading = asyncio.create_task(CancellableExecutor(threads).run(read))
        await asyncio.to_thread(began.wait, 5)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        waited_for.set()
    assert ended.is_set()

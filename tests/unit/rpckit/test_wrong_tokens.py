import asyncio
import math

import pytest

from rpckit.call import Deadline
from rpckit.wrong_tokens import WrongTokens
from tests.fakes.clock import FakeClock

FOREVER = Deadline(math.inf)
OF_ONE_MACHINE = [0, 0, 0, 0, 0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]


class Waits:
    """The delays of wrong tokens, which take no time here unless `held` is cleared."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.seconds: list[float] = []
        self.held = asyncio.Event()
        self.held.set()
        self.tokens = WrongTokens(self.clock, self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await self.held.wait()

    async def of(self, machine: str, deadline: Deadline = FOREVER) -> float:
        before = len(self.seconds)
        await self.tokens.delay(machine, deadline)
        return sum(self.seconds[before:])


async def test_the_first_mistakes_are_free_and_the_next_ones_wait_longer_and_longer() -> None:
    waits = Waits()
    assert [await waits.of("10.0.0.7") for _ in OF_ONE_MACHINE] == pytest.approx(OF_ONE_MACHINE)


async def test_a_machine_pays_for_its_own_mistakes_alone() -> None:
    waits = Waits()
    for _ in range(20):
        await waits.of("10.0.0.7")
    assert await waits.of("10.0.0.8") == 0


async def test_after_a_minute_all_is_forgotten_and_not_before() -> None:
    waits = Waits()
    for _ in range(20):
        await waits.of("10.0.0.7")
    waits.clock.now += 59
    assert await waits.of("10.0.0.7") == 5
    waits.clock.now += 61
    assert await waits.of("10.0.0.7") == 0


async def test_nobody_waits_longer_than_half_of_the_time_left() -> None:
    waits = Waits()
    for _ in range(20):
        await waits.of("10.0.0.7")
    assert await waits.of("10.0.0.7", Deadline.after(1, waits.clock)) == 0.5
    assert await waits.of("10.0.0.7", Deadline.after(0, waits.clock)) == 0


async def test_what_is_remembered_and_who_waits_is_bounded() -> None:
    waits = Waits()
    for _ in range(20):
        await waits.of("10.0.0.7")
    waits.held.clear()
    many = [asyncio.create_task(waits.of("10.0.0.7")) for _ in range(1000)]
    await asyncio.wait(many, return_when=asyncio.FIRST_COMPLETED)
    assert sum(not each.done() for each in many) == 256
    waits.held.set()
    await asyncio.gather(*many)
    for number in range(10_000):
        await waits.of(f"2001:db8::{number:x}")
    assert await waits.of("10.0.0.7") == 0

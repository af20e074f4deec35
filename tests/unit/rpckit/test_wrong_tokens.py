import asyncio
import math

import pytest

from rpckit.call import Deadline
from rpckit.errors import RateLimited
from rpckit.wrong_tokens import WrongTokens
from tests.fakes.clock import FakeClock

FOREVER = Deadline(math.inf)
OF_ONE_MACHINE = [0, 0, 0, 0, 0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]
RIGHT = "the right one"


class Looks:
    """Looks tokens up, of which one is right. Delays take no time here unless `held` is cleared."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.seconds: list[float] = []
        self.held = asyncio.Event()
        self.held.set()
        self.tokens = WrongTokens(self.clock, self.sleep)
        self.looked_at: list[str] = []

    async def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await self.held.wait()

    def holder(self, token: str) -> str:
        self.looked_at.append(token)
        return "tutor" if token == RIGHT else ""

    async def look_up(self, machine: str, token: str, deadline: Deadline = FOREVER) -> str:
        return await self.tokens.look_up(machine, token, deadline, self.holder)

    async def delay(self, machine: str, deadline: Deadline = FOREVER, token: str = "wrong") -> float:  # noqa: S107
        before = len(self.seconds)
        assert await self.look_up(machine, token, deadline) == ("tutor" if token == RIGHT else "")
        return sum(self.seconds[before:])

    async def guess(self, machine: str, times: int = 20) -> None:
        for _ in range(times):
            await self.look_up(machine, "wrong")


async def test_the_first_mistakes_are_free_and_the_next_ones_wait_longer_and_longer() -> None:
    looks = Looks()
    assert [await looks.delay("10.0.0.7") for _ in OF_ONE_MACHINE] == pytest.approx(OF_ONE_MACHINE)


async def test_a_machine_pays_for_its_own_mistakes_alone() -> None:
    looks = Looks()
    await looks.guess("10.0.0.7")
    assert await looks.delay("10.0.0.8") == 0


async def test_after_a_minute_all_is_forgotten_and_not_before() -> None:
    looks = Looks()
    await looks.guess("10.0.0.7")
    looks.clock.now += 59
    assert await looks.delay("10.0.0.7") == 5
    looks.clock.now += 61
    assert await looks.delay("10.0.0.7") == 0


async def test_a_right_token_is_looked_at_as_late_as_a_wrong_one_and_at_once_from_then_on() -> None:
    looks = Looks()
    await looks.guess("10.0.0.7")
    assert await looks.delay("10.0.0.7", token=RIGHT) == 5
    await looks.guess("10.0.0.7")
    assert await looks.delay("10.0.0.7", token=RIGHT) == 0
    assert await looks.delay("10.0.0.8", token=RIGHT) == 0
    await looks.guess("10.0.0.9")
    assert await looks.delay("10.0.0.9", token=RIGHT) == 5


async def test_a_call_that_has_less_than_twice_the_delay_is_refused_unseen() -> None:
    looks = Looks()
    await looks.guess("10.0.0.7")
    seen = len(looks.looked_at)
    for token in ("wrong", RIGHT):
        with pytest.raises(RateLimited) as caught:
            await looks.look_up("10.0.0.7", token, Deadline.after(9.9, looks.clock))
        assert caught.value.retry_delay == 5
    assert len(looks.looked_at) == seen
    assert await looks.delay("10.0.0.7", Deadline.after(10, looks.clock)) == 5


@pytest.mark.parametrize("is_fresh", [True, False])
async def test_tokens_beyond_those_that_wait_are_refused_unseen_and_known_ones_are_taken(
    *, is_fresh: bool
) -> None:
    looks = Looks()
    assert await looks.look_up("10.0.0.7", RIGHT) == "tutor"
    if not is_fresh:
        await looks.guess("10.0.0.7")
    looks.held.clear()
    seen, slept = len(looks.looked_at), len(looks.seconds)
    guesses = [asyncio.create_task(looks.look_up("10.0.0.7", f"guess {n}")) for n in range(1000)]
    refused = 1000 - 64 - (5 if is_fresh else 0)
    await asyncio.wait(guesses, return_when=asyncio.FIRST_COMPLETED)
    assert sum(isinstance(each.exception(), RateLimited) for each in guesses if each.done()) == refused
    assert len(looks.looked_at) - seen == (5 if is_fresh else 0)
    # Those that come at once wait as long as those that come one after the other.
    assert sum(each == 5 for each in looks.seconds[slept:]) >= 64 - 6
    assert await looks.delay("10.0.0.7", token=RIGHT) == 0
    with pytest.raises(RateLimited):
        await looks.look_up("10.0.0.7", "another right one, for what anybody can tell")
    looks.held.set()
    await asyncio.gather(*guesses, return_exceptions=True)
    assert len(looks.looked_at) - seen <= 64 + 5 + 1


async def test_who_hangs_up_has_no_token_looked_at_and_leaves_its_place() -> None:
    looks = Looks()
    await looks.guess("10.0.0.7")
    seen = len(looks.looked_at)
    looks.held.clear()
    for _ in range(3):
        guesses = [asyncio.create_task(looks.look_up("10.0.0.7", RIGHT)) for _ in range(64)]
        await asyncio.wait(guesses, timeout=0)
        assert not any(each.done() for each in guesses)
        for each in guesses:
            each.cancel()
        await asyncio.gather(*guesses, return_exceptions=True)
    assert len(looks.looked_at) == seen
    looks.held.set()
    assert await looks.delay("10.0.0.7") == 5


async def test_many_machines_together_have_bounds_too() -> None:
    looks = Looks()
    for machine in range(5):
        await looks.guess(f"10.0.0.{machine}")
    looks.held.clear()
    guesses = [
        asyncio.create_task(looks.look_up(f"10.0.0.{machine}", "wrong"))
        for machine in range(5)
        for _ in range(60)
    ]
    await asyncio.wait(guesses, return_when=asyncio.FIRST_COMPLETED)
    assert sum(not each.done() for each in guesses) == 256
    assert await looks.look_up("10.0.1.1", RIGHT) == "tutor"
    looks.held.set()
    await asyncio.gather(*guesses, return_exceptions=True)
    for number in range(10_000):
        await looks.look_up(f"2001:db8::{number:x}", "wrong")
    assert await looks.delay("10.0.0.0") == 0

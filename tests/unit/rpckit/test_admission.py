import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import pytest

from rpckit.admission import Admission
from rpckit.call import Deadline
from rpckit.errors import RateLimited
from tests.fakes.clock import run_in_virtual_time


def in_virtual_time(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    @wraps(test)
    def run() -> None:
        run_in_virtual_time(test())

    return run


def now() -> float:
    return asyncio.get_running_loop().time()


class Places:
    """An admission and the calls that it lets in, on the clock of the running loop."""

    def __init__(self, max_in_flight: int, max_queued: int = 100, most_per_caller: int | None = None) -> None:
        self.admission = Admission(max_in_flight, max_queued, most_per_caller, now)
        self.entered: list[str] = []
        self.calls: dict[str, asyncio.Task[None]] = {}
        self._go: dict[str, asyncio.Event] = {}

    async def call(
        self, name: str, caller: str = "", seconds: float = 1000.0, *, is_patient: bool = False
    ) -> None:
        """Begins a call, which ends when it is told to, and gives it the time to enter or to be refused."""
        go = self._go[name] = asyncio.Event()

        async def hold() -> None:
            deadline = Deadline.after(seconds, now)
            async with self.admission.admit(deadline, caller, is_patient=is_patient):
                self.entered.append(name)
                await go.wait()

        self.calls[name] = asyncio.create_task(hold())
        await self._settle()

    async def end(self, name: str) -> None:
        self._go[name].set()
        await self.calls[name]
        await self._settle()

    def refusal(self, name: str) -> RateLimited:
        error = self.calls[name].exception()
        assert isinstance(error, RateLimited)
        assert error.retry_delay
        return error

    async def close(self) -> None:
        for call in self.calls.values():
            call.cancel()
        await asyncio.gather(*self.calls.values(), return_exceptions=True)
        assert not self.admission.queued

    async def _settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@in_virtual_time
async def test_a_full_queue_is_refused_at_once_with_a_delay() -> None:
    places = Places(1, 0)
    await places.call("running")
    await places.call("late")
    assert places.refusal("late")
    await places.close()


@in_virtual_time
async def test_the_next_in_the_queue_gets_the_place() -> None:
    places = Places(1)
    await places.call("running")
    await places.call("next")
    await places.call("last")
    await places.end("running")
    assert places.entered == ["running", "next"]
    await places.close()


@in_virtual_time
async def test_who_waits_in_vain_is_told_before_the_deadline_and_not_by_it() -> None:
    places = Places(1)
    await places.call("endless")
    began_at = now()
    await places.call("waiting", seconds=10)
    await asyncio.wait([places.calls["waiting"]])
    assert places.refusal("waiting")
    # By then half of the time is left for the answer, and the one that runs has taken longer already.
    assert now() - began_at < 5.1
    await places.close()


@in_virtual_time
async def test_calls_that_do_not_end_are_seen_before_one_of_them_has_ended() -> None:
    places = Places(2)
    await places.call("endless")
    await places.call("as endless")
    await asyncio.sleep(60)
    await places.call("hopeless", seconds=100)
    assert places.refusal("hopeless").retry_delay == pytest.approx(60)
    await places.call("patient", seconds=200)
    assert not places.calls["patient"].done()
    await places.close()


@in_virtual_time
async def test_some_calls_that_do_not_end_do_not_make_the_others_look_slow() -> None:
    places = Places(2)
    await places.call("endless")
    await asyncio.sleep(600)
    for number in range(3):
        await places.call(f"{number}")
        await asyncio.sleep(1)
        await places.end(f"{number}")
    await places.call("running")
    await places.call("waiting", seconds=5)
    assert not places.calls["waiting"].done()
    await places.close()


@in_virtual_time
async def test_what_cannot_finish_in_time_is_refused_at_once() -> None:
    places = Places(1)
    await places.call("first")
    await asyncio.sleep(10)
    await places.end("first")
    await places.call("running")
    # Ten seconds to wait for the place and ten to hold it.
    await places.call("short of time", seconds=20)
    assert places.refusal("short of time").retry_delay == pytest.approx(10)
    await places.call("in time", seconds=30)
    assert not places.calls["in time"].done()
    await places.close()


@in_virtual_time
async def test_who_is_in_a_hurry_is_let_in_where_there_is_a_place() -> None:
    places = Places(1)
    await places.call("first")
    await asyncio.sleep(10)
    await places.end("first")
    await places.call("hurried", seconds=1)
    assert places.entered == ["first", "hurried"]
    await places.close()


@in_virtual_time
async def test_a_place_goes_to_the_caller_that_holds_the_fewest() -> None:
    places = Places(2)
    for name in "abcd":
        await places.call(f"many {name}", "many")
    await places.call("one", "one")
    await places.end("many a")
    assert places.entered == ["many a", "many b", "one"]
    await places.end("many b")
    assert places.entered[3:] == ["many c"]
    await places.close()


@in_virtual_time
async def test_the_caller_with_the_most_calls_in_a_full_queue_gives_way() -> None:
    places = Places(1, 2)
    for name in "abc":
        await places.call(f"many {name}", "many")
    await places.call("one", "one")
    assert places.refusal("many c")
    assert not places.calls["one"].done()
    await places.call("two", "one")
    assert places.refusal("two")
    await places.close()


@in_virtual_time
async def test_one_caller_leaves_a_share_to_the_others_who_are_not_there_yet() -> None:
    places = Places(4, most_per_caller=3)
    for name in "abcd":
        await places.call(name, "many")
    assert places.entered == ["a", "b", "c"]
    await places.call("one", "one")
    assert places.entered[3:] == ["one"]
    await places.end("a")
    assert places.entered[4:] == ["d"]
    await places.close()


@in_virtual_time
async def test_nobody_in_particular_has_no_share() -> None:
    places = Places(2, most_per_caller=1)
    await places.call("a")
    await places.call("b")
    assert places.entered == ["a", "b"]
    await places.close()


@in_virtual_time
async def test_a_patient_call_waits_beside_a_full_queue() -> None:
    places = Places(1, 0)
    await places.call("running")
    await places.call("patient", is_patient=True)
    assert places.admission.queued == 1
    await places.end("running")
    assert places.entered == ["running", "patient"]
    await places.close()


@in_virtual_time
async def test_a_cancelled_wait_leaves_no_trace() -> None:
    places = Places(1)
    await places.call("running")
    await places.call("waiting")
    places.calls["waiting"].cancel()
    await places.end("running")
    await places.call("next")
    assert places.entered == ["running", "next"]
    await places.close()


@in_virtual_time
async def test_a_place_that_comes_at_the_moment_of_a_cancellation_is_not_lost() -> None:
    places = Places(1)
    await places.call("running")
    await places.call("waiting")
    places.calls["running"].cancel()
    await asyncio.sleep(0)
    places.calls["waiting"].cancel()
    await asyncio.wait(list(places.calls.values()))
    await places.call("next")
    assert places.entered == ["running", "next"]
    await places.close()

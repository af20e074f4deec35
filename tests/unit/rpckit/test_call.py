import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpckit.call import Deadline
from tests.fakes.clock import FakeClock

SECONDS = st.floats(0, 1e5)


@pytest.mark.parametrize(("seconds", "kept"), [(0.1, 0.05), (1, 0.05), (2.5, 0.05), (10, 0.2), (600, 12)])
def test_a_share_of_the_time_is_kept_for_our_own_answer(seconds: float, kept: float) -> None:
    left = Deadline.after(seconds, FakeClock()).with_reserve().remaining()
    assert left == pytest.approx(seconds - kept)


def test_a_call_without_a_deadline_has_no_end_with_a_reserve_either() -> None:
    assert Deadline.after(float("inf")).with_reserve().remaining() == float("inf")


@given(st.lists(SECONDS), SECONDS)
def test_a_deadline_stands_still_while_time_passes(steps: list[float], seconds: float) -> None:
    clock = FakeClock()
    deadline = Deadline.after(seconds, clock)
    end = clock.now + seconds
    for step in steps:
        clock.now += step
        assert deadline.remaining() == max(0.0, end - clock.now)
        assert deadline.with_reserve() < deadline


@given(SECONDS, SECONDS)
def test_a_part_of_the_time_is_never_more_than_the_whole(seconds: float, part: float) -> None:
    clock = FakeClock()
    deadline = Deadline.after(seconds, clock)
    assert deadline.within(part).remaining() == pytest.approx(min(seconds, part))
    assert deadline.within(part) <= deadline


def sent(seconds: float) -> float:
    """Returns a time as gRPC sends it: three digits or whole milliseconds, rounded up."""
    unit = 0.001 if seconds < 1 else 10.0 ** (math.floor(math.log10(seconds)) - 2)
    return math.ceil(seconds / unit) * unit


@pytest.mark.parametrize("seconds", [0.2, 0.9991, 1.0001, 9.991, 10.001, 10.09, 12.001, 99.91, 100.1, 1000.5])
def test_what_grpc_rounds_up_takes_nothing_from_the_reserve(seconds: float) -> None:
    clock = FakeClock()
    caller = Deadline.after(seconds, clock)
    ours = Deadline.of_caller(sent(seconds), clock)
    reserve = caller.reserve()
    assert ours.with_reserve().remaining() <= seconds - reserve * 0.98
    assert ours.remaining() >= seconds * 0.98


@given(st.floats(0.1, 1e5))
def test_a_caller_never_stops_listening_before_its_deadline_here(seconds: float) -> None:
    clock = FakeClock()
    assert Deadline.of_caller(sent(seconds), clock).remaining() <= seconds * (1 + 1e-9)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("inf")])
def test_no_time_and_no_end_are_what_they_were(seconds: float) -> None:
    assert Deadline.of_caller(seconds, FakeClock()).remaining() == max(0.0, seconds)

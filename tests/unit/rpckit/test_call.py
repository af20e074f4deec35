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

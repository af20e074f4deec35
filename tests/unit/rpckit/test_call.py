import pytest

from rpckit.call import Deadline


@pytest.mark.parametrize(("seconds", "kept"), [(1, 0.2), (20, 1), (600, 2), (0.1, 0.1)])
def test_a_share_of_the_time_is_kept_for_our_own_answer(seconds: float, kept: float) -> None:
    left = Deadline.after(seconds).with_reserve().remaining()
    assert left == pytest.approx(seconds - kept, abs=0.05)

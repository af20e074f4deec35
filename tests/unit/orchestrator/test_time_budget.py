from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from tests.fakes.clock import FakeClock


@given(st.floats(0, 1e5), st.booleans())
def test_each_step_leaves_a_reserve_to_the_next(seconds: float, with_summary: bool) -> None:
    clock = FakeClock()
    budget = TimeBudget.of(Deadline.after(seconds, clock), with_summary=with_summary)
    reserve = max(0.05, 0.02 * seconds)
    summary = min(15, max(0, seconds - reserve) / 5) if with_summary else 0
    steps = [budget.call_by, budget.answer_by, budget.merge_by, budget.store_by]
    steps += [budget.respond_by, budget.deadline]
    left = [later.at - earlier.at for earlier, later in pairwise(steps)]
    assert left == pytest.approx(
        [reserve, reserve + summary, reserve / 4, reserve / 4, reserve / 2], abs=1e-6
    )
    assert budget.deadline.remaining() == pytest.approx(seconds)


@given(st.floats(0, 1e5), st.booleans(), st.lists(st.floats(0, 1e5)))
def test_a_budget_stands_still_while_time_passes(
    seconds: float, with_summary: bool, steps: list[float]
) -> None:
    clock = FakeClock()
    budget = TimeBudget.of(Deadline.after(seconds, clock), with_summary=with_summary)
    ends = (budget.call_by.at, budget.answer_by.at, budget.merge_by.at, budget.respond_by.at)
    for step in steps:
        clock.now += step
        left = [each.remaining() for each in (budget.call_by, budget.answer_by, budget.merge_by)]
        assert left == [max(0.0, end - clock.now) for end in ends[:3]]
        assert left == sorted(left)

import math

import pytest

from bench.soak.growth import Growth
from bench.soak.replica import Sample
from bench.soak.report import after_warm_up

CALLS = [0.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0]


def test_the_slope_is_of_a_hundred_thousand_calls() -> None:
    growth = Growth.of(CALLS, [100 + each / 1000 for each in CALLS])
    assert growth.slope == pytest.approx(100)
    assert growth.margin == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([100.0] * 6, "ok"),
        ([100.0, 101, 102, 103, 104, 105], "GROWS"),
        # It goes up and down by more than the limit: so few calls say nothing.
        ([100.0, 103, 99, 102, 100, 101], "open"),
    ],
)
def test_a_verdict_is_given_where_the_samples_tell(values: list[float], verdict: str) -> None:
    assert Growth.of(CALLS, values).verdict(1.0) == verdict


def test_samples_that_follow_each_other_tell_less() -> None:
    calls = [1000.0 * each for each in range(40)]
    in_turn = Growth.of(calls, [100.0, 101.0] * 20)
    in_steps = Growth.of(calls, ([100.0] * 5 + [101.0] * 5) * 4)
    assert in_steps.margin > 1.5 * in_turn.margin


@pytest.mark.parametrize("calls", [[], [1.0, 2.0], [7.0] * 6])
def test_too_few_samples_leave_it_open(calls: list[float]) -> None:
    growth = Growth.of(calls, [1.0] * len(calls))
    assert math.isinf(growth.margin)
    assert growth.verdict(1.0) == "open"


def sample(calls: float) -> Sample:
    return Sample(calls=calls, resident=1, malloc=1, blocks=1, descriptors=1, tasks=1)


def test_what_a_process_gains_as_it_warms_up_does_not_count() -> None:
    busy = [sample(1_000.0 * number) for number in range(10)]
    assert after_warm_up(busy) == busy[3:]
    slow = [sample(200.0 * number) for number in range(10)]
    assert after_warm_up(slow) == slow[8:]
    cold = [sample(10.0 * number) for number in range(10)]
    assert after_warm_up(cold) == cold[-1:]

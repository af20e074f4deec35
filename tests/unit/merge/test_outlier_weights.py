import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.merge import policy
from orchestrator.merge.outlier_weights import outlier_weights

USUAL = 0.7

PANELS = st.integers(1, 6).flatmap(
    lambda raters: st.lists(
        st.dictionaries(st.sampled_from("abcdef"[:raters]), st.floats(0, 4)), min_size=1, max_size=5
    )
)


def weights_of(levels: dict[str, float], criteria: int = 5, **deviations: float) -> dict[str, float]:
    return outlier_weights([levels] * criteria, dict.fromkeys(levels, USUAL) | deviations)


@pytest.mark.parametrize(
    ("levels", "out"),
    [
        ({"a": 2}, ""),
        ({"a": 0, "b": 4}, ""),
        ({"a": 0, "b": 0, "c": 4}, "c"),
        ({"a": 0, "b": 0, "c": 0, "d": 4}, "d"),
        ({"a": 0, "b": 0, "c": 4, "d": 4}, ""),
        ({"a": 0.2, "b": 0, "c": 4, "d": 3.7}, ""),
        ({"a": 0, "b": 0, "c": 0, "d": 4, "e": 4}, "de"),
        ({"a": 0, "b": 0, "c": 0, "d": 4, "e": 4, "f": 4}, ""),
        ({"a": 2, "b": 2, "c": 2, "d": 2}, ""),
    ],
)
def test_a_minority_that_deviates_on_every_criterion_is_out_and_a_camp_is_not(
    levels: dict[str, float], out: str
) -> None:
    found = weights_of(levels)
    assert {model for model, weight in found.items() if weight == 0} == set(out)
    assert all(weight > 0.9 for model, weight in found.items() if model not in out)


def test_camps_may_cross() -> None:
    crossing = [{"a": 4.0, "b": 4.0, "c": 0.5, "d": 0.5}, {"a": 0.5, "b": 0.5, "c": 4.0, "d": 4.0}] * 2
    assert min(outlier_weights(crossing, dict.fromkeys("abcd", USUAL)).values()) > 0.9


def test_each_criterion_is_evidence() -> None:
    levels = {"a": 1, "b": 1, "c": 1.5, "d": 3}
    found = [weights_of(levels, criteria)["d"] for criteria in (1, 2, 3, 5)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 0.4
    assert found[-1] < 0.1


def test_who_always_deviates_may_deviate() -> None:
    levels = {"a": 1, "b": 1, "c": 1.5, "d": 2.5}
    assert weights_of(levels, d=0.4)["d"] == 0
    assert weights_of(levels, d=1.1)["d"] > weights_of(levels)["d"] > 0


def test_scores_without_sense_are_found_though_some_agree() -> None:
    given_levels = [
        dict(zip("abcd", each, strict=True))
        for each in ((1, 1, 2, 4), (3, 3, 4, 3), (2, 2, 2, 0), (4, 3, 4, 1), (1, 0, 1, 2))
    ]
    found = outlier_weights(given_levels, dict.fromkeys("abcd", USUAL))
    assert found["d"] == 0
    assert min(found[model] for model in "abc") > 0.9


def test_who_scored_nothing_else_is_judged_by_what_they_scored() -> None:
    found = outlier_weights([{"a": 1, "b": 1, "c": 1}] * 4 + [{"d": 4}], dict.fromkeys("abcd", USUAL))
    # Nobody else scored what d did, so nothing tells whether d is an outlier.
    assert found["d"] == pytest.approx(1 - policy.OUTLIER_PRIOR, abs=0.1)


def test_a_panel_too_large_to_partition_has_no_outliers() -> None:
    levels = {str(number): 0.0 for number in range(policy.MAX_PARTITIONED_RATERS)}
    assert set(weights_of({**levels, "deviates": 4.0}).values()) == {1.0}


@given(PANELS, st.floats(-3, 3))
@settings(max_examples=60, deadline=None)
def test_a_weight_is_a_probability_high_for_most_and_the_same_anywhere_on_the_scale(
    levels: list[dict[str, float]], shift: float
) -> None:
    deviations = dict.fromkeys("abcdef", USUAL)
    found = outlier_weights(levels, deviations)
    assert set(found) == {model for each in levels for model in each}
    assert all(0 <= each <= 1 for each in found.values())
    outliers = math.fsum(1 - each for each in found.values())
    assert outliers <= (len(found) - 1) // 2 + policy.MIN_INLIER_PROBABILITY * len(found) or not found
    backwards = [dict(reversed(each.items())) for each in reversed(levels)]
    assert outlier_weights(backwards, deviations) == found
    shifted = outlier_weights(
        [{model: each + shift for model, each in of.items()} for of in levels], deviations
    )
    for model, each in found.items():
        if abs(each - policy.MIN_INLIER_PROBABILITY) > 0.01 and each:
            assert shifted[model] == pytest.approx(each, abs=1e-6)

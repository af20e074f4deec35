import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge.calibration import Calibration, RaterProfile
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.scores import huber_estimate, is_contested, merge_scores, total
from tests.unit.merge.panels import opinion


def rubric(*levels: float, weights: tuple[float | None, ...] = (None,)) -> submission_pb2.Rubric:
    return submission_pb2.Rubric(
        criteria=[
            submission_pb2.Criterion(
                id=f"c{number}",
                levels=[submission_pb2.Level(score=each) for each in levels or (1, 2, 3, 4, 5)],
                weight=weight,
            )
            for number, weight in enumerate(weights)
        ]
    )


def panel(*values: float | None, families: str = "") -> list[Opinion]:
    return [
        opinion(
            f"m{number}",
            family=families[number] if families else "",
            given=[feedback_pb2.CriterionScore(criterion_id="c0", score=value)],
        )
        for number, value in enumerate(values)
    ]


def judge(*values: float | None, families: str = "") -> merged_pb2.MergedScore:
    (score,) = merge_scores(rubric(), panel(*values, families=families), Calibration())
    return score


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ((2.0,), False),
        ((1.0, 2.74), False),
        ((1.0, 2.75), True),
        ((1.0, 2.0, 2.75), True),
        ((1.0, 1.2, 3.0, 3.2), True),
        ((1.0, 1.5, 2.09, 2.9), False),
        ((1.3, 1.5, 2.2, 2.79), False),
        ((1.3, 1.5, 2.2, 2.81), True),
        ((0.0, 2.0, 2.1, 4.0), False),
        ((0.0, 0.5, 2.3, 2.4, 4.0), True),
        ((0.0, 2.0, 2.1, 2.2, 4.0), False),
    ],
)
def test_raters_contradict_each_other(values: tuple[float, ...], answer: bool) -> None:
    assert is_contested(values) is answer
    assert is_contested(values[::-1]) is answer


def test_nobody_could_judge() -> None:
    score = judge(None, None)
    assert [name.name for name, _ in score.ListFields()] == ["criterion_id", "agreement"]


def test_one_rater_is_one_opinion() -> None:
    score = judge(3)
    assert (score.score, score.agreement) == (3, merged_pb2.AGREEMENT_SINGLE)
    assert score.effective_raters == 1
    # The variance is that of two prior raters, spread over three.
    half = 1.28 * math.sqrt(2 * 0.64 / 3)
    assert (score.low, score.high) == pytest.approx((3 - half, 3 + half))


def test_two_raters() -> None:
    score = judge(3, 4)
    assert score.score == 3.5
    assert score.effective_raters == pytest.approx(2 / 1.4)
    assert score.agreement == merged_pb2.AGREEMENT_SUPPORTED


def test_an_outlier_pulls_less_than_in_the_mean() -> None:
    score = judge(3, 3, 3, 5)
    assert 3 < score.score < 3.3
    assert [rater.raw for rater in score.raters] == [3, 3, 3, 5]
    assert score.agreement == merged_pb2.AGREEMENT_CONSENSUS


def test_a_contested_score_is_a_range_alone() -> None:
    score = judge(1, 1, 5, 5)
    assert not score.HasField("score")
    assert score.agreement == merged_pb2.AGREEMENT_CONTESTED
    assert score.low < 3 < score.high


@pytest.mark.parametrize(
    ("families", "agreement"),
    [
        ("aaa", merged_pb2.AGREEMENT_SINGLE),
        ("aab", merged_pb2.AGREEMENT_CONSENSUS),
        ("abc", merged_pb2.AGREEMENT_CONSENSUS),
    ],
)
def test_agreement_is_counted_by_family(families: str, agreement: merged_pb2.Agreement.ValueType) -> None:
    assert judge(3, 3, 3, families=families).agreement == agreement


def test_a_calibration_takes_off_severity_and_weighs() -> None:
    calibration = Calibration(
        profiles={"m0": RaterProfile(severity=-1.5, by_criterion={"c0": 0.5}, weight=3.0)}
    )
    (score,) = merge_scores(rubric(), panel(2, 4), calibration)
    assert [(each.raw, each.adjusted) for each in score.raters] == [(2, 3), (4, 4)]
    assert [each.weight for each in score.raters] == pytest.approx([3 / 2, 1 / 2])
    assert 3 < score.score < 3.5


def test_who_deviates_throughout_is_shown_and_does_not_count() -> None:
    criteria = rubric(weights=(None,) * 5)
    opinions = [
        opinion(
            f"m{number}",
            given=[
                feedback_pb2.CriterionScore(criterion_id=each.id, score=value) for each in criteria.criteria
            ],
        )
        for number, value in enumerate((2, 2.5, 2, 5))
    ]
    for score in merge_scores(criteria, opinions, Calibration()):
        assert [each.weight for each in score.raters] == pytest.approx([1, 1, 1, 0], abs=0.01)
        assert 2 <= score.score <= 2.5


def test_who_deviates_once_counts_less() -> None:
    *others, strayed = (each.weight for each in judge(2, 2.5, 2, 5).raters)
    assert 0 < strayed < min(others)
    assert sum((*others, strayed)) == pytest.approx(4)


@given(
    st.lists(st.floats(0, 4), min_size=1, max_size=8),
    st.floats(-1000, 1000),
    st.floats(0.1, 1000),
)
@settings(max_examples=40, deadline=None)
def test_scores_stay_on_the_scale_and_among_the_raters(
    levels: list[float], lowest: float, width: float
) -> None:
    scale = rubric(lowest, lowest + width)
    low, high = (level.score for level in scale.criteria[0].levels)
    values = [min(max(low + (high - low) * each / 4, low), high) for each in levels]
    (score,) = merge_scores(scale, panel(*values), Calibration())
    slack = (abs(lowest) + width) * 1e-6  # scores are in single precision
    assert low <= score.low <= score.high <= high
    assert 1 - 1e-6 <= score.effective_raters <= len(values)
    if score.HasField("score"):
        assert min(values) - slack <= score.score <= max(values) + slack
        assert score.low <= score.score <= score.high
    estimate = huber_estimate(levels, [1.0] * len(levels))
    assert min(levels) - 1e-9 <= estimate.location <= max(levels) + 1e-9


@pytest.mark.parametrize(
    ("weights", "values", "expected"),
    [
        ((None, None), (3.0, 5.0), 0.75),
        ((3.0, 1.0), (3.0, 5.0), 0.625),
        ((1.0, 0.0), (3.0, None), 0.5),
        ((1.0, 1.0), (3.0, None), None),
        ((0.0, 0.0), (3.0, 3.0), None),
    ],
)
def test_the_total_is_the_weighted_mean_from_0_to_1(
    weights: tuple[float | None, ...], values: tuple[float | None, ...], expected: float | None
) -> None:
    given_scores = [
        merged_pb2.MergedScore(criterion_id=f"c{number}", score=value) for number, value in enumerate(values)
    ]
    assert total(rubric(weights=weights), given_scores) == expected

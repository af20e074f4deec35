"""One score for each criterion with the range it plausibly lies in, or the range alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge import policy
from orchestrator.merge.agreement import agreement_of
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.outlier_weights import outlier_weights
from orchestrator.merge.scale import Scale
from orchestrator.rubrics.rubric import criterion_weight

_CONVERGED = 1e-12
_MAX_ITERATIONS = 200
# Scores that are exactly a threshold apart on paper may fall short of it in binary.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """The score that a panel's scores estimate, in levels, with half the width of its range."""

    location: float
    half_width: float
    effective_raters: float


@dataclass(frozen=True, slots=True)
class _AdjustedScore:
    """One model's score of one criterion, in levels without the model's bias."""

    opinion: Opinion
    given: feedback_pb2.CriterionScore
    levels: float
    weight: float


def merge_scores(
    rubric: submission_pb2.Rubric, opinions: Sequence[Opinion], calibration: Calibration
) -> list[merged_pb2.MergedScore]:
    """Returns one MergedScore for each criterion, in the rubric's order.

    The opinions come in the order of their models' names.
    """
    adjusted = [_adjusted_scores(criterion, opinions, calibration) for criterion in rubric.criteria]
    inlier_weights = outlier_weights(
        [{each.opinion.model: each.levels for each in of_one} for of_one in adjusted],
        {each.model: calibration.profile(each.model).standard_deviation for each in opinions},
    )
    return [
        _merge_score(criterion, of_one, inlier_weights)
        for criterion, of_one in zip(rubric.criteria, adjusted, strict=True)
    ]


def total(rubric: submission_pb2.Rubric, scores: Sequence[merged_pb2.MergedScore]) -> float | None:
    """Returns the weighted mean of the scores, each scaled to 0 to 1.

    It is None where a criterion that has weight has no score.
    """
    weighted = [
        (criterion_weight(criterion), Scale.of(criterion), score)
        for criterion, score in zip(rubric.criteria, scores, strict=True)
        if criterion_weight(criterion) > 0
    ]
    if not weighted or not all(score.HasField("score") for _, _, score in weighted):
        return None
    shares = [each * scale.levels(score.score) / policy.SCALE_LEVELS for each, scale, score in weighted]
    return math.fsum(shares) / math.fsum(each for each, _, _ in weighted)


def huber_estimate(values: Sequence[float], weights: Sequence[float]) -> Estimate:
    """Returns Huber's M-estimate of location, iterated from the median.

    The weights that are not 0 have the mean 1, and one is not 0.
    """
    location = median(values)
    for _ in range(_MAX_ITERATIONS):
        before = location
        pulls = [
            each * min(1.0, policy.HUBER_THRESHOLD / max(abs(value - location), _CONVERGED))
            for value, each in zip(values, weights, strict=True)
        ]
        location = math.fsum(map(math.prod, zip(pulls, values, strict=True))) / math.fsum(pulls)
        if abs(location - before) < _CONVERGED:
            break
    squares = [each * (value - location) ** 2 for value, each in zip(values, weights, strict=True)]
    variance = (policy.PRIOR_RATERS * policy.PRIOR_STANDARD_DEVIATION**2 + math.fsum(squares)) / (
        policy.PRIOR_RATERS + math.fsum(weights)
    )
    raters = math.fsum(weights) ** 2 / math.fsum(each**2 for each in weights)
    effective = raters / (1 + (raters - 1) * policy.RATER_CORRELATION)
    half_width = max(policy.MIN_RANGE_HALF_WIDTH, policy.RANGE_Z_SCORE * math.sqrt(variance / effective))
    return Estimate(location, half_width, effective)


def is_contested(values: Sequence[float]) -> bool:
    """Returns whether the raters contradict each other.

    They do if few of them are far apart, if they form two camps, or if they spread further than one rater
    alone could make them.
    """
    ordered = sorted(values)
    count = len(ordered)
    if count < 2:  # noqa: PLR2004  # one rater has nobody to contradict
        return False
    if count < 4:  # noqa: PLR2004  # the lowest and the highest are nearly all there are
        return _are_apart(ordered[0], ordered[-1], policy.CONTESTED_SPREAD)
    half = count // 2
    two_camps = (
        count % 2 == 0
        and _are_apart(ordered[half - 1], ordered[half], policy.CONTESTED_HALVES_GAP)
        and _are_apart(
            math.fsum(ordered[:half]) / half,
            math.fsum(ordered[half:]) / half,
            policy.CONTESTED_HALVES_DISTANCE,
        )
    )
    return two_camps or _are_apart(ordered[1], ordered[-2], policy.CONTESTED_SPREAD)


def _are_apart(low: float, high: float, distance: float) -> bool:
    return high - low >= distance - _ROUNDING


def _merge_score(
    criterion: submission_pb2.Criterion,
    scores: Sequence[_AdjustedScore],
    inlier_weights: Mapping[str, float],
) -> merged_pb2.MergedScore:
    scale = Scale.of(criterion)
    weights = _with_mean_one([each.weight * inlier_weights[each.opinion.model] for each in scores])
    merged = merged_pb2.MergedScore(
        criterion_id=criterion.id,
        agreement=merged_pb2.AGREEMENT_SINGLE,
        raters=[
            merged_pb2.RaterScore(
                model=each.opinion.model,
                raw=each.given.score,
                adjusted=scale.score(each.levels),
                weight=weight,
                rationale=each.given.rationale,
            )
            for each, weight in zip(scores, weights, strict=True)
        ],
    )
    if not any(weights):
        return merged
    levels = [each.levels for each in scores]
    estimate = huber_estimate(levels, weights)
    merged.low = scale.score(estimate.location - estimate.half_width)
    merged.high = scale.score(estimate.location + estimate.half_width)
    merged.effective_raters = estimate.effective_raters
    # A model of weight 0 has dissented all the same, so it takes part in this decision.
    if is_contested(levels):
        merged.agreement = merged_pb2.AGREEMENT_CONTESTED
        return merged
    merged.score = scale.score(estimate.location)
    merged.agreement = agreement_of(
        each.opinion
        for each, weight in zip(scores, weights, strict=True)
        if weight > 0 and abs(each.levels - estimate.location) <= policy.AGREEMENT_TOLERANCE
    )
    return merged


def _with_mean_one(weights: Sequence[float]) -> list[float]:
    """Scales the weights so that those that are not 0 have the mean 1."""
    counted = sum(each > 0 for each in weights)
    return [each * counted / math.fsum(weights) if each > 0 else 0.0 for each in weights]


def _adjusted_scores(
    criterion: submission_pb2.Criterion, opinions: Sequence[Opinion], calibration: Calibration
) -> list[_AdjustedScore]:
    scale = Scale.of(criterion)
    return [
        _AdjustedScore(
            opinion,
            score,
            scale.levels(score.score) - calibration.bias(opinion.model, criterion.id),
            calibration.profile(opinion.model).weight,
        )
        for opinion in opinions
        for score in opinion.feedback.scores
        if score.criterion_id == criterion.id and score.HasField("score")
    ]

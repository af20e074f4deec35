"""One score for each criterion, with the range it plausibly lies in, or the range alone."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge import policy
from orchestrator.merge.agreement import agreement_of
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.outlier_weights import trusts
from orchestrator.merge.scale import Scale
from orchestrator.rubrics.rubric import weight

_CONVERGED = 1e-12
_MAX_ROUNDS = 200
# Scores that are exactly a threshold apart on paper may fall short of it in binary.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Estimate:
    """A panel's opinion, in levels."""

    middle: float
    half_range: float
    effective_raters: float


@dataclass(frozen=True, slots=True)
class _Rating:
    opinion: Opinion
    given: feedback_pb2.CriterionScore
    levels: float
    weight: float


def merge_scores(
    rubric: submission_pb2.Rubric, opinions: Sequence[Opinion], calibration: Calibration
) -> list[merged_pb2.MergedScore]:
    """One MergedScore for each criterion, in the rubric's order; `opinions` in the order of their names."""
    ratings = [_ratings(criterion, opinions, calibration) for criterion in rubric.criteria]
    trusted = trusts(
        [{each.opinion.model: each.levels for each in of_one} for of_one in ratings],
        {each.model: calibration.of(each.model).deviation for each in opinions},
    )
    return [
        _merge_score(criterion, of_one, trusted)
        for criterion, of_one in zip(rubric.criteria, ratings, strict=True)
    ]


def total(rubric: submission_pb2.Rubric, scores: Sequence[merged_pb2.MergedScore]) -> float | None:
    """Weighted mean of the scores, each taken from 0 to 1; None if one that has weight is missing."""
    weighed = [
        (weight(criterion), Scale.of(criterion), score)
        for criterion, score in zip(rubric.criteria, scores, strict=True)
        if weight(criterion) > 0
    ]
    if not weighed or not all(score.HasField("score") for _, _, score in weighed):
        return None
    shares = [each * scale.levels(score.score) / policy.LEVELS for each, scale, score in weighed]
    return math.fsum(shares) / math.fsum(each for each, _, _ in weighed)


def estimate(values: Sequence[float], weights: Sequence[float]) -> Estimate:
    """Huber's estimate of the middle, from the median; weights that are not 0 have the mean 1."""
    middle = median(values)
    for _ in range(_MAX_ROUNDS):
        before = middle
        trusts = [
            each * min(1.0, policy.HUBER_LEVELS / max(abs(value - middle), _CONVERGED))
            for value, each in zip(values, weights, strict=True)
        ]
        middle = math.fsum(map(math.prod, zip(trusts, values, strict=True))) / math.fsum(trusts)
        if abs(middle - before) < _CONVERGED:
            break
    squares = [each * (value - middle) ** 2 for value, each in zip(values, weights, strict=True)]
    variance = (policy.PRIOR_RATERS * policy.PRIOR_DEVIATION**2 + math.fsum(squares)) / (
        policy.PRIOR_RATERS + math.fsum(weights)
    )
    raters = math.fsum(weights) ** 2 / math.fsum(each**2 for each in weights)
    effective = raters / (1 + (raters - 1) * policy.RATER_CORRELATION)
    half_range = max(policy.MIN_HALF_RANGE, policy.RANGE_DEVIATIONS * math.sqrt(variance / effective))
    return Estimate(middle, half_range, effective)


def contested(values: Sequence[float]) -> bool:
    """Whether the raters contradict each other: few far apart, two camps, or a spread no one rater makes."""
    ordered = sorted(values)
    count = len(ordered)
    if count < 2:  # noqa: PLR2004  # one rater has nobody to contradict
        return False
    if count < 4:  # noqa: PLR2004  # the lowest and the highest are nearly all there are
        return _apart(ordered[0], ordered[-1], policy.CONTESTED_SPREAD)
    half = count // 2
    camps = (
        count % 2 == 0
        and _apart(ordered[half - 1], ordered[half], policy.CONTESTED_GAP)
        and _apart(math.fsum(ordered[:half]) / half, math.fsum(ordered[half:]) / half, policy.CONTESTED_CAMPS)
    )
    return camps or _apart(ordered[1], ordered[-2], policy.CONTESTED_SPREAD)


def _apart(low: float, high: float, least: float) -> bool:
    return high - low >= least - _ROUNDING


def _merge_score(
    criterion: submission_pb2.Criterion, ratings: Sequence[_Rating], trusted: Mapping[str, float]
) -> merged_pb2.MergedScore:
    scale = Scale.of(criterion)
    weights = _with_mean_one([each.weight * trusted[each.opinion.model] for each in ratings])
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
            for each, weight in zip(ratings, weights, strict=True)
        ],
    )
    if not any(weights):
        return merged
    levels = [each.levels for each in ratings]
    found = estimate(levels, weights)
    merged.low = scale.score(found.middle - found.half_range)
    merged.high = scale.score(found.middle + found.half_range)
    merged.effective_raters = found.effective_raters
    # Who does not count has dissented all the same.
    if contested(levels):
        merged.agreement = merged_pb2.AGREEMENT_CONTESTED
        return merged
    merged.score = scale.score(found.middle)
    merged.agreement = agreement_of(
        each.opinion
        for each, weight in zip(ratings, weights, strict=True)
        if weight > 0 and abs(each.levels - found.middle) <= policy.AGREEING_LEVELS
    )
    return merged


def _with_mean_one(weights: Sequence[float]) -> list[float]:
    """The weights, of which those that are not 0 have the mean 1."""
    counted = sum(each > 0 for each in weights)
    return [each * counted / math.fsum(weights) if each > 0 else 0.0 for each in weights]


def _ratings(
    criterion: submission_pb2.Criterion, opinions: Sequence[Opinion], calibration: Calibration
) -> list[_Rating]:
    scale = Scale.of(criterion)
    return [
        _Rating(
            opinion,
            score,
            scale.levels(score.score) - calibration.bias(opinion.model, criterion.id),
            calibration.of(opinion.model).weight,
        )
        for opinion in opinions
        for score in opinion.feedback.scores
        if score.criterion_id == criterion.id and score.HasField("score")
    ]

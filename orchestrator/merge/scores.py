"""One score for each criterion, with the range it plausibly lies in, or the range alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from statistics import median

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge import policy
from orchestrator.merge.agreement import agreement_of
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.opinion import Opinion
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
    return [_merge_score(criterion, opinions, calibration) for criterion in rubric.criteria]


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
    """Huber's estimate of the middle, from the median; weights have the mean 1."""
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
    camps = count % 2 == 0 and _apart(ordered[half - 1], ordered[half], policy.CONTESTED_GAP)
    return camps or _apart(ordered[1], ordered[-2], policy.CONTESTED_SPREAD)


def _apart(low: float, high: float, least: float) -> bool:
    return high - low >= least - _ROUNDING


def _merge_score(
    criterion: submission_pb2.Criterion, opinions: Sequence[Opinion], calibration: Calibration
) -> merged_pb2.MergedScore:
    scale = Scale.of(criterion)
    ratings = _ratings(criterion, scale, opinions, calibration)
    merged = merged_pb2.MergedScore(
        criterion_id=criterion.id,
        agreement=merged_pb2.AGREEMENT_SINGLE,
        raters=[
            merged_pb2.RaterScore(
                model=each.opinion.model,
                raw=each.given.score,
                adjusted=scale.score(each.levels),
                weight=each.weight,
                rationale=each.given.rationale,
            )
            for each in ratings
        ],
    )
    counted = [each for each in ratings if each.weight > 0]
    if not counted:
        return merged
    values = [each.levels for each in counted]
    found = estimate(values, [each.weight for each in counted])
    merged.low = scale.score(found.middle - found.half_range)
    merged.high = scale.score(found.middle + found.half_range)
    merged.effective_raters = found.effective_raters
    if contested(values):
        merged.agreement = merged_pb2.AGREEMENT_CONTESTED
        return merged
    merged.score = scale.score(found.middle)
    near = [abs(value - found.middle) <= policy.AGREEING_LEVELS for value in values]
    merged.agreement = agreement_of(each.opinion for each in compress(counted, near))
    return merged


def _ratings(
    criterion: submission_pb2.Criterion,
    scale: Scale,
    opinions: Sequence[Opinion],
    calibration: Calibration,
) -> list[_Rating]:
    given = [
        (opinion, score)
        for opinion in opinions
        for score in opinion.feedback.scores
        if score.criterion_id == criterion.id and score.HasField("score")
    ]
    if not given:
        return []
    mean = math.fsum(calibration.weight(opinion.model) for opinion, _ in given) / len(given)
    return [
        _Rating(
            opinion,
            score,
            scale.levels(score.score) - calibration.bias(opinion.model, criterion.id),
            calibration.weight(opinion.model) / mean,
        )
        for opinion, score in given
    ]

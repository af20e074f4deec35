"""Estimates how severe and how steady raters are, from the residuals of their earlier scores."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from orchestrator.merge import policy
from orchestrator.merge.calibration import Calibration, RaterProfile


@dataclass(frozen=True, slots=True)
class ResidualSums:
    """The sums of a rater's residuals on one criterion. A residual is a score minus its reference, in levels.

    Attributes:
        count: The number of residuals.
        total: Their sum.
        squares: The sum of their squares.
        relative: The part of `total` whose references were other models, not people.
    """

    count: int = 0
    total: float = 0.0
    squares: float = 0.0
    relative: float = 0.0


RaterRecord = Mapping[str, ResidualSums]
"""One rater's residuals by criterion id."""


def peer_references(levels: Mapping[str, float]) -> dict[str, float]:
    """Returns the reference of each model's score of one criterion that no person has scored.

    The reference is the median of the other models' levels. A model that is alone has none.
    """
    if len(levels) < 2:  # noqa: PLR2004  # one model has no others
        return {}
    return {model: median(each for other, each in levels.items() if other != model) for model in levels}


def calibrate(records: Mapping[str, RaterRecord]) -> Calibration:
    """Returns the calibration of a panel, given the record of each of its models; a new model's is empty."""
    known = {model: record for model, record in sorted(records.items()) if _count(record)}
    if not known:
        return Calibration()
    severities = {
        model: math.fsum(each.total for each in record.values()) / _shrunk_count(_count(record))
        for model, record in known.items()
    }
    # References that are other models show who is more severe, not how severe the whole panel is. So the
    # severities that rest on them are shifted to a mean of 0.
    relative = [
        math.fsum(each.relative for each in record.values()) / _shrunk_count(_count(record))
        for record in known.values()
    ]
    shift = math.fsum(relative) / len(relative)
    variances = dict.fromkeys(records, policy.PRIOR_STANDARD_DEVIATION**2)
    by_criterion = {}
    for model, record in known.items():
        by_criterion[model] = {
            criterion: (each.total - each.count * severities[model]) / _shrunk_count(each.count)
            for criterion, each in sorted(record.items())
        }
        variances[model] = _variance(record, severities[model], by_criterion[model])
    mean_precision = math.fsum(1 / each for each in variances.values()) / len(variances)
    return Calibration.of(
        {
            model: RaterProfile(
                severity=severities[model] - shift if model in known else 0.0,
                by_criterion=by_criterion.get(model, {}),
                standard_deviation=(
                    math.sqrt(variances[model]) if model in known else policy.NEW_RATER_STANDARD_DEVIATION
                ),
                weight=min(
                    max(1 / variances[model] / mean_precision, policy.MIN_RATER_WEIGHT),
                    policy.MAX_RATER_WEIGHT,
                ),
            )
            for model in sorted(records)
        }
    )


def _count(record: RaterRecord) -> int:
    return sum(each.count for each in record.values())


def _shrunk_count(count: int) -> float:
    """Returns the divisor that shrinks a mean towards 0, because few scores prove little."""
    return count + policy.SHRINKAGE_SCORES


def _variance(record: RaterRecord, severity: float, by_criterion: Mapping[str, float]) -> float:
    squares = [policy.SHRINKAGE_SCORES * policy.PRIOR_STANDARD_DEVIATION**2]
    for criterion, each in record.items():
        bias = severity + by_criterion[criterion]
        squares.append(max(each.squares - 2 * bias * each.total + each.count * bias**2, 0.0))
    return math.fsum(squares) / _shrunk_count(_count(record))

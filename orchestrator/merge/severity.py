"""How severe and how steady raters are, from what their earlier scores were held against."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from orchestrator.merge import policy
from orchestrator.merge.calibration import Calibration, Habits

_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Tally:
    """A rater's residuals on one criterion: its scores minus their references, in levels.

    Attributes:
        count: How many there are.
        total: Their sum.
        squares: The sum of their squares.
        relative: The part of `total` whose references were other models, not people.
    """

    count: int = 0
    total: float = 0.0
    squares: float = 0.0
    relative: float = 0.0


Record = Mapping[str, Tally]
"""Tallies by criterion id."""


def peer_references(levels: Mapping[str, float]) -> dict[str, float]:
    """What each model's score of one criterion is held against where no person scored it.

    It is the median of the other models; a model alone has none.
    """
    if len(levels) < 2:  # noqa: PLR2004  # one model has no others
        return {}
    return {model: median(each for other, each in levels.items() if other != model) for model in levels}


def calibrate(records: Mapping[str, Record]) -> Calibration:
    """The habits of a panel, given the record of each of its models; an empty one for a new model."""
    known = {model: record for model, record in sorted(records.items()) if _count(record)}
    if not known:
        return Calibration()
    severities = {
        model: math.fsum(each.total for each in record.values()) / _shrunk(_count(record))
        for model, record in known.items()
    }
    # Models held against each other show who is more severe, not how severe the panel is.
    relative = [
        math.fsum(each.relative for each in record.values()) / _shrunk(_count(record))
        for record in known.values()
    ]
    shift = math.fsum(relative) / len(relative)
    variances = dict.fromkeys(records, policy.PRIOR_DEVIATION**2)
    by_criterion = {}
    for model, record in known.items():
        by_criterion[model] = {
            criterion: (each.total - each.count * severities[model]) / _shrunk(each.count)
            for criterion, each in sorted(record.items())
        }
        variances[model] = _variance(record, severities[model], by_criterion[model])
    mean = math.fsum(1 / each for each in variances.values()) / len(variances)
    habits = {
        model: Habits(
            severity=severities[model] - shift if model in known else 0.0,
            by_criterion=by_criterion.get(model, {}),
            deviation=math.sqrt(variances[model]) if model in known else policy.UNKNOWN_DEVIATION,
            weight=min(max(1 / variances[model] / mean, policy.LEAST_WEIGHT), policy.MOST_WEIGHT),
        )
        for model in sorted(records)
    }
    return Calibration(hashlib.sha256(repr(habits).encode()).hexdigest()[:_ID_LENGTH], habits)


def _count(record: Record) -> int:
    return sum(each.count for each in record.values())


def _shrunk(count: int) -> float:
    """Few scores prove little: as if so many more had been without severity."""
    return count + policy.PRIOR_SCORES


def _variance(record: Record, severity: float, by_criterion: Mapping[str, float]) -> float:
    squares = [policy.PRIOR_SCORES * policy.PRIOR_DEVIATION**2]
    for criterion, each in record.items():
        bias = severity + by_criterion[criterion]
        squares.append(max(each.squares - 2 * bias * each.total + each.count * bias**2, 0.0))
    return math.fsum(squares) / _shrunk(_count(record))

"""Estimates how severe and how steady raters are, from the residuals of their earlier scores."""

import math
from collections.abc import Callable, Mapping
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
        people: The number of people whose scores were references.
        judged: The number of residuals whose references were people.
    """

    count: int = 0
    total: float = 0.0
    squares: float = 0.0
    relative: float = 0.0
    people: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How far what was learned of a model may move its scores, in levels.

    A model with few scores is moved by less, up to `policy.FULL_LIMIT_SCORES` of one criterion.

    Attributes:
        by_peers: Where the references were other models.
        by_person: Where they were people, for each one of them.
        in_all: Both together.
        weighs: Whether the steadier models count more.
    """

    by_peers: float = math.inf
    by_person: float = math.inf
    in_all: float = math.inf
    weighs: bool = True


UNLIMITED = Limits()


RaterRecord = Mapping[str, ResidualSums]
"""One rater's residuals by criterion id."""


def peer_references(levels: Mapping[str, float]) -> dict[str, float]:
    """Returns the reference of each model's score of one criterion that no person has scored.

    The reference is the median of the other models' levels. A model that is alone has none.
    """
    if len(levels) < 2:  # noqa: PLR2004  # one model has no others
        return {}
    return {model: median(each for other, each in levels.items() if other != model) for model in levels}


def calibrate(records: Mapping[str, RaterRecord], limits: Limits = UNLIMITED) -> Calibration:
    """Returns the calibration of a panel, given the record of each of its models; a new model's is empty."""
    known = {model: record for model, record in sorted(records.items()) if _count(record)}
    if not known:
        return Calibration()
    by_people = {
        model: _Bias.of(record, lambda each: each.total - each.relative) for model, record in known.items()
    }
    by_peers = {model: _Bias.of(record, lambda each: each.relative) for model, record in known.items()}
    # References that are other models show who is more severe, not how severe the whole panel is. So the
    # severities that rest on them are shifted to a mean of 0.
    shift = math.fsum(each.severity for each in by_peers.values()) / len(known)
    variances = dict.fromkeys(records, policy.PRIOR_STANDARD_DEVIATION**2)
    severities: dict[str, float] = {}
    by_criterion: dict[str, dict[str, float]] = {model: {} for model in known}
    for criterion in ("", *sorted({each for record in known.values() for each in record})):
        relative = _centred(
            {
                model: _clipped(bias.on(criterion) - shift, limits.by_peers * _share(known[model]))
                for model, bias in by_peers.items()
            }
        )
        for model, record in known.items():
            both = _limited(record, by_people[model].on(criterion), limits) + relative[model]
            bias = _clipped(both, limits.in_all)
            if criterion:
                by_criterion[model][criterion] = bias - severities[model]
            else:
                severities[model] = bias
    for model, record in known.items():
        variances[model] = _variance(record, by_people[model], by_peers[model])
    mean_precision = math.fsum(1 / each for each in variances.values()) / len(variances)
    new = RaterProfile()
    profiles = {}
    for model in sorted(records):
        # Steadiness is believed as far as people have seen it. Models that err alike look steady to each
        # other.
        proven = _share(records[model], judged=True) if limits.weighs and model in known else 0.0
        deviation = math.sqrt(variances[model]) - new.standard_deviation
        profiles[model] = RaterProfile(
            severity=severities.get(model, 0.0),
            by_criterion=by_criterion.get(model, {}),
            standard_deviation=new.standard_deviation + deviation * proven,
            weight=_weight(1 / variances[model] / mean_precision) ** proven,
        )
    return Calibration.of(profiles)


@dataclass(frozen=True, slots=True)
class _Bias:
    """The levels by which a rater's scores are too high: on all criteria, and besides on single ones."""

    severity: float
    by_criterion: Mapping[str, float]

    @classmethod
    def of(cls, record: RaterRecord, total: Callable[[ResidualSums], float]) -> "_Bias":
        severity = math.fsum(map(total, record.values())) / _shrunk_count(_count(record))
        by_criterion = {
            criterion: (total(each) - each.count * severity) / _shrunk_count(each.count)
            for criterion, each in record.items()
        }
        return cls(severity, by_criterion)

    def on(self, criterion: str) -> float:
        """Returns the bias on a criterion; "": on one that it has not judged."""
        return self.severity + self.by_criterion.get(criterion, 0.0)


def _share(record: RaterRecord, *, judged: bool = False) -> float:
    """Returns the share of its limits that a rater's scores are worth: all it has, or those people judged."""
    most = max(each.judged if judged else each.count for each in record.values())
    return min(1.0, most / policy.FULL_LIMIT_SCORES)


def _limited(record: RaterRecord, by_people: float, limits: Limits) -> float:
    # Where there is nobody there is nothing to limit, and infinity times nothing is no number.
    people = max(1, *(each.people for each in record.values()))
    return _clipped(by_people, limits.by_person * people * _share(record))


def _centred(biases: Mapping[str, float]) -> dict[str, float]:
    """Shifts the biases of a panel to a mean of 0, so that they move no score that all its models give."""
    mean = math.fsum(biases.values()) / len(biases)
    return {model: bias - mean for model, bias in biases.items()}


def _clipped(value: float, most: float) -> float:
    return min(max(value, -most), most)


def _weight(relative_precision: float) -> float:
    return min(max(relative_precision, policy.MIN_RATER_WEIGHT), policy.MAX_RATER_WEIGHT)


def _count(record: RaterRecord) -> int:
    return sum(each.count for each in record.values())


def _shrunk_count(count: int) -> float:
    """Returns the divisor that shrinks a mean towards 0, because few scores prove little."""
    return count + policy.SHRINKAGE_SCORES


def _variance(record: RaterRecord, by_people: _Bias, by_peers: _Bias) -> float:
    squares = [policy.SHRINKAGE_SCORES * policy.PRIOR_STANDARD_DEVIATION**2]
    for criterion, each in record.items():
        bias = by_people.on(criterion) + by_peers.on(criterion)
        squares.append(max(each.squares - 2 * bias * each.total + each.count * bias**2, 0.0))
    return math.fsum(squares) / _shrunk_count(_count(record))

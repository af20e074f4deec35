"""Calibrates a panel on works that it has scored."""

from collections.abc import Iterable, Mapping

from orchestrator.calibration.pool import Pools
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.severity import ResidualSums, calibrate, peer_references

ScoredCriterion = tuple[str, Mapping[str, float], float | None]
"""A criterion, the level that each model gave, and the level that a person gave, if one did."""


def learned_calibration(scored: Iterable[ScoredCriterion], models: Iterable[str]) -> Calibration:
    """Returns the calibration of a panel after these scores."""
    records: dict[str, dict[str, ResidualSums]] = {model: {} for model in models}
    for criterion, levels, person in scored:
        peers = peer_references(levels)
        for model, level in levels.items():
            reference = peers.get(model) if person is None else person
            if reference is None or model not in records:
                continue
            residual = level - reference
            before = records[model].get(criterion, ResidualSums())
            records[model][criterion] = ResidualSums(
                before.count + 1,
                before.total + residual,
                before.squares + residual**2,
                before.relative + (residual if person is None else 0.0),
                people=int(person is not None),
                judged=before.judged + (person is not None),
            )
    # As for a caller who has a name, and has one person who scores.
    return calibrate(records, Pools().of("caller").limits)

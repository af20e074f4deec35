"""What a panel's record says after it has scored some works."""

from collections.abc import Iterable, Mapping

from orchestrator.merge.calibration import Calibration
from orchestrator.merge.severity import ResidualSums, calibrate, peer_references

Scored = tuple[str, Mapping[str, float], float | None]
"""A criterion, the levels each model gave, and the level a person gave."""


def learned(scored: Iterable[Scored], models: Iterable[str]) -> Calibration:
    """The calibration of a panel after these scores."""
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
            )
    return calibrate(records)

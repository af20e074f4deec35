"""What is known of the raters before a merge: a snapshot, taken once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.merge import policy


@dataclass(frozen=True, slots=True)
class Habits:
    """How one model scores.

    Attributes:
        severity: Levels by which it scores too high.
        by_criterion: Levels that come on top for single criteria.
        deviation: How far its scores usually stray besides, in levels.
        weight: How much its scores count, beside 1 for the usual one.
    """

    severity: float = 0.0
    by_criterion: Mapping[str, float] = field(default_factory=dict)
    deviation: float = policy.UNKNOWN_DEVIATION
    weight: float = 1.0


_UNKNOWN = Habits()


@dataclass(frozen=True, slots=True)
class Calibration:
    """The habits of the models of a panel. The empty one treats all alike."""

    id: str = "neutral"
    habits: Mapping[str, Habits] = field(default_factory=dict)

    def of(self, model: str) -> Habits:
        """The model's habits."""
        return self.habits.get(model, _UNKNOWN)

    def bias(self, model: str, criterion_id: str) -> float:
        """Levels to take off the model's scores for the criterion."""
        habits = self.of(model)
        return habits.severity + habits.by_criterion.get(criterion_id, 0.0)

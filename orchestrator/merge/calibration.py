"""What is known of the raters before a merge: a snapshot, taken once."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Calibration:
    """How severe and how steady each model is. The empty one treats all alike.

    `biases` maps (model, criterion id) to the levels by which the model scores too high; `weights` maps a
    model to how much its scores count.
    """

    id: str = "neutral"
    biases: Mapping[tuple[str, str], float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)

    def bias(self, model: str, criterion_id: str) -> float:
        """Levels to take off the model's scores for the criterion."""
        return self.biases.get((model, criterion_id), 0.0)

    def weight(self, model: str) -> float:
        """How much the model's scores count, beside 1 for the usual one."""
        return self.weights.get(model, 1.0)

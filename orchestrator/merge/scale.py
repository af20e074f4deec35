"""The scale of a criterion, and its conversion to the levels that all arithmetic is done in."""

from dataclasses import dataclass

from chorus.feedback.v1 import submission_pb2
from orchestrator.merge.policy import SCALE_LEVELS


@dataclass(frozen=True, slots=True)
class Scale:
    """The range from a criterion's lowest score to its highest."""

    lowest: float
    highest: float

    @classmethod
    def of(cls, criterion: submission_pb2.Criterion) -> "Scale":
        """Returns the scale that the criterion's levels span."""
        return cls(criterion.levels[0].score, criterion.levels[-1].score)

    def levels(self, score: float) -> float:
        """Returns how many levels the score is above the lowest, from 0 to 4."""
        return SCALE_LEVELS * (score - self.lowest) / (self.highest - self.lowest)

    def score(self, levels: float) -> float:
        """Returns the score that is so many levels above the lowest, clipped to the scale."""
        score = self.lowest + (self.highest - self.lowest) * levels / SCALE_LEVELS
        return min(max(score, self.lowest), self.highest)

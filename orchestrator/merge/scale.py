"""The scale of a criterion, and the levels all arithmetic is done in."""

from dataclasses import dataclass

from chorus.feedback.v1 import submission_pb2
from orchestrator.merge.policy import LEVELS


@dataclass(frozen=True, slots=True)
class Scale:
    """From the criterion's lowest score to its highest."""

    lowest: float
    highest: float

    @classmethod
    def of(cls, criterion: submission_pb2.Criterion) -> "Scale":
        """The criterion's own scale."""
        return cls(criterion.levels[0].score, criterion.levels[-1].score)

    def levels(self, score: float) -> float:
        """Levels above the lowest score, 0 to 4."""
        return LEVELS * (score - self.lowest) / (self.highest - self.lowest)

    def score(self, levels: float) -> float:
        """The score so many levels up, kept on the scale."""
        score = self.lowest + (self.highest - self.lowest) * levels / LEVELS
        return min(max(score, self.lowest), self.highest)

"""What is known of the raters before a merge, as a snapshot that is taken once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.merge import policy

NO_CALIBRATION = "none"
"""The id of the calibration that holds no profile."""

_ID_LENGTH = 12


@dataclass(frozen=True, slots=True)
class RaterProfile:
    """How one model usually scores.

    Attributes:
        severity: The levels by which its scores are too high.
        by_criterion: The levels that come on top of `severity` for single criteria.
        standard_deviation: How far its scores spread besides, in levels.
        weight: How much its scores count, where 1 is usual.
    """

    severity: float = 0.0
    by_criterion: Mapping[str, float] = field(default_factory=dict)
    standard_deviation: float = policy.NEW_RATER_STANDARD_DEVIATION
    weight: float = 1.0


_NEW_RATER = RaterProfile()


@dataclass(frozen=True, slots=True)
class Calibration:
    """The profiles of a panel's models. The empty calibration treats all models alike."""

    id: str = NO_CALIBRATION
    profiles: Mapping[str, RaterProfile] = field(default_factory=dict)

    @classmethod
    def of(cls, profiles: Mapping[str, RaterProfile]) -> "Calibration":
        """Makes the calibration whose id is the hash of the profiles."""
        numbers = [
            (model, each.severity, sorted(each.by_criterion.items()), each.standard_deviation, each.weight)
            for model, each in sorted(profiles.items())
        ]
        return cls(hashlib.sha256(repr(numbers).encode()).hexdigest()[:_ID_LENGTH], profiles)

    def profile(self, model: str) -> RaterProfile:
        """Returns the model's profile, or that of a new rater."""
        return self.profiles.get(model, _NEW_RATER)

    def bias(self, model: str, criterion_id: str) -> float:
        """Returns the levels to subtract from the model's scores of the criterion."""
        profile = self.profile(model)
        return profile.severity + profile.by_criterion.get(criterion_id, 0.0)

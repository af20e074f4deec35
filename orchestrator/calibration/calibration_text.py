"""A calibration as a text of numbers and hashes, to be kept and used again."""

import hashlib
import json

from chorus.feedback.v1 import submission_pb2
from orchestrator.merge.calibration import Calibration, RaterProfile

_HASH_LENGTH = 16


def to_text(calibration: Calibration) -> str:
    """Returns the profiles as JSON, exact to the last digit, with hashes of the criteria's ids."""
    return json.dumps(
        {
            model: [
                each.severity,
                {_hash(criterion_id): levels for criterion_id, levels in each.by_criterion.items()},
                each.standard_deviation,
                each.weight,
            ]
            for model, each in calibration.profiles.items()
        }
    )


def from_text(version: str, text: str, rubric: submission_pb2.Rubric) -> Calibration:
    """Returns the calibration of that id, for a submission that is judged by a rubric.

    Criteria that the rubric of the first answer did not have are judged as severely as all others.
    """
    by_hash = {_hash(each.id): each.id for each in rubric.criteria}
    profiles = {
        model: RaterProfile(
            severity=severity,
            by_criterion={by_hash[key]: levels for key, levels in by_criterion.items() if key in by_hash},
            standard_deviation=standard_deviation,
            weight=weight,
        )
        for model, (severity, by_criterion, standard_deviation, weight) in json.loads(text).items()
    }
    return Calibration(version, profiles)


def _hash(criterion_id: str) -> str:
    return hashlib.sha256(criterion_id.encode()).hexdigest()[:_HASH_LENGTH]

"""Computes how much each point matters, so that what matters most comes first."""

import math
from collections.abc import Mapping, Sequence

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge import policy
from orchestrator.merge.candidate import MergeCandidate
from orchestrator.merge.scale import Scale
from orchestrator.rubrics.rubric import criterion_weight


def criterion_levels(
    rubric: submission_pb2.Rubric, scores: Sequence[merged_pb2.MergedScore]
) -> dict[str, float]:
    """Returns the levels that the submission reached, for the criteria that have a score."""
    return {
        criterion.id: Scale.of(criterion).levels(score.score)
        for criterion, score in zip(rubric.criteria, scores, strict=True)
        if score.HasField("score")
    }


def relative_criterion_weights(rubric: submission_pb2.Rubric) -> dict[str, float]:
    """Returns the criteria's weights as multiples of their mean.

    So a rubric in points and the same rubric in per cent order points alike.
    """
    mean = math.fsum(map(criterion_weight, rubric.criteria)) / len(rubric.criteria)
    return {
        each.id: max(criterion_weight(each) / mean, policy.MIN_CRITERION_WEIGHT) for each in rubric.criteria
    }


def importance(
    candidates: Sequence[MergeCandidate], weights: Mapping[str, float], levels: Mapping[str, float]
) -> float:
    """Returns how much the point that the candidates form matters.

    Every factor is the highest that any of the candidates gives, or grows with the number of families. So one
    more model that says the same never makes a point matter less.
    """
    families = {opinion.family for each in candidates for opinion in each.opinions}
    return (
        max(max(each.point.severity, feedback_pb2.SEVERITY_MINOR) for each in candidates)
        * max(weights.get(each.point.criterion_id, 1.0) * (1 + _need(each, levels)) for each in candidates)
        * (1 + policy.FAMILY_BONUS * (len(families) - 1))
        * max(map(_confidence, candidates))
    )


def _need(candidate: MergeCandidate, levels: Mapping[str, float]) -> float:
    """Returns from 0 to 1: praise is needed where the submission is good, anything else where it is not."""
    reached = levels.get(candidate.point.criterion_id)
    if reached is None:
        return policy.NEED_WITHOUT_SCORE
    return (reached if candidate.is_strength else policy.SCALE_LEVELS - reached) / policy.SCALE_LEVELS


def _confidence(candidate: MergeCandidate) -> float:
    if candidate.span is None:
        return policy.UNQUOTED_CONFIDENCE
    return policy.MATCH_CONFIDENCES[candidate.point.anchor.match - 1]

"""What matters most comes first."""

import math
from collections.abc import Mapping, Sequence

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge import policy
from orchestrator.merge.candidate import Statement
from orchestrator.merge.scale import Scale
from orchestrator.rubrics.rubric import weight


def criterion_levels(
    rubric: submission_pb2.Rubric, scores: Sequence[merged_pb2.MergedScore]
) -> dict[str, float]:
    """The levels reached, for the criteria that have a score."""
    return {
        criterion.id: Scale.of(criterion).levels(score.score)
        for criterion, score in zip(rubric.criteria, scores, strict=True)
        if score.HasField("score")
    }


def criterion_weights(rubric: submission_pb2.Rubric) -> dict[str, float]:
    """The criteria's weights beside their mean, so that rubrics in points and in per cent order alike."""
    mean = math.fsum(map(weight, rubric.criteria)) / len(rubric.criteria)
    return {each.id: max(weight(each) / mean, policy.MIN_WEIGHT) for each in rubric.criteria}


def importance(
    statements: Sequence[Statement], weights: Mapping[str, float], levels: Mapping[str, float]
) -> float:
    """How much a point matters.

    Every factor is the highest any of its members gives, or grows with the families: one more model that says
    the same never makes it matter less.
    """
    families = {opinion.family for each in statements for opinion in each.opinions}
    return (
        max(max(each.point.severity, feedback_pb2.SEVERITY_MINOR) for each in statements)
        * max(weights.get(each.point.criterion_id, 1.0) * (1 + _need(each, levels)) for each in statements)
        * (1 + policy.FAMILY_BONUS * (len(families) - 1))
        * max(map(_trust, statements))
    )


def _need(statement: Statement, levels: Mapping[str, float]) -> float:
    """Praise counts where the work is good, all else where it is not."""
    reached = levels.get(statement.point.criterion_id)
    if reached is None:
        return policy.NEED_WITHOUT_SCORE
    return (reached if statement.strength else policy.LEVELS - reached) / policy.LEVELS


def _trust(statement: Statement) -> float:
    if statement.place is None:
        return policy.UNQUOTED_TRUST
    return policy.MATCH_TRUST[statement.point.anchor.match - 1]

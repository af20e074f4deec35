"""How far models agree. Families are counted: models of one family make the same mistakes."""

from collections.abc import Iterable

from chorus.feedback.v1 import merged_pb2
from orchestrator.merge import policy
from orchestrator.merge.candidate import Statement, overlap
from orchestrator.merge.opinion import Opinion

_CONSENSUS_MODELS = 3
_CONSENSUS_FAMILIES = 2


def agreement_of(opinions: Iterable[Opinion]) -> merged_pb2.Agreement.ValueType:
    """How far those agree who say the same."""
    behind = list(opinions)
    models = {each.model for each in behind}
    families = {each.family for each in behind}
    if len(families) < _CONSENSUS_FAMILIES:
        return merged_pb2.AGREEMENT_SINGLE
    if len(models) < _CONSENSUS_MODELS:
        return merged_pb2.AGREEMENT_SUPPORTED
    return merged_pb2.AGREEMENT_CONSENSUS


def contradict(praise: Statement, criticism: Statement) -> bool:
    """Whether one model praises what a different one criticises."""
    if not (praise.strength and criticism.improvement and _same_matter(praise, criticism)):
        return False
    if {each.model for each in praise.opinions} == {each.model for each in criticism.opinions}:
        return False
    shared = overlap(praise, criticism)
    if shared is None:
        # Both about the whole is the same passage; a passage and the whole are not.
        return praise.place is None and criticism.place is None
    return shared >= policy.CONTRADICTION_OVERLAP


def _same_matter(one: Statement, other: Statement) -> bool:
    if one.point.issue == other.point.issue:
        return True
    same_criterion = one.point.criterion_id == other.point.criterion_id != ""
    return same_criterion and one.group == other.group

"""How far models agree. Families are counted, because models of one family make the same mistakes."""

from collections.abc import Iterable

from chorus.feedback.v1 import merged_pb2
from orchestrator.merge import policy
from orchestrator.merge.candidate import MergeCandidate, overlap
from orchestrator.merge.opinion import Opinion

_CONSENSUS_MODELS = 3
_CONSENSUS_FAMILIES = 2


def agreement_of(opinions: Iterable[Opinion]) -> merged_pb2.Agreement.ValueType:
    """Returns how far the models agree whose opinions say the same."""
    agreeing = list(opinions)
    models = {each.model for each in agreeing}
    families = {each.family for each in agreeing}
    if len(families) < _CONSENSUS_FAMILIES:
        return merged_pb2.AGREEMENT_SINGLE
    if len(models) < _CONSENSUS_MODELS:
        return merged_pb2.AGREEMENT_SUPPORTED
    return merged_pb2.AGREEMENT_CONSENSUS


def contradict(praise: MergeCandidate, criticism: MergeCandidate) -> bool:
    """Returns whether one model praises what a different model criticises, of one of their `subjects`."""
    if {each.model for each in praise.opinions} == {each.model for each in criticism.opinions}:
        return False
    shared = overlap(praise, criticism)
    if shared is None:
        # Two points about the whole text share their place. A point about a passage shares it with neither.
        return praise.span is None and criticism.span is None
    return shared >= policy.CONTRADICTION_MIN_OVERLAP


def subjects(candidate: MergeCandidate) -> list[tuple[str, ...]]:
    """Returns what a point is about: its issue, and its criterion and the issue's group.

    Points that share one of them may contradict each other.
    """
    criterion = candidate.point.criterion_id
    return [(candidate.point.issue,), *([(criterion, candidate.group)] if criterion else [])]

"""Which issues can name one problem, although models choose different ones of the closed list."""

from modelkit.answer_form.issues import OTHER
from orchestrator.merge.candidate import MergeCandidate

# Issues of different groups that named one problem as often as not, on pairs of points that people labelled.
_RELATED_ACROSS_GROUPS = frozenset(
    frozenset(pair)
    for pair in (
        ("citation", "evidence_missing"),
        ("evidence_irrelevant", "paragraph_focus"),
        ("evidence_irrelevant", "off_task"),
        ("paragraph_focus", "off_task"),
        ("order_logic", "reason_weak"),
        ("claim_unclear", "missing_requirement"),
        ("claim_unclear", "conclusion"),
        ("claim_unclear", "introduction"),
        ("depth", "missing_requirement"),
        ("depth", "conclusion"),
        ("punctuation", "sentence_error"),
        ("punctuation", "register_mix"),
        ("spelling", "sentence_error"),
    )
)
# A second problem of such an issue that stands elsewhere is another problem.
_LOCAL = frozenset({"spelling", "spacing", "punctuation", "citation", "sentence_error", "word_choice"})


def are_compatible(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the issues can name one problem: one group, two related groups, or one is `other`."""
    return (
        one.group == other.group or OTHER in {one.group, other.group} or are_related_across_groups(one, other)
    )


def are_related_across_groups(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the issues belong to different groups and name one problem all the same."""
    return frozenset({one.point.issue, other.point.issue}) in _RELATED_ACROSS_GROUPS


def is_local(candidate: MergeCandidate) -> bool:
    """Returns whether the problem lies in the very words that the point anchors."""
    return candidate.point.issue in _LOCAL

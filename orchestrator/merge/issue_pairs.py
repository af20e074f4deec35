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
        ("spelling", "word_choice"),
    )
)
# Issues of one group that seldom name one problem: who mends the first still has the second.
_UNRELATED_IN_GROUP = frozenset(
    frozenset(pair)
    for pair in (
        ("claim_unclear", "evidence_irrelevant"),
        ("claim_unclear", "evidence_missing"),
        ("claim_unclear", "factual_error"),
        ("concision", "register_mix"),
        ("concision", "word_choice"),
        ("conclusion", "introduction"),
        ("conclusion", "transition"),
        ("counterview_missing", "evidence_irrelevant"),
        ("counterview_missing", "evidence_missing"),
        ("counterview_missing", "factual_error"),
        ("depth", "evidence_irrelevant"),
        ("depth", "factual_error"),
        ("evidence_irrelevant", "evidence_missing"),
        ("evidence_irrelevant", "factual_error"),
        ("evidence_missing", "factual_error"),
        ("introduction", "transition"),
        ("length_format", "missing_requirement"),
        ("length_format", "off_task"),
        ("register_mix", "repetition"),
        ("repetition", "sentence_error"),
        ("repetition", "word_choice"),
    )
)
# Two conventions are two problems, but for what one calls spelling and another by its name.
_ONE_CONVENTION = frozenset({frozenset({"punctuation", "spelling"}), frozenset({"spacing", "spelling"})})
_CONVENTIONS = frozenset({"citation", "punctuation", "spacing", "spelling"})
# What a text has once: whether a point quotes a part of it or nothing, it is about the same.
_SINGULAR = frozenset({"claim_unclear", "conclusion", "counterview_missing", "introduction", "length_format"})

# Problems of the form of single words.
_FORMAL = frozenset({"spelling", "spacing", "punctuation", "citation", "sentence_error", "word_choice"})


def are_two_conventions(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the issues are two conventions, such as spelling and citation: always two problems."""
    issues = frozenset({one.point.issue, other.point.issue})
    return len(issues) > 1 and issues <= _CONVENTIONS and issues not in _ONE_CONVENTION


def are_across_groups(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the issues belong to different groups, of which `other` is none."""
    return one.group != other.group and OTHER not in {one.group, other.group}


def are_related(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the issues belong to different groups and often name one problem all the same."""
    return frozenset({one.point.issue, other.point.issue}) in _RELATED_ACROSS_GROUPS


def are_unrelated_in_group(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the issues belong to one group and seldom name one problem all the same."""
    return frozenset({one.point.issue, other.point.issue}) in _UNRELATED_IN_GROUP


def is_singular(issue: str) -> bool:
    """Returns whether a text has only one thing that such a problem can be about."""
    return issue in _SINGULAR


def is_formal(candidate: MergeCandidate) -> bool:
    """Returns whether the problem lies in the form of single words, so that two words are two problems."""
    return candidate.point.issue in _FORMAL

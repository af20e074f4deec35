"""Which issues can name one problem, though each model calls it by another word of the list."""

from modelkit.answer_form.issues import OTHER
from orchestrator.merge.candidate import Statement

# Across groups: on pairs that people labelled, these words named one problem as often as not.
_KIN = frozenset(
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
# Such a problem is where it is: a second one elsewhere is another one.
_LOCAL = frozenset({"spelling", "spacing", "punctuation", "citation", "sentence_error", "word_choice"})


def may_be_one(one: Statement, other: Statement) -> bool:
    """Whether the two issues are of one group, or kin."""
    return one.group == other.group or OTHER in {one.group, other.group} or are_kin(one, other)


def are_kin(one: Statement, other: Statement) -> bool:
    """Whether the issues are of two groups and name one problem all the same."""
    return frozenset({one.point.issue, other.point.issue}) in _KIN


def is_local(statement: Statement) -> bool:
    """Whether the problem is in these very words."""
    return statement.point.issue in _LOCAL

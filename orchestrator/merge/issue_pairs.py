"""What the issues of two points say of whether they are the same, before a word of them is read."""

from modelkit.answer_form.issues import OTHER
from orchestrator.merge.candidate import MergeCandidate

# Two conventions are two problems, but for what one calls spelling and another by its name.
_ONE_CONVENTION = frozenset({frozenset({"punctuation", "spelling"}), frozenset({"spacing", "spelling"})})
_CONVENTIONS = frozenset({"citation", "punctuation", "spacing", "spelling"})
# What a text has once: whether a point quotes a part of it or nothing, it is about the same.
_SINGULAR = frozenset({"conclusion", "counterview_missing", "introduction", "length_format"})

# Problems of the form of single words.
_FORMAL = frozenset({"spelling", "spacing", "punctuation", "citation", "sentence_error", "word_choice"})


def are_two_conventions(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the issues are two conventions, such as spelling and citation: always two problems."""
    issues = frozenset({one.point.issue, other.point.issue})
    return len(issues) > 1 and issues <= _CONVENTIONS and issues not in _ONE_CONVENTION


def are_across_groups(one: MergeCandidate, other: MergeCandidate) -> bool:
    """Returns whether the issues belong to different groups, of which `other` is none."""
    return one.group != other.group and OTHER not in {one.group, other.group}


def issue_pair(one: str, other: str) -> str:
    """Returns the name of two issues, in whichever order they come."""
    return f"{min(one, other)} + {max(one, other)}"


def is_singular(issue: str) -> bool:
    """Returns whether a text has only one thing that such a problem can be about."""
    return issue in _SINGULAR


def is_formal(candidate: MergeCandidate) -> bool:
    """Returns whether the problem lies in the form of single words, so that two words are two problems."""
    return candidate.point.issue in _FORMAL

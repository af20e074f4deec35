"""What tells whether two points are the same: place, issue, subject and remedy, each as a number.

The similarity of two points is the sum of these numbers and of how alike their words are, times the weights
of the policy: the log-odds that the points are the same. `python -m bench.evaluate.learn` learns the weights.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from chorus.feedback.v1.feedback_pb2 import POLARITY_QUESTION
from modelkit.answer_form.issues import OTHER
from orchestrator.merge import policy
from orchestrator.merge.candidate import MergeCandidate, overlap
from orchestrator.merge.issue_pairs import are_across_groups, is_formal, is_singular, issue_pair
from orchestrator.merge.remedies import Remedy, remedy_of, stems
from orchestrator.merge.subjects import ADD, CUT, ISSUE_SUBJECTS, requests_of, subjects_of

# How similar the words of two points are, without those of their quotations and with them.
OWN_WORDS = "own words"
ALL_WORDS = "all words"
_APART = "apart"
WORDS_FEATURES = tuple((f"{before}{OWN_WORDS}", f"{before}{ALL_WORDS}") for before in ("", f"{_APART}, "))
# Where points stand apart, what one of them says alone tells nothing.
_OF_ONE_POINT = ("one asks ", "one speaks ")
# Longer quotations are the writer's words, or what they should be; a short one names a particle or an ending.
# It begins as the pattern in `remedies.py` does.
_LONG_QUOTATION = re.compile(
    r"""["“'‘](?:(?<=["“])[^"”“]{7,300}["”]|(?<=['‘])(?<!\w['‘])[^'’‘]{7,300}['’])"""
)


@dataclass(frozen=True, slots=True)
class PointContent:
    """What a point says, read once for all pairs that it is in.

    Attributes:
        candidate: The point.
        said: Its observation and its next step.
        quoted: The stems of its quotation.
        subjects: What its words are about.
        issue_subjects: What its issue is about; nothing for `other`.
        asks_for: What its next step asks for.
        remedy: What it would change in the words of the text.
    """

    candidate: MergeCandidate
    said: str
    quoted: frozenset[str]
    subjects: frozenset[str]
    issue_subjects: frozenset[str]
    asks_for: frozenset[str]
    remedy: Remedy

    @classmethod
    def of(cls, candidate: MergeCandidate, language_code: str) -> "PointContent":
        """Reads a point."""
        point = candidate.point
        next_step = point.next_step
        said = f"{point.observation}\n{next_step}"
        quoted = stems(point.anchor.quote)
        return cls(
            candidate=candidate,
            said=said,
            quoted=frozenset(quoted),
            subjects=subjects_of(_LONG_QUOTATION.sub(" ", said), language_code),
            issue_subjects=ISSUE_SUBJECTS.get(point.issue, frozenset()),
            asks_for=requests_of(next_step, language_code),
            remedy=remedy_of(said, point.suggested_rewrite, quoted),
        )

    @property
    def own_words(self) -> str:
        """The words of the point but for those of its quotation, which tell where it stands."""
        return " ".join([each for each in stems(self.said) if each not in self.quoted])


def similarity(features: Mapping[str, float]) -> float:
    """Returns the log-odds that two points of such features are the same."""
    weights = policy.PAIR_WEIGHTS
    known = [weights[name] * value for name, value in features.items() if name in weights]
    return policy.PAIR_INTERCEPT + math.fsum(known)


def weight_of(name: str) -> float:
    """Returns the weight of a feature; 0 for two issues, or a subject, that no learned pair had."""
    return policy.PAIR_WEIGHTS.get(name, 0.0)


def pair_features(one: PointContent, other: PointContent) -> Mapping[str, float]:
    """Returns the features of two points by their names; those that are left out are 0.

    Points whose quotations do not meet have features of their own. They name a sentence in common.
    """
    features = {
        **_place(one.candidate, other.candidate),
        **_kind(one.candidate, other.candidate),
        **_subjects(one, other),
        **_remedies(one, other),
    }
    if overlap(one.candidate, other.candidate) == 0.0:
        told = {
            name: value for name, value in features.items() if value and not name.startswith(_OF_ONE_POINT)
        }
        return {_APART: 1.0, **{f"{_APART}, {name}": value for name, value in told.items()}}
    return {issue_pair(one.candidate.point.issue, other.candidate.point.issue): 1.0, **features}


def words_feature(name: str, features: Mapping[str, float]) -> str:
    """Returns the name of the weight of `OWN_WORDS` or `ALL_WORDS` for two points with such features."""
    return f"{_APART}, {name}" if _APART in features else name


def _place(one: MergeCandidate, other: MergeCandidate) -> Mapping[str, float]:
    if one.span is None or other.span is None:
        whole = one.span == other.span
        if one.point.issue == other.point.issue != OTHER and (whole or is_singular(one.point.issue)):
            return {"whole text, one issue": 1.0}
        return {"whole text, two issues" if whole else "whole and part": 1.0}
    # A result that was kept before points had sentences has none.
    are_known = bool(one.sentences and other.sentences)
    return {
        "overlap": overlap(one, other) or 0.0,
        "longer quotation": math.log(max(end - start for start, end in (one.span, other.span))),
        "shared sentences": _shared_part(one.sentences, other.sentences) if are_known else 1.0,
        "more sentences": math.log(max(len(one.sentences), len(other.sentences), 1)),
    }


def _shared_part(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)


def _kind(one: MergeCandidate, other: MergeCandidate) -> Mapping[str, float]:
    return {
        "two issues": float(one.point.issue != other.point.issue),
        "across groups": float(are_across_groups(one, other)),
        "both praise": float(one.is_strength and other.is_strength),
        "one is a question": float(POLARITY_QUESTION in {one.point.polarity, other.point.polarity}),
    }


def _subjects(one: PointContent, other: PointContent) -> Mapping[str, float]:
    shared = one.subjects & other.subjects
    named = bool(one.subjects & other.issue_subjects) + bool(other.subjects & one.issue_subjects)
    unsaid = OTHER in {one.candidate.point.issue, other.candidate.point.issue}
    return {
        "issue unsaid": float(unsaid and not shared and not named),
        "names the other's issue": named / 2,
        "no shared subject": float(_are_apart(one.subjects, other.subjects)),
        **{f"both speak of {subject}": 1.0 for subject in shared},
        **{f"one speaks of {subject}": 1.0 for subject in one.subjects ^ other.subjects},
    }


def _remedies(one: PointContent, other: PointContent) -> Mapping[str, float]:
    first, second = one.remedy, other.remedy
    same_new_words = not first.new_words.isdisjoint(second.new_words)
    # Who puts the same words in speaks of the same fault, whichever words of the passage the point names.
    other_words = not same_new_words and _are_apart(first.words_in_question, second.words_in_question)
    formal = is_formal(one.candidate) and is_formal(other.candidate)
    return {
        "asks for another thing": float(_are_apart(one.asks_for, other.asks_for)),
        **{f"both ask {request}": 1.0 for request in one.asks_for & other.asks_for},
        **{f"one asks {request}": 1.0 for request in one.asks_for ^ other.asks_for},
        "contrary advice": float(_are_contrary(one.asks_for, other.asks_for)),
        "same new words": float(same_new_words),
        "other new words": float(_are_apart(first.new_words, second.new_words)),
        "other words of form" if formal else "other words in question": float(other_words),
        "both rewrite": float(first.rewrites and second.rewrites),
        "one rewrites": float(first.rewrites != second.rewrites),
    }


def _are_contrary(one: frozenset[str], other: frozenset[str]) -> bool:
    """Returns whether one asks to cut what the other asks to say more of."""
    return {each & {CUT, ADD} for each in (one, other)} == {frozenset({CUT}), frozenset({ADD})}


def _are_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    """Returns whether both hold something, and nothing in common."""
    return bool(one and other) and one.isdisjoint(other)

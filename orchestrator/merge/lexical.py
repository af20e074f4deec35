"""How alike two observations are worded, against what is usual for the language."""

from collections.abc import Callable, Sequence

from rapidfuzz import fuzz, utils

from orchestrator.merge import policy
from orchestrator.work.korean import kiwi
from orchestrator.work.language import primary_subtag

# Nouns, verbs, adjectives, adverbs, roots and foreign words carry the matter; the rest is grammar.
_CONTENT_TAGS = ("NN", "NR", "VV", "VA", "MA", "XR", "SL", "SN")

Likeness = Callable[[int, int], float]


def likeness(observations: Sequence[str], language_code: str) -> Likeness:
    """A function of two places in `observations`: standard deviations above the usual similarity, clipped."""
    if primary_subtag(language_code) == "ko":
        return _korean(observations)
    return _other(observations)


def _korean(observations: Sequence[str]) -> Likeness:
    morphemes = [
        {token.form for token in tokens if token.tag.startswith(_CONTENT_TAGS)}
        for tokens in kiwi().tokenize(list(observations))
    ]

    def alike(one: int, other: int) -> float:
        size = len(morphemes[one]) + len(morphemes[other])
        shared = 2 * len(morphemes[one] & morphemes[other]) / size if size else 0.0
        return _standard(shared, policy.LEXICAL_KOREAN)

    return alike


def _other(observations: Sequence[str]) -> Likeness:
    words = [" ".join(sorted(utils.default_process(each).split())) for each in observations]

    def alike(one: int, other: int) -> float:
        return _standard(fuzz.ratio(words[one], words[other]) / 100, policy.LEXICAL_OTHER)

    return alike


def _standard(similarity: float, usual: policy.Distribution) -> float:
    deviations = (similarity - usual.mean) / usual.deviation
    return min(max(deviations, -policy.LEXICAL_LIMIT), policy.LEXICAL_LIMIT)

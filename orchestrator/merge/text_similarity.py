"""How alike two observations are worded, against what is usual for the language."""

from collections.abc import Callable, Sequence

from rapidfuzz import utils

from modelkit.language import primary_subtag
from orchestrator.merge import policy
from orchestrator.submission.korean import kiwi

# Nouns, verbs, adjectives, adverbs, roots and foreign words carry the matter; the rest is grammar.
_CONTENT_TAGS = ("NN", "NR", "VV", "VA", "MA", "XR", "SL", "SN")
# On comments of human raters, runs of four letters told same from different better than whole words did.
_RUN = 4

Likeness = Callable[[int, int], float]


def likeness(observations: Sequence[str], language_code: str) -> Likeness:
    """A function of two places in `observations`: deviations above the usual similarity, clipped."""
    korean = primary_subtag(language_code) == "ko"
    features = _morphemes(observations) if korean else list(map(_runs, observations))
    usual = policy.LEXICAL_KOREAN if korean else policy.LEXICAL_OTHER

    def alike(one: int, other: int) -> float:
        size = len(features[one]) + len(features[other])
        shared = 2 * len(features[one] & features[other]) / size if size else 0.0
        deviations = (shared - usual.mean) / usual.deviation
        return min(max(deviations, -policy.LEXICAL_LIMIT), policy.LEXICAL_LIMIT)

    return alike


def _morphemes(observations: Sequence[str]) -> list[frozenset[str]]:
    return [
        frozenset(token.form for token in tokens if token.tag.startswith(_CONTENT_TAGS))
        for tokens in kiwi().tokenize(list(observations))
    ]


def _runs(observation: str) -> frozenset[str]:
    text = utils.default_process(observation)
    return frozenset(text[start : start + _RUN] for start in range(max(len(text) - _RUN + 1, 1)))

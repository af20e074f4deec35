"""Compares the words of two observations with what is usual for the language."""

from collections.abc import Sequence

import regex
from rapidfuzz import utils

from modelkit.language import primary_subtag
from orchestrator.merge import policy

# A Korean word begins with its stem and ends with its particles and endings. Nearly all stems tell themselves
# by two syllables.
_STEM_LENGTH = 2
_WORD = regex.compile(r"\w+")
# On comments of human raters, n-grams of four letters told same from different better than whole words did.
_NGRAM_LENGTH = 4


class TextSimilarity:
    """The similarity of every two texts of a list, by the features that they share.

    The features of a Korean text are the beginnings of its words, those of any other its character n-grams.
    """

    def __init__(self, texts: Sequence[str], language_code: str) -> None:
        korean = primary_subtag(language_code) == "ko"
        self._features = list(map(_stems if korean else _ngrams, texts))
        self._usual = policy.KOREAN_TEXT_SIMILARITY if korean else policy.OTHER_TEXT_SIMILARITY

    def z_score(self, one: int, other: int) -> float:
        """Returns the Dice coefficient of two texts, in standard deviations above the usual one, clipped."""
        first, second = self._features[one], self._features[other]
        size = len(first) + len(second)
        dice = 2 * len(first & second) / size if size else 0.0
        z_score = (dice - self._usual.mean) / self._usual.standard_deviation
        return min(max(z_score, -policy.MAX_TEXT_SIMILARITY_Z_SCORE), policy.MAX_TEXT_SIMILARITY_Z_SCORE)


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM_LENGTH] for word in _WORD.findall(text.lower()))


def _ngrams(text: str) -> frozenset[str]:
    plain = utils.default_process(text)
    # To join letters that stand in a row takes half the time of slicing.
    rows = zip(*(plain[start:] for start in range(_NGRAM_LENGTH)), strict=False)
    return frozenset(map("".join, rows)) or frozenset([plain])

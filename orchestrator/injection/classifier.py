"""Finds passages by their words that stand apart from the rest of a submission and may speak to its assessor.

The classifier is a logistic regression. Its features are patterns, which are the regular expressions of
`classifier_patterns.txt`, pairs of patterns, words and their stems. What is common in the rest of the
submission is left out, so an essay about marks may speak of marks. `python -m bench.injection.learn` learned
the weights. What is doubtful by its words, `meaning` decides.
"""

import functools
import math
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import accumulate, chain, combinations, repeat
from typing import TypeVar

from orchestrator.injection.pattern_set import PatternSet
from orchestrator.submission.reading import SubmissionReading
from orchestrator.submission.reading_threads import Checkpoint, going_on

# A longer sentence is cut into overlapping segments of this length, which start at every step.
_MAX_SENTENCE_LENGTH = 400
_SEGMENT_LENGTH = 300
_SEGMENT_STEP = 200
# A demand is rarely longer than such a window.
_MAX_SEGMENTS = 3
_MAX_WINDOW_LENGTH = 700
# Each segment after the first lowers the logit: of harmless sentences, too, some three add up to a demand.
FURTHER_SEGMENT_PENALTY = 1.0
# Segments this near to a window are not counted as the rest, so what a demand says twice still counts.
_NEIGHBOURHOOD = 2
# A feature is common if it occurs in so many segments of the rest, or in such a share of them if that is
# more.
_COMMON_COUNT = 2
_COMMON_SHARE = 0.08

# A window is doubtful above this. Of attacks below it one in a hundred would be flagged by its meaning, at
# half as many passages again that are read.
DOUBT = -1.0
# In a text of more segments some are doubtful by chance, so less is doubtful there.
_MANY_SEGMENTS, _DOUBT_IN_A_LONG_TEXT = 60, -0.5
# A sum of sums is off by less than this.
_ROUNDING = 1e-6

WindowPlace = tuple[int, int, int]
"""The index of a window's first segment, how many it has, and the sum of their lengths."""

T = TypeVar("T")

_CLOSING_MARKS = frozenset(".!?…。｡！？．」』)]}»\"'”’")
_LINE_END = re.compile(r"\r\n|[\n\v\f\r\x85\u2028\u2029]")
_LINE_CONTINUATION = re.compile(r"\n[ \t]+")
_DEFINITION = re.compile(r"([A-Z_]+)(?: (en|ko|other))? = (.*)")
_WORD = re.compile(r"[a-z']+|[가-힣]+")
_SYLLABLE = re.compile("[가-힣]")
_SCRIPTS = {"en": re.compile("[a-z]"), "ko": _SYLLABLE, "other": re.compile(r"[^\W\d_]")}
_KOREAN_NGRAM_LENGTHS = (2, 3, 4)
# A stem is so many first letters of a Latin word, or first syllables of a Korean one.
_LATIN_STEM, _KOREAN_STEM = 5, 2
# The parts of so many words are kept.
_WORDS_KEPT = 10_000
LENGTH = "LENGTH"
BIAS = "BIAS"


@dataclass(frozen=True, slots=True)
class TextSegment:
    """A sentence, or a part of a long one.

    Attributes:
        start: Where it starts in the visible text.
        end: Where it ends there.
        features: The patterns, in upper case, and the words that occur in it.
        length: Its length in letters, of which a Korean syllable counts two.
        text: The folded text.
        paragraph: The number of its paragraph, which ends with a line that ends in a mark: the end of
            another line takes nothing apart. The next number is left out where an empty line follows.
    """

    start: int
    end: int
    features: frozenset[str]
    length: int
    text: str = ""
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class SegmentWindow:
    """Some adjacent segments.

    Attributes:
        first: The index of the first segment.
        count: The number of segments.
        distinct: The features of the segments that are not common in the rest of the submission.
        length: The sum of the segments' lengths.
    """

    first: int
    count: int
    distinct: frozenset[str]
    length: int

    def features(self) -> Iterable[str]:
        """Returns what may have a weight: patterns, words and pairs of patterns."""
        patterns = sorted(filter(str.isupper, self.distinct))
        return chain(self.distinct, map("+".join, combinations(patterns, 2)))


def doubtful_windows(
    segments: Sequence[TextSegment], check: Checkpoint = going_on
) -> list[tuple[float, SegmentWindow]]:
    """Returns the windows whose words leave a doubt, each after its log odds."""
    weights = _weights()
    least = doubt(len(segments))
    places = _checked(doubtful_places(segments, weights), check)
    logits = ((logit(window, weights), window) for window in segment_windows(segments, places))
    return [pair for pair in logits if pair[0] > least]


def doubt(count: int) -> float:
    """Returns the log odds above which a window is doubtful, in a text of so many segments."""
    return DOUBT if count <= _MANY_SEGMENTS else _DOUBT_IN_A_LONG_TEXT


def _checked(values: Iterator[T], check: Checkpoint) -> Iterator[T]:
    for each in values:
        check()
        yield each


def text_segments(
    reading: SubmissionReading, check: Checkpoint = going_on, *, weighted: bool = False
) -> Iterator[TextSegment]:
    """Yields the segments of a submission in order, `weighted` without the words that have no weight."""
    folded, visible = reading.folded, reading.visible.text
    paragraph = reached = 0
    has_ended = False
    for sentence in reading.sentences:
        check()
        if has_ended:
            paragraph += min(len(_LINE_END.findall(visible, reached, sentence.start)), 2)
        reached = sentence.end
        has_ended = visible[reached - 1] in _CLOSING_MARKS
        start, end = folded.folded_span(sentence.start, sentence.end)
        whole = end - start <= _MAX_SENTENCE_LENGTH
        starts = [start] if whole else range(start, end - (_SEGMENT_LENGTH - _SEGMENT_STEP), _SEGMENT_STEP)
        for first in starts:
            last = end if whole else min(first + _SEGMENT_LENGTH, end)
            text = folded.text[first:last]
            words = _WORD.findall(text)
            parts = map(_weighted_parts if weighted else _parts, words)
            pairs: Iterable[str] = _pairs(text, words)
            if weighted:
                pairs = filter(_weights().__contains__, pairs)
            span = (sentence.start, sentence.end) if whole else folded.original_span(first, last)
            length = len(text) + (0 if text.isascii() else len(_SYLLABLE.findall(text)))
            features = _matching_patterns(text).union(pairs, *parts)
            yield TextSegment(*span, features, length, text, paragraph)


def segment_windows(
    segments: Sequence[TextSegment], places: Iterable[WindowPlace] | None = None
) -> Iterator[SegmentWindow]:
    """Yields the windows of a submission's segments at some places; None: every window."""
    places = list(_window_places(segments) if places is None else places)
    if not places:
        return
    occurrences: defaultdict[str, list[int]] = defaultdict(list)
    for index, segment in enumerate(segments):
        for feature in segment.features:
            occurrences[feature].append(index)
    # What occurs more often than may be near a window is common for each of them, and what is rare for none.
    nearest = _MAX_SEGMENTS + 2 * _NEIGHBOURHOOD
    most = max(_COMMON_COUNT, _COMMON_SHARE * len(segments)) + nearest
    least = max(_COMMON_COUNT, _COMMON_SHARE * (len(segments) - nearest))
    seldom = {each for each, at in occurrences.items() if len(at) < least}
    often = {each for each, at in occurrences.items() if least <= len(at) < most}
    for first, size, length in places:
        features = frozenset[str]().union(*(each.features for each in segments[first : first + size]))
        distinct = features & seldom
        if within := features & often:
            # Occurrences are in order, so two searches tell how many of them are near the window.
            start = max(first - _NEIGHBOURHOOD, 0)
            stop = min(first + size + _NEIGHBOURHOOD, len(segments))
            common = max(_COMMON_COUNT, _COMMON_SHARE * (len(segments) - (stop - start)))
            distinct |= {
                each
                for each in within
                if (count := len(at := occurrences[each])) < common
                or count - bisect_left(at, stop) + bisect_left(at, start) < common
            }
        yield SegmentWindow(first, size, distinct, length)


def _window_places(segments: Sequence[TextSegment]) -> Iterator[WindowPlace]:
    lengths = list(accumulate((each.length for each in segments), initial=0))
    for size in range(1, _MAX_SEGMENTS + 1):
        for first in range(len(segments) - size + 1):
            length = lengths[first + size] - lengths[first]
            if length <= _MAX_WINDOW_LENGTH:
                yield first, size, length
            elif size == 1:
                yield first, size, _MAX_WINDOW_LENGTH


def doubtful_places(segments: Sequence[TextSegment], weights: Mapping[str, float]) -> Iterator[WindowPlace]:
    """Yields the places of the windows that would be doubtful if all that speaks for it counted.

    Few would be, so what is common in the rest of a submission is mostly not looked for at all.
    """
    raised = _raised_weights()
    least = doubt(len(segments)) - _ROUNDING
    most = [math.fsum(map(raised.get, each.features, repeat(0.0))) for each in segments]
    patterns = [frozenset(filter(str.isupper, each.features)) for each in segments]
    for place in _window_places(segments):
        first, size, length = place
        pairs = combinations(sorted(frozenset[str]().union(*patterns[first : first + size])), 2)
        known = sum(most[first : first + size]) + sum(map(raised.get, map("+".join, pairs), repeat(0.0)))
        if _logit(size, length, known, weights) > least:
            yield place


def logit(window: SegmentWindow, weights: Mapping[str, float]) -> float:
    """Returns the log odds that a window tries to steer, by its words."""
    # An exact sum does not depend on the order of the set of features, which differs between processes.
    known = math.fsum(map(weights.get, window.features(), repeat(0.0)))
    return _logit(window.count, window.length, known, weights)


def _logit(size: int, length: int, known: float, weights: Mapping[str, float]) -> float:
    further = FURTHER_SEGMENT_PENALTY * (size - 1)
    return weights[BIAS] + weights[LENGTH] * length / 100 + known - further


def _pairs(text: str, words: Sequence[str]) -> Iterator[str]:
    """Returns pairs of words of which the second is Latin; "^" stands for what is before the first word."""
    pairs: Iterable[tuple[str, str]] = zip(chain(("^",), words), words, strict=False)
    if not text.isascii():
        pairs = ((last, word) for last, word in pairs if not _SYLLABLE.match(word))
    return map(" ".join, pairs)


def _parts(word: str) -> Iterable[str]:
    """Returns a Latin word or the n-grams of a Korean one, and their stems.

    A stem is the first letters followed by "*". Of a Korean word the last two syllables, followed by "$", are
    a part, too.
    """
    if not _SYLLABLE.match(word):
        return word, f"{word[:_LATIN_STEM]}*"
    starts = ((start, size) for size in _KOREAN_NGRAM_LENGTHS for start in range(len(word) - size + 1))
    ngrams = (word[start : start + size] for start, size in starts)
    return *ngrams, f"{word[-2:]}$", f"{word[:_KOREAN_STEM]}*"


@functools.lru_cache(maxsize=_WORDS_KEPT)
def _weighted_parts(word: str) -> Iterable[str]:
    """Returns those that have a weight."""
    return tuple(filter(_weights().__contains__, _parts(word)))


def _matching_patterns(text: str) -> frozenset[str]:
    found: list[str] = []
    for script, (names, patterns) in _patterns().items():
        if not script or _SCRIPTS[script].search(text):
            found += [names[index] for index, _ in patterns.matches(text)]
    return frozenset(found)


@functools.cache
def _patterns() -> Mapping[str, tuple[Sequence[str], PatternSet]]:
    """Returns the patterns and their names by the script that they are for; "" stands for any script."""
    defined: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    lines = _LINE_CONTINUATION.sub("", _read("classifier_patterns.txt")).splitlines()
    for line in map(_DEFINITION.fullmatch, lines):
        if line is not None:
            defined.setdefault(line[2] or "", []).append((line[1], re.compile(line[3])))
    return {
        script: ([name for name, _ in named], PatternSet([pattern for _, pattern in named]))
        for script, named in defined.items()
    }


@functools.cache
def _weights() -> Mapping[str, float]:
    lines = (line.split("\t") for line in _read("classifier_weights.txt").splitlines())
    return {feature: float(weight) for weight, feature in lines}


@functools.cache
def _raised_weights() -> Mapping[str, float]:
    """Returns the weights, those below 0 left out."""
    return {feature: weight for feature, weight in _weights().items() if weight > 0}


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")

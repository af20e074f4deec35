"""Passages that stand apart from the rest of a work because they speak of its assessment, or to its assessor.

No word gives such a passage away. What it shows is weighed: signs, which are regular expressions in
`classifier_signs.txt`, pairs of signs, and words. What the rest of the work shows does not count, so that an
essay about marks may speak of marks. The weights were learned by `python -m bench.injection.learn`.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import chain, combinations, count

from orchestrator.submission.folding import Folding
from orchestrator.submission.sentences import Sentence

# A longer sentence is looked at piece by piece, the pieces overlapping.
_MOST_CHARACTERS = 400
_PIECE = 300
_STEP = 200
# A demand is rarely longer than that.
_MOST_PASSAGES = 3
_MOST_LENGTH = 700
# So much a further passage has to add, or it is no part of the demand.
_ADDED = 3.0
# The rest of a work begins that many passages away: what a demand says twice still counts.
_NEAR = 2
_COMMON_TIMES = 2
_COMMON_SHARE = 0.08

_CONTINUED = re.compile(r"\n[ \t]+")
_SIGN = re.compile(r"([A-Z_]+)(?: (en|ko))? = (.*)")
_WORD = re.compile(r"[a-z']+|[가-힣]+")
_SYLLABLE = re.compile("[가-힣]")
_SCRIPTS = {"en": re.compile("[a-z]"), "ko": _SYLLABLE}
_KOREAN_PIECES = (2, 3, 4)
LENGTH = "LENGTH"
BIAS = "BIAS"


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or a piece of a long one: its place in the reading copy, the signs and words it shows."""

    start: int
    end: int
    shows: frozenset[str]
    length: int


@dataclass(frozen=True, slots=True)
class Window:
    """Some passages from `first` on, and what they show that the rest of the work does not."""

    first: int
    count: int
    shows: frozenset[str]
    length: int

    def features(self) -> Iterator[str]:
        """What may have a weight: signs and words, and pairs of signs."""
        yield from self.shows
        yield from map("+".join, combinations(sorted(filter(str.isupper, self.shows)), 2))


def steering(folding: Folding, sentences: Sequence[Sentence]) -> Iterator[tuple[int, int]]:
    """Ranges of the reading copy that seem to try to steer who assesses it."""
    weights = _weights()
    found = list(passages(folding, sentences, weights))
    weighed = [(weigh(window, weights), window) for window in windows(found)]
    taken: set[int] = set()
    steer = [(weight - _ADDED * window.count, window) for weight, window in weighed if weight > 0]
    for _, window in sorted(steer, key=lambda each: (-each[0], each[1].first)):
        places = range(window.first, window.first + window.count)
        if taken.isdisjoint(places):
            taken.update(places)
    for first in sorted(taken):
        if first - 1 not in taken:
            last = next(place for place in count(first) if place + 1 not in taken)
            yield found[first].start, found[last].end


def passages(
    folding: Folding, sentences: Sequence[Sentence], weights: Mapping[str, float] | None = None
) -> Iterator[Passage]:
    """The passages of a work in order; where weights are given, without the words that have none."""
    for sentence in sentences:
        start, end = folding.folded_span(sentence.start, sentence.end)
        whole = end - start <= _MOST_CHARACTERS
        for first in [start] if whole else range(start, end - (_PIECE - _STEP), _STEP):
            last = end if whole else min(first + _PIECE, end)
            text = folding.text[first:last]
            words = frozenset(_words(text))
            place = (sentence.start, sentence.end) if whole else folding.original_span(first, last)
            # A Korean syllable says about as much as two letters.
            length = len(text) + len(_SYLLABLE.findall(text))
            yield Passage(
                *place, (words if weights is None else words & weights.keys()) | _shown(text), length
            )


def windows(found: Sequence[Passage]) -> Iterator[Window]:
    """Every window of a work's passages."""
    times = Counter(chain.from_iterable(each.shows for each in found))
    for size in range(1, _MOST_PASSAGES + 1):
        for first in range(len(found) - size + 1):
            inside = found[first : first + size]
            length = sum(each.length for each in inside)
            if size > 1 and length > _MOST_LENGTH:
                continue
            near = found[max(first - _NEAR, 0) : first + size + _NEAR]
            common = max(_COMMON_TIMES, _COMMON_SHARE * (len(found) - len(near)))
            shows = frozenset(
                each
                for each in frozenset[str]().union(*(one.shows for one in inside))
                if times[each] < common or times[each] - sum(each in one.shows for one in near) < common
            )
            yield Window(first, size, shows, min(length, _MOST_LENGTH))


def weigh(window: Window, weights: Mapping[str, float]) -> float:
    """How surely a window tries to steer; above 0 it is taken to."""
    known = sum(weights.get(each, 0.0) for each in window.features())
    return weights[BIAS] + weights[LENGTH] * window.length / 100 + known


def _words(text: str) -> Iterator[str]:
    """Latin words and pairs of them; pieces of Korean words, "$" after a word's last two syllables."""
    before = "^"
    for word in _WORD.findall(text):
        if _SYLLABLE.match(word):
            for size in _KOREAN_PIECES:
                yield from (word[start : start + size] for start in range(len(word) - size + 1))
            yield f"{word[-2:]}$"
        else:
            yield word
            yield f"{before} {word}"
        before = word


def _shown(text: str) -> frozenset[str]:
    scripts = {""} | {script for script, letter in _SCRIPTS.items() if letter.search(text)}
    return frozenset(
        name
        for script, signs in _signs().items()
        if script in scripts
        for name, sign in signs
        if sign.search(text)
    )


@functools.cache
def _signs() -> Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]:
    signs: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for line in map(_SIGN.fullmatch, _CONTINUED.sub("", _read("classifier_signs.txt")).splitlines()):
        if line is not None:
            signs.setdefault(line[2] or "", []).append((line[1], re.compile(line[3])))
    return signs


@functools.cache
def _weights() -> Mapping[str, float]:
    lines = (line.split("\t") for line in _read("classifier_weights.txt").splitlines())
    return {feature: float(weight) for weight, feature in lines}


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")

"""Learns the weights by which the merge takes two points for one, and measures them on works left out.

    python -m bench.evaluate.learn [--penalty 0.4] [--threshold 0.6]

It learns from the pairs that are marked `tuned` alone, with all other points of the same works that may be
joined as further pairs that are not the same. The measurement is the mean of five cross-validations in ten
folds of whole works. What it prints last belongs into `orchestrator/merge/policy.py`.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.corpora import (
    HARD_PAIRS,
    HARD_PAIRS_2,
    HARD_PAIRS_3,
    KOREAN_PARAGRAPHS,
    PAIRS,
    SHORT_ANSWERS,
    require,
    texts,
)
from bench.evaluate.pairs import LabelledPair, PrecisionRecall, precision_recall, read_pairs, two_candidates
from orchestrator.merge import policy
from orchestrator.merge.align import joinable_pairs
from orchestrator.merge.pair_features import WORDS, PointContent, pair_features
from orchestrator.merge.text_similarity import TextSimilarity

_FILES = (PAIRS, HARD_PAIRS, HARD_PAIRS_2, HARD_PAIRS_3)
_FOLDS = 10
_REPETITIONS = 5
# A pair that nobody labelled counts less than one that somebody did.
_UNLABELLED_WEIGHT = 0.5
_STEPS = 30
_INTERCEPT = "intercept"
# Too few labelled pairs show these, so the guideline of the labels decides. Two points about the whole text
# share their place like quotations that nearly coincide.
_SET_BY_HAND = {"whole text, one issue": 4.5, "other words of form": -8.0, "contrary advice": -3.0}

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Row:
    """A pair, the set it is of, its features, None if it may not be joined, and whether it was labelled."""

    name: str
    pair: LabelledPair
    features: Mapping[str, float] | None
    labelled: bool = True

    @property
    def work(self) -> str:
        return self.pair.reading.visible_text


def main() -> None:
    """Prints what the merge joins of works left out, and the weights learned from all."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluate.learn", description=__doc__)
    parser.add_argument("--penalty", type=float, default=0.4)
    parser.add_argument("--threshold", type=float, default=policy.LINKAGE_THRESHOLD)
    arguments = parser.parse_args()
    penalty: float = arguments.penalty
    require([*_FILES, KOREAN_PARAGRAPHS, SHORT_ANSWERS])
    rows = list(_rows())
    names = sorted({name for row in rows for name in row.features or ()} - set(_SET_BY_HAND))
    for (name, language), each in _cross_validated(rows, names, penalty, arguments.threshold).items():
        print(f"{name:13} {language}  P {each.precision:.2f}  R {each.recall:.2f}")
    for name, weight in zip([_INTERCEPT, *names], _fit(rows, names, penalty), strict=True):
        print(f'    "{name}": {weight:.2f},')


def _rows() -> Iterator[_Row]:
    by_id = {**texts(KOREAN_PARAGRAPHS), **texts(SHORT_ANSWERS)}
    for path in _FILES:
        labelled = [each for each in read_pairs(path, by_id) if each.tuned]
        yield from (_Row(path.stem, each, _features(each)) for each in labelled)
        by_work = defaultdict(list)
        for each in labelled:
            by_work[each.reading.visible_text].append(each)
        for own in by_work.values():
            for each in _unlabelled(own):
                if (features := _features(each)) is not None:
                    yield _Row(path.stem, each, features, labelled=False)


def _unlabelled(labelled: Sequence[LabelledPair]) -> Iterator[LabelledPair]:
    """Yields the other pairs of the points of one work. All that are the same were labelled."""
    points: dict[str, Mapping[str, Any]] = {}
    for each in labelled:
        points |= {each.a["id"]: each.a, each.b["id"]: each.b}
    known = {frozenset({each.a["id"], each.b["id"]}) for each in labelled}
    for one, other in combinations(sorted(points), 2):
        if frozenset({one, other}) not in known:
            yield replace(labelled[0], a=points[one], b=points[other], same=False, second=None)


def _features(pair: LabelledPair) -> Mapping[str, float] | None:
    candidates = two_candidates(pair)
    if not list(joinable_pairs(candidates)):
        return None
    language = pair.reading.language_code
    one, other = (PointContent.of(each, language) for each in candidates)
    words = TextSimilarity([one.own_words, other.own_words], language).z_score(0, 1)
    return {**pair_features(one, other), WORDS: words}


def _fit(rows: Sequence[_Row], names: Sequence[str], penalty: float) -> Floats:
    """Fits a logistic regression with an L2 penalty by Newton's method. The first weight is the intercept."""
    joinable = [row for row in rows if row.features is not None]
    given = _matrix(joinable, names)
    offset = _by_hand(joinable)
    label = np.array([row.pair.same for row in joinable], dtype=np.float64)
    counts = np.array([1.0 if row.labelled else _UNLABELLED_WEIGHT for row in joinable])
    penalties = np.full(given.shape[1], penalty)
    penalties[0] = 0.01
    weights = np.zeros(given.shape[1])
    for _ in range(_STEPS):
        probability = 1 / (1 + np.exp(-(given @ weights + offset)))
        gradient = given.T @ (counts * (probability - label)) + penalties * weights
        curvature = (given.T * (counts * probability * (1 - probability))) @ given + np.diag(penalties)
        weights -= np.linalg.solve(curvature, gradient)
    return weights


def _matrix(rows: Sequence[_Row], names: Sequence[str]) -> Floats:
    return np.array([[1.0, *((row.features or {}).get(name, 0.0) for name in names)] for row in rows])


def _by_hand(rows: Sequence[_Row]) -> Floats:
    return np.array(
        [
            sum(weight * (row.features or {}).get(name, 0.0) for name, weight in _SET_BY_HAND.items())
            for row in rows
        ]
    )


def _cross_validated(
    rows: Sequence[_Row], names: Sequence[str], penalty: float, threshold: float
) -> Mapping[tuple[str, str], PrecisionRecall]:
    works = sorted({row.work for row in rows})
    found: defaultdict[tuple[str, str], list[tuple[LabelledPair, bool]]] = defaultdict(list)
    for repetition in range(_REPETITIONS):
        random.Random(repetition).shuffle(works)  # noqa: S311  # it repeats itself
        fold = {work: number % _FOLDS for number, work in enumerate(works)}
        for left_out in range(_FOLDS):
            weights = _fit([row for row in rows if fold[row.work] != left_out], names, penalty)
            tested = [row for row in rows if fold[row.work] == left_out and row.labelled]
            similarities = _matrix(tested, names) @ weights + _by_hand(tested)
            for row, similarity in zip(tested, similarities, strict=True):
                joined = row.features is not None and bool(similarity >= threshold)
                found[row.name, row.pair.reading.language_code].append((row.pair, joined))
    return {
        key: precision_recall([pair for pair, _ in each], [joined for _, joined in each])
        for key, each in sorted(found.items())
    }


if __name__ == "__main__":
    main()

"""Learns the weights by which the merge takes two points for one, and measures them on what is left out.

    python -m bench.evaluate.learn [--penalty 0.5] [--threshold 0.65] [--write]

It learns from the pairs that are marked `tuned`, with all other points of the same works that may be joined
as further pairs that are not the same, from the panels and from the models' reviews. The measurement is the
mean of two cross-validations in ten folds, of whole works and of whole authors of panels. `--write` writes
the weights into `orchestrator/merge/pair_weights.txt`; without, they are printed.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.corpora import (
    HARD_PAIRS,
    HARD_PAIRS_2,
    HARD_PAIRS_3,
    KOREAN_PARAGRAPHS,
    MODEL_REVIEWS,
    PAIRS,
    PANELS,
    PANELS_SECOND,
    SHORT_ANSWERS,
    require,
    texts,
)
from bench.evaluate.pairs import LabelledPair, PrecisionRecall, precision_recall, read_pairs, two_candidates
from bench.evaluate.panels import Panel, read_model_reviews, read_panels
from orchestrator.merge import policy
from orchestrator.merge.align import joinable_pairs
from orchestrator.merge.pair_features import ALL_WORDS, OWN_WORDS, PointContent, pair_features, words_feature
from orchestrator.merge.text_similarity import TextSimilarity

_FILES = (PAIRS, HARD_PAIRS, HARD_PAIRS_2, HARD_PAIRS_3)
_FOLDS = 10
_REPETITIONS = 2
# A pair that nobody labelled counts less than one that somebody did; the hard pairs are few, and count more.
_UNLABELLED_WEIGHT = 0.5
_HARD_WEIGHT = 4.0
_HARD = frozenset(each.stem for each in (HARD_PAIRS, HARD_PAIRS_2, HARD_PAIRS_3))
_STEPS = 20
# Too few pairs show these, so the guideline of the labels decides.
_SET_BY_HAND = {
    "apart, contrary advice": -4.0,
    "apart, other new words": -4.0,
    "apart, other words of form": -4.0,
    "contrary advice": -4.0,
    "other words of form": -6.0,
    "other + other": -2.0,
    "whole text, two issues": -4.0,
}
_WEIGHTS = Path(str(resources.files("orchestrator.merge"))) / policy.PAIR_WEIGHTS_FILE

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Row:
    """A pair.

    Attributes:
        name: The set that it is of.
        group: What is left out with it: its work, or the author of its panel.
        features: Its features; None if it may not be joined.
        labelled: Whether somebody labelled it.
    """

    name: str
    group: str
    pair: LabelledPair
    features: Mapping[str, float] | None
    labelled: bool = True

    @property
    def count(self) -> float:
        """What it counts when weights are learned."""
        return (1.0 if self.labelled else _UNLABELLED_WEIGHT) * (_HARD_WEIGHT if self.name in _HARD else 1.0)


def main() -> None:
    """Prints what the merge joins of works left out, and the weights learned from all."""
    parser = argparse.ArgumentParser(prog="python -m bench.evaluate.learn", description=__doc__)
    parser.add_argument("--penalty", type=float, default=0.5)
    parser.add_argument("--threshold", type=float, default=policy.LINKAGE_THRESHOLD)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    penalty: float = arguments.penalty
    require([*_FILES, PANELS, PANELS_SECOND, MODEL_REVIEWS, KOREAN_PARAGRAPHS, SHORT_ANSWERS])
    rows = list(_rows())
    shown = {name for row in rows for name, value in (row.features or {}).items() if value}
    names = sorted(shown - _SET_BY_HAND.keys())
    for (name, language), each in _cross_validated(rows, names, penalty, arguments.threshold).items():
        print(f"{name:13} {language}  P {each.precision:.2f}  R {each.recall:.2f}")
    learned = zip([policy.INTERCEPT, *names], _fit(rows, names, penalty), strict=True)
    weights = sorted({**dict(learned), **_SET_BY_HAND}.items())
    lines = "".join(f"{weight:.2f} {name}\n" for name, weight in weights if round(weight, 2))
    if arguments.write:
        _WEIGHTS.write_text(lines, encoding="utf-8")
    else:
        print(lines, end="")


def _rows() -> Iterator[_Row]:
    by_id = {**texts(KOREAN_PARAGRAPHS), **texts(SHORT_ANSWERS)}
    for path in _FILES:
        labelled = [each for each in read_pairs(path, by_id) if each.tuned]
        by_work = defaultdict(list)
        for each in labelled:
            by_work[each.reading.visible_text].append(each)
        for work, own in by_work.items():
            yield from (_Row(path.stem, work, each, _features(each)) for each in own)
            for each in _unlabelled(own):
                if (features := _features(each)) is not None:
                    yield _Row(path.stem, work, each, features, labelled=False)
    for panel in read_panels(PANELS, PANELS_SECOND):
        yield from _rows_of(PANELS.stem, panel.author, panel)
    for panel in read_model_reviews(MODEL_REVIEWS, by_id):
        yield from _rows_of(MODEL_REVIEWS.stem, panel.id, panel)


def _rows_of(name: str, group: str, panel: Panel) -> Iterator[_Row]:
    for each in panel.pairs():
        features = _features(each)
        if each.same or features is not None:
            yield _Row(name, group, each, features)


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
    features = pair_features(one, other)
    return {
        **features,
        **{
            words_feature(name, features): TextSimilarity(words, language).z_score(0, 1)
            for name, words in (
                (OWN_WORDS, [one.own_words, other.own_words]),
                (ALL_WORDS, [one.said, other.said]),
            )
        },
    }


def _fit(rows: Sequence[_Row], names: Sequence[str], penalty: float) -> Floats:
    """Fits a logistic regression with an L2 penalty by Newton's method. The first weight is the intercept."""
    joinable = [row for row in rows if row.features is not None]
    given = _matrix(joinable, names)
    offset = _by_hand(joinable)
    label = np.array([row.pair.same for row in joinable], dtype=np.float64)
    counts = np.array([row.count for row in joinable])
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
    groups = sorted({row.group for row in rows})
    found: defaultdict[tuple[str, str], list[tuple[LabelledPair, bool]]] = defaultdict(list)
    for repetition in range(_REPETITIONS):
        random.Random(repetition).shuffle(groups)  # noqa: S311  # it repeats itself
        fold = {group: number % _FOLDS for number, group in enumerate(groups)}
        for left_out in range(_FOLDS):
            weights = _fit([row for row in rows if fold[row.group] != left_out], names, penalty)
            tested = [row for row in rows if fold[row.group] == left_out and row.labelled]
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

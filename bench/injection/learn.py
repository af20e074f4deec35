"""Learns the weights of words and of meaning, and measures them on sets of texts they have not seen.

    python -m bench.injection.learn [--write | --go-on | --left-out SIXTH]

The measurement leaves out a sixth of the sets, each of an author who had seen no text of ours or kept apart
once, and of the works, and classifies them. With `--write` it learns from everything instead, and writes
`classifier_weights.txt` and `meaning_weights.npz` of `orchestrator/injection`. Either takes hours. With
`--go-on` the meaning is learned for one epoch more from what it writes over, after texts were added.
Of the essays, which do not ship, it needs only what `bench/injection/essay_features.py` keeps, and nothing
for the meaning.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby, product
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

import orchestrator.injection
from bench.corpora import KOREAN_PARAGRAPHS, SHORT_ANSWERS, require
from bench.injection import essay_features
from bench.injection.corpus import LabelledText, held_out, works, written
from bench.injection.learn_meaning import MeaningJudge, learn_meaning
from bench.injection.rates import AUTHORS, ONCE_APART, line
from orchestrator.injection.classifier import BIAS, FURTHER_SEGMENT_PENALTY, LENGTH
from orchestrator.injection.passage_encoder_files import WEIGHTS, Arrays

_WEIGHTS = Path(orchestrator.injection.__file__).with_name("classifier_weights.txt")
# A word has to occur in so many windows of attacks to become a feature.
_MIN_OCCURRENCES = 2
_MIN_WEIGHT = 0.05
_STEPS = 150
_FITS = 2
_SIXTHS = 6
_LEARNING_RATE = 0.05
_L2_PENALTY = 3.0

Floats = NDArray[np.float64]


def main() -> int:
    """Prints the share that is flagged of what was left out."""
    parser = argparse.ArgumentParser(prog="python -m bench.injection.learn", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--write", action="store_true")
    choice.add_argument("--go-on", action="store_true")
    choice.add_argument("--left-out", type=int, choices=range(1, _SIXTHS + 1), default=1, metavar="SIXTH")
    arguments = parser.parse_args()
    require([KOREAN_PARAGRAPHS, SHORT_ANSWERS, essay_features.FILE])
    corpus = [*written(), *works()]
    if arguments.write or arguments.go_on:
        weights = learn(corpus)
        lines = sorted(weights.items(), key=lambda each: (each[0].split("+")[0].islower(), each[0]))
        _WEIGHTS.write_text("".join(f"{weight:.2f}\t{each}\n" for each, weight in lines), encoding="utf-8")
        start = _meaning_weights() if arguments.go_on else None
        meaning = learn_meaning(corpus, weights, start)
        np.savez(WEIGHTS, **meaning)
        judge = MeaningJudge(weights, meaning)
        print(f"{len(weights)} weights; held out, harmless:")
        for name, number in (("in an essay", 0), ("alone", 1)):
            flags = [judge.logit(pair[number].passages) > 0 for pair in held_out()]
            print(f"  {name} {fmean(flags):.1%}")
    else:
        _leave_sets_out(corpus, arguments.left_out - 1)
    return 0


def _meaning_weights() -> Arrays:
    with np.load(WEIGHTS) as weights:
        return dict(weights)


def learn(corpus: Sequence[LabelledText]) -> dict[str, float]:
    """Fits a logistic regression with an L2 penalty, and leaves out the smallest weights.

    A text is flagged where its highest window is, so it is fitted twice: what a window of a text counts the
    second time grows with its odds. The first time all windows of a harmless text count the same, and of an
    attack the longest ones, as a part of it may be harmless.
    """
    rows = [(number, window) for number, text in enumerate(corpus) for window in text.windows]
    text = np.array([number for number, _ in rows])
    most = [max((window.count for window in each.windows), default=0) for each in corpus]
    is_longest = np.array([window.count == most[number] for number, window in rows])
    is_attack = np.array([each.source == "attack" for each in corpus])[text]
    is_work = np.array([each.source == "work" for each in corpus])[text]
    weight = np.array([each.weight for each in corpus])[text]
    occurrences = Counter(
        chain.from_iterable(
            window.features()
            for (_, window), counts in zip(rows, is_attack & is_longest, strict=True)
            if counts
        )
    )
    names = [
        each for each, times in sorted(occurrences.items()) if times >= _MIN_OCCURRENCES or each[0].isupper()
    ]
    columns = {name: number for number, name in enumerate([BIAS, LENGTH, *names])}
    # The columns are sorted because sums are rounded in their order, and that of a set differs between
    # processes.
    occurring = [sorted(columns[each] for each in window.features() if each in columns) for _, window in rows]
    seen = _Rows(
        np.repeat(np.arange(len(rows)), [len(each) for each in occurring]),
        np.fromiter(chain.from_iterable(occurring), dtype=np.int64),
        np.array([window.length / 100 for _, window in rows]),
        np.array([-FURTHER_SEGMENT_PENALTY * (window.count - 1) for _, window in rows]),
        is_attack.astype(np.float64),
    )
    share = (is_longest | ~is_attack).astype(np.float64)
    for _ in range(_FITS):
        total = np.bincount(text, share)
        weights = _fit(seen, weight * np.where(is_work, 1.0, share / total[text]), len(columns))
        score = seen.scores(weights)
        highest = np.full(len(corpus), -np.inf)
        np.maximum.at(highest, text, score)
        share = np.exp(score - highest[text])
    by_name = dict(zip(columns, map(float, weights), strict=True))
    return {name: each for name, each in by_name.items() if abs(each) >= _MIN_WEIGHT}


@dataclass(frozen=True, slots=True)
class _Rows:
    """Windows, as a sparse matrix of ones: `row` and `column` say where these are. Column 0 is the bias.

    Attributes:
        length: The column 1, which is not of ones.
        offset: The part of each row's score that has no weight.
        label: 1.0 for an attack, otherwise 0.0.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    length: Floats
    offset: Floats
    label: Floats

    def scores(self, weights: Floats) -> Floats:
        """Returns the log odds of each row."""
        known = np.bincount(self.row, weights[self.column], minlength=len(self.length))
        scores: Floats = weights[0] + weights[1] * self.length + known + self.offset
        return scores


def _fit(rows: _Rows, row_weight: Floats, size: int) -> Floats:
    """Fits by Adam on all rows at once."""
    weights, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    penalty = np.full(size, _L2_PENALTY)
    penalty[0] = 0.0
    for step in range(1, _STEPS + 1):
        error = row_weight * (1 / (1 + np.exp(-rows.scores(weights))) - rows.label)
        gradient = np.bincount(rows.column, error[rows.row], minlength=size) + penalty * weights
        gradient[0] += error.sum()
        gradient[1] += error @ rows.length
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        correction = np.sqrt(1 - 0.99**step) / (1 - 0.9**step)
        weights -= _LEARNING_RATE * (1 - step / (_STEPS + 1)) * correction * mean / (np.sqrt(square) + 1e-8)
    return weights


def _leave_sets_out(corpus: Sequence[LabelledText], first: int) -> None:
    """Prints what is flagged of every sixth set, and work, from a first one on, with the others learned."""
    flags: dict[str, list[bool]] = {}
    clean = [each for each in corpus if each.source == "work"]
    names = (*AUTHORS, *ONCE_APART)[first::_SIXTHS]
    left_out = [each for each in corpus if each.written_for in names] + clean[first::_SIXTHS]
    gone = set(map(id, left_out))
    learned = [each for each in corpus if id(each) not in gone]
    weights = learn(learned)
    judge = MeaningJudge(weights, learn_meaning(learned, weights))
    for each in filter(lambda text: text.is_measured, left_out):
        flagged = {
            is_apart: judge.logit(passages) > 0
            for is_apart, passages in groupby(each.passages, key=lambda passage: passage.is_apart)
        }
        groups = {each.group}
        if each.source != "work":
            of_set = "authors" if each.written_for in AUTHORS else "once apart"
            label = each.group.split()[0]
            groups = {f"{each.written_for} {label}", f"{of_set} {each.group}", f"{of_set} {label}, all"}
        for group, (is_apart, flag) in product(groups, flagged.items()):
            flags.setdefault(group if is_apart else f"{group}, within a paragraph", []).append(flag)
    for group, of_group in sorted(flags.items()):
        print(line(group, of_group))


if __name__ == "__main__":
    sys.exit(main())

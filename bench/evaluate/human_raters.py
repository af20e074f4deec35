"""E6: predicts each rating of a person from those of the other people."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import krippendorff
import numpy as np

from bench.evaluate.bootstrap import ratio_interval, with_interval
from bench.evaluate.goal import Goal, unmeasured
from bench.evaluate.history import learned_calibration
from chorus.feedback.v1 import feedback_pb2, submission_pb2
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.scale import Scale
from orchestrator.merge.scores import merge_scores

_WHAT = "real raters, each left out in turn"
_GOAL = "RMSE <= .88 x mean of the others"

Ratings = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Scores by essay, criterion and rater."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One person's score, and how far each prediction of it is off. `alone` is by the other raters' names."""

    essay: str
    ours: float
    mean: float
    median: float
    alone: Mapping[str, float]


def goal(path: Path) -> Goal:
    """Predicts every rating from the other raters of its essay, calibrated on all other essays.

    The raters are people, who stand in for models: each of them alone is held against the merge of all.
    """
    if not path.exists():
        return unmeasured("E6", _WHAT, _GOAL, f"no ratings: {path} is not there")
    ratings = _read(path)
    cases = _cases(ratings)
    ours, mean, median = (_rmse(getattr(each, name) for each in cases) for name in ("ours", "mean", "median"))
    interval = ratio_interval(((each.essay, each.ours**2, each.mean**2) for each in cases), root=True)
    return Goal(
        "E6",
        _WHAT,
        _GOAL,
        f"RMSE {ours:.3f} = {with_interval(ours / mean, interval)} x mean of the others",
        ours <= 0.88 * mean,
        f"mean {mean:.3f}, median {median:.3f}; {len(cases)} ratings,"
        f" Krippendorff's alpha {_alpha(ratings):.2f}; x one rater alone: {_against_each(cases)}",
    )


def _cases(ratings: Ratings) -> list[_Case]:
    rubric = _rubric(ratings)
    cases = []
    for essay, criteria in ratings.items():
        raters = sorted({rater for given in criteria.values() for rater in given})
        calibration = learned_calibration(_others(ratings, rubric, essay), raters)
        for rater in raters:
            for criterion, predicted in _predicted(criteria, rubric, calibration, rater).items():
                truth = criteria[criterion][rater]
                others = {name: score for name, score in criteria[criterion].items() if name != rater}
                cases.append(
                    _Case(
                        essay,
                        predicted - truth,
                        float(np.mean(list(others.values()))) - truth,
                        float(np.median(list(others.values()))) - truth,
                        {name: score - truth for name, score in others.items()},
                    )
                )
    return cases


def _against_each(cases: Sequence[_Case]) -> str:
    """Returns the error of the merge as a multiple of each single rater's, on the scores both predict."""
    parts = []
    for name in sorted({name for each in cases for name in each.alone}):
        own = [each for each in cases if name in each.alone]
        ratio = _rmse(each.ours for each in own) / _rmse(each.alone[name] for each in own)
        interval = ratio_interval(
            ((each.essay, each.ours**2, each.alone[name] ** 2) for each in own), root=True
        )
        parts.append(f"{name} {with_interval(ratio, interval)}")
    return ", ".join(parts)


def _rmse(errors: Iterable[float]) -> float:
    return float(np.sqrt(np.mean(np.array(list(errors)) ** 2)))


def _read(path: Path) -> Ratings:
    ratings: defaultdict[str, defaultdict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["score"]:
                ratings[row["essay"]][row["criterion"]][row["rater"]] = float(row["score"])
    return ratings


def _rubric(ratings: Ratings) -> submission_pb2.Rubric:
    """Returns a rubric whose scales span all the scores that were given."""
    names = sorted({criterion for criteria in ratings.values() for criterion in criteria})
    scores = [
        score for criteria in ratings.values() for given in criteria.values() for score in given.values()
    ]
    levels = [submission_pb2.Level(score=each) for each in (min(scores), max(scores))]
    return submission_pb2.Rubric(
        criteria=[submission_pb2.Criterion(id=name, levels=levels) for name in names]
    )


def _others(
    ratings: Ratings, rubric: submission_pb2.Rubric, left_out: str
) -> Iterator[tuple[str, dict[str, float], None]]:
    scales = {each.id: Scale.of(each) for each in rubric.criteria}
    for essay, criteria in ratings.items():
        if essay != left_out:
            for criterion, given in criteria.items():
                yield (
                    criterion,
                    {rater: scales[criterion].levels(score) for rater, score in given.items()},
                    None,
                )


def _predicted(
    criteria: Mapping[str, Mapping[str, float]],
    rubric: submission_pb2.Rubric,
    calibration: Calibration,
    left_out: str,
) -> dict[str, float]:
    """Returns the merged scores of the other raters, with the severity of the one who is left out."""
    others = {rater for given in criteria.values() for rater in given} - {left_out}
    opinions = [
        Opinion(
            rater,
            rater,
            "1",
            feedback_pb2.ModelFeedback(
                scores=[
                    feedback_pb2.CriterionScore(criterion_id=criterion, score=given[rater])
                    for criterion, given in criteria.items()
                    if rater in given
                ]
            ),
        )
        for rater in sorted(others)
    ]
    predicted = {}
    for criterion, merged in zip(rubric.criteria, merge_scores(rubric, opinions, calibration), strict=True):
        if left_out in criteria.get(criterion.id, {}) and merged.HasField("low"):
            scale = Scale.of(criterion)
            middle = merged.score if merged.HasField("score") else (merged.low + merged.high) / 2
            predicted[criterion.id] = scale.score(
                scale.levels(middle) + calibration.bias(left_out, criterion.id)
            )
    return predicted


def _alpha(ratings: Ratings) -> float:
    raters = sorted(
        {rater for criteria in ratings.values() for given in criteria.values() for rater in given}
    )
    units = [given for criteria in ratings.values() for given in criteria.values()]
    table = [[given.get(rater, np.nan) for given in units] for rater in raters]
    return float(krippendorff.alpha(np.array(table), level_of_measurement="interval"))

"""E6: predicts each rating of a person from those of the other people."""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import krippendorff
import numpy as np

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


def goal(path: Path) -> Goal:
    """Predicts every rating from the other raters of its essay, calibrated on all other essays."""
    if not path.exists():
        return unmeasured("E6", _WHAT, _GOAL, f"no ratings: {path} is not there")
    ratings = _read(path)
    rubric = _rubric(ratings)
    ours, mean, median, another, truth = [], [], [], [], []
    for essay, criteria in ratings.items():
        raters = sorted({rater for given in criteria.values() for rater in given})
        calibration = learned_calibration(_others(ratings, rubric, essay), raters)
        for rater in raters:
            for criterion, predicted in _predicted(criteria, rubric, calibration, rater).items():
                others = [score for other, score in criteria[criterion].items() if other != rater]
                ours.append(predicted)
                mean.append(float(np.mean(others)))
                median.append(float(np.median(others)))
                another.append(others[0])
                truth.append(criteria[criterion][rater])
    errors = [
        float(np.sqrt(np.mean((np.array(each) - truth) ** 2))) for each in (ours, mean, median, another)
    ]
    return Goal(
        "E6",
        _WHAT,
        _GOAL,
        f"RMSE {errors[0]:.3f} = {errors[0] / errors[1]:.3f} x mean of the others",
        errors[0] <= 0.88 * errors[1],
        f"mean {errors[1]:.3f}, median {errors[2]:.3f}, one other rater {errors[3]:.3f};"
        f" {len(truth)} ratings, Krippendorff's alpha {_alpha(ratings):.2f}",
    )


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

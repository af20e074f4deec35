"""Synthetic raters of known severity, noise and errors, and the panels that they make."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.policy import SCALE_LEVELS
from orchestrator.merge.scores import merge_scores

CRITERIA = 5
MODELS = ("m0", "m1", "m2", "m3")
HISTORY_WORKS = 30

_BIAS = 0.45
_CRITERION_BIAS = 0.2
_SLOPE = (0.6, 1.0)
_NOISE = (0.35, 0.75)
# The correlation of a model's error with the error that all models share on a work.
_SHARED = 0.3

Levels = NDArray[np.float64]

RUBRIC = submission_pb2.Rubric(
    criteria=[
        submission_pb2.Criterion(
            id=f"c{number}",
            levels=[submission_pb2.Level(score=level) for level in range(int(SCALE_LEVELS) + 1)],
        )
        for number in range(CRITERIA)
    ]
)


@dataclass(frozen=True, slots=True)
class RatedWorks:
    """Some works' true levels and the levels that each model gave, as arrays of works x criteria."""

    truth: Levels
    given: Mapping[str, Levels]

    def only(self, *models: str) -> "RatedWorks":
        """Returns the same works with these models alone."""
        return RatedWorks(self.truth, {model: self.given[model] for model in models})

    def with_scores(self, model: str, scores: Levels) -> "RatedWorks":
        """Returns the same works with other scores in the place of a model's."""
        return RatedWorks(self.truth, {**self.given, model: scores})


class SyntheticRaters:
    """Four models whose profiles are drawn once."""

    def __init__(self, generator: np.random.Generator) -> None:
        count = len(MODELS)
        self._generator = generator
        self._bias = generator.normal(0, _BIAS, (count, 1, 1))
        self._criterion_bias = generator.normal(0, _CRITERION_BIAS, (count, 1, CRITERIA))
        self._slope = generator.uniform(*_SLOPE, (count, 1, 1))
        self._noise = generator.uniform(*_NOISE, (count, 1, 1))

    def rate(self, works: int) -> RatedWorks:
        """Scores works whose true levels are anywhere on the scale, in whole levels, as models do."""
        return self.rate_again(self._generator.uniform(0, SCALE_LEVELS, (works, CRITERIA)))

    def rate_twice(self, works: int) -> tuple[RatedWorks, RatedWorks]:
        """Scores the same works in two runs, with new errors in the second."""
        first = self.rate(works)
        return first, self.rate_again(first.truth)

    def rate_again(self, truth: Levels) -> RatedWorks:
        """Scores works whose true levels are known."""
        works = len(truth)
        shared = self._generator.standard_normal((1, works, CRITERIA))
        own = self._generator.standard_normal((len(MODELS), works, CRITERIA))
        errors = self._noise * (_SHARED * shared + np.sqrt(1 - _SHARED**2) * own)
        middle = SCALE_LEVELS / 2
        raw = middle + self._slope * (truth - middle) + self._bias + self._criterion_bias + errors
        scores = np.clip(np.rint(raw), 0, SCALE_LEVELS)
        return RatedWorks(truth, dict(zip(MODELS, scores, strict=True)))


def merged(rated: RatedWorks, calibration: Calibration) -> list[list[merged_pb2.MergedScore]]:
    """Returns the merged scores of each work."""
    return [merge_scores(RUBRIC, opinions(rated, work), calibration) for work in range(len(rated.truth))]


def opinions(rated: RatedWorks, work: int) -> list[Opinion]:
    """Returns what the models say of one of the works."""
    return [_opinion(model, scores[work]) for model, scores in sorted(rated.given.items())]


def middles(scores: list[list[merged_pb2.MergedScore]]) -> Levels:
    """Returns one number for each score, which for a contested one is the middle of its range."""
    return np.array(
        [
            [each.score if each.HasField("score") else (each.low + each.high) / 2 for each in of_work]
            for of_work in scores
        ]
    )


def rmse(scores: Levels, truth: Levels) -> float:
    """Returns the root of the mean squared error."""
    return float(np.sqrt(np.mean((scores - truth) ** 2)))


def _opinion(model: str, levels: Levels) -> Opinion:
    scores = [
        feedback_pb2.CriterionScore(criterion_id=criterion.id, score=level)
        for criterion, level in zip(RUBRIC.criteria, levels, strict=True)
    ]
    return Opinion(model, f"family of {model}", "1", feedback_pb2.ModelFeedback(scores=scores))

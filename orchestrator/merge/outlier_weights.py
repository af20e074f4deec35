"""Weighs each model by the probability that it judged this submission at all.

The panel is averaged over every partition into inliers and outliers (Bayesian model averaging).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from orchestrator.merge import policy


def outlier_weights(
    levels: Sequence[Mapping[str, float]], standard_deviations: Mapping[str, float]
) -> dict[str, float]:
    """Returns the probability that each model is an inlier, or 0 where it is below the policy's minimum.

    The inliers share one true level of each criterion and deviate from it as they usually do. An outlier
    gives any level with the same probability. A partition counts by its posterior probability, and its
    smaller part are the outliers. Two equally large parts are camps with a true level each, and nobody is an
    outlier.

    Args:
        levels: The levels that were given, by model, one mapping for each criterion.
        standard_deviations: How far each model usually deviates, in levels.
    """
    models = tuple(sorted({model for given in levels for model in given}))
    if len(models) > policy.MAX_PARTITIONED_RATERS:
        return dict.fromkeys(models, 1.0)
    # Of two halves only the one with the first model is listed, so that no partition counts twice.
    smaller_parts = [
        part
        for size in range(len(models) // 2 + 1)
        for part in combinations(models, size)
        if 2 * size < len(models) or part[:1] == models[:1]
    ]
    evidence = [
        {model: _Evidence.of(level, standard_deviations[model]) for model, level in given.items()}
        for given in levels
    ]
    logarithms = [_log_posterior(evidence, models, part) for part in smaller_parts]
    # Only ratios count, and those of the exponentials would underflow without a common factor.
    posteriors = [math.exp(each - max(logarithms)) for each in logarithms]
    inlier_probabilities = {
        model: math.fsum(
            posterior
            for part, posterior in zip(smaller_parts, posteriors, strict=True)
            if model not in part or 2 * len(part) == len(models)
        )
        / math.fsum(posteriors)
        for model in models
    }
    return {
        model: each if each >= policy.MIN_INLIER_PROBABILITY else 0.0
        for model, each in inlier_probabilities.items()
    }


class _Evidence(NamedTuple):
    """What one model's level adds to a likelihood; it is the same in every partition."""

    level: float
    variance: float
    precision: float
    weighted_level: float
    log_normalisation: float

    @classmethod
    def of(cls, level: float, standard_deviation: float) -> "_Evidence":
        variance = standard_deviation**2
        return cls(level, variance, 1 / variance, level / variance, math.log(2 * math.pi * variance))


def _log_posterior(
    evidence: Sequence[Mapping[str, _Evidence]], models: Sequence[str], smaller_part: Sequence[str]
) -> float:
    """Returns the logarithm of a partition's prior times the likelihood of the levels, not normalised."""
    rest = [model for model in models if model not in smaller_part]
    terms = [
        len(smaller_part) * math.log(policy.OUTLIER_PRIOR),
        len(rest) * math.log(1 - policy.OUTLIER_PRIOR),
    ]
    for given in evidence:
        terms.append(_log_likelihood([given[model] for model in rest if model in given]))
        if len(smaller_part) == len(rest):
            terms.append(_log_likelihood([given[model] for model in smaller_part if model in given]))
        else:
            terms += [-math.log(policy.SCALE_LEVELS) for model in smaller_part if model in given]
    return math.fsum(terms)


def _log_likelihood(known: Sequence[_Evidence]) -> float:
    """Returns the logarithm of the levels' likelihood if their models share a true level.

    That level is integrated out, over a uniform prior on the scale.
    """
    if not known:
        return 0.0
    precision = math.fsum([each.precision for each in known])
    mean = math.fsum([each.weighted_level for each in known]) / precision
    squares = math.fsum([(each.level - mean) ** 2 / each.variance for each in known])
    normalisation = math.fsum([each.log_normalisation for each in known])
    normalisation += math.log(precision / (2 * math.pi))
    return -math.log(policy.SCALE_LEVELS) - (squares + normalisation) / 2

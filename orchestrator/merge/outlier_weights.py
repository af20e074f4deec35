"""Weighs each model by the probability that it judged this submission at all.

The panel is averaged over every partition into inliers and outliers (Bayesian model averaging).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

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
    logarithms = [_log_posterior(levels, models, part, standard_deviations) for part in smaller_parts]
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


def _log_posterior(
    levels: Sequence[Mapping[str, float]],
    models: Sequence[str],
    smaller_part: Sequence[str],
    standard_deviations: Mapping[str, float],
) -> float:
    """Returns the logarithm of a partition's prior times the likelihood of the levels, not normalised."""
    rest = [model for model in models if model not in smaller_part]
    terms = [
        len(smaller_part) * math.log(policy.OUTLIER_PRIOR),
        len(rest) * math.log(1 - policy.OUTLIER_PRIOR),
    ]
    for given in levels:
        terms.append(_log_likelihood(given, rest, standard_deviations))
        if len(smaller_part) == len(rest):
            terms.append(_log_likelihood(given, smaller_part, standard_deviations))
        else:
            terms += [-math.log(policy.SCALE_LEVELS) for model in smaller_part if model in given]
    return math.fsum(terms)


def _log_likelihood(
    given: Mapping[str, float], models: Sequence[str], standard_deviations: Mapping[str, float]
) -> float:
    """Returns the logarithm of the levels' likelihood if the models share a true level.

    That level is integrated out, over a uniform prior on the scale.
    """
    known = [(given[model], standard_deviations[model] ** 2) for model in models if model in given]
    if not known:
        return 0.0
    precision = math.fsum(1 / variance for _, variance in known)
    mean = math.fsum(level / variance for level, variance in known) / precision
    squares = math.fsum((level - mean) ** 2 / variance for level, variance in known)
    normalisation = math.fsum(math.log(2 * math.pi * variance) for _, variance in known)
    normalisation += math.log(precision / (2 * math.pi))
    return -math.log(policy.SCALE_LEVELS) - (squares + normalisation) / 2

"""Weighs each model by the probability that it judged this submission at all.

The panel is averaged over every partition into inliers and outliers (Bayesian model averaging).
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, compress

from orchestrator.merge import policy

# What a level of any height adds.
_LOG_UNIFORM = -math.log(policy.SCALE_LEVELS)


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
    variances = [standard_deviations[model] ** 2 for model in models]
    panels: dict[tuple[bool, ...], _Panel] = {}
    for given in levels:
        gave = tuple(model in given for model in models)
        panel = panels.setdefault(gave, _Panel.of(gave, variances))
        panel.add([given.get(model, 0.0) for model in models])
    logarithms = [_log_posterior(panels.values(), models, part) for part in smaller_parts]
    # Only ratios count, and those of the exponentials would underflow without a common factor.
    highest = max(logarithms)
    posteriors = [math.exp(each - highest) for each in logarithms]
    total = math.fsum(posteriors)
    inlier_probabilities = {
        model: math.fsum(
            posterior
            for part, posterior in zip(smaller_parts, posteriors, strict=True)
            if model not in part or 2 * len(part) == len(models)
        )
        / total
        for model in models
    }
    return {
        model: each if each >= policy.MIN_INLIER_PROBABILITY else 0.0
        for model, each in inlier_probabilities.items()
    }


@dataclass(frozen=True, slots=True)
class _Panel:
    """What the models that gave levels of the same criteria add to a likelihood, with a place for each model.

    One that gave no level adds nothing, and is infinitely uncertain.
    """

    gave: Sequence[bool]
    variances: Sequence[float]
    precisions: Sequence[float]
    log_normalisations: Sequence[float]
    # Of each criterion each model's level by its variance, and both of them.
    criteria: list[tuple[Sequence[float], Sequence[tuple[float, float]]]]

    @classmethod
    def of(cls, gave: Sequence[bool], variances: Sequence[float]) -> "_Panel":
        known = [variance if each else math.inf for each, variance in zip(gave, variances, strict=True)]
        logarithms = (math.log(2 * math.pi * each) if math.isfinite(each) else 0.0 for each in known)
        return cls(gave, known, [1 / each for each in known], list(logarithms), [])

    def add(self, levels: Sequence[float]) -> None:
        known = list(zip(levels, self.variances, strict=True))
        self.criteria.append(([level / variance for level, variance in known], known))

    def log_likelihoods(self, part: Sequence[bool]) -> Iterator[float]:
        """Yields the logarithm of each criterion's likelihood if a part of the models shares a true level.

        That level is integrated out, over a uniform prior on the scale.
        """
        precision = math.fsum(compress(self.precisions, part))
        if not precision:
            return
        normalisation = math.fsum(compress(self.log_normalisations, part))
        normalisation += math.log(precision / (2 * math.pi))
        for weighted_levels, known in self.criteria:
            mean = math.fsum(compress(weighted_levels, part)) / precision
            squares = math.fsum([(level - mean) ** 2 / variance for level, variance in compress(known, part)])
            yield _LOG_UNIFORM - (squares + normalisation) / 2


def _log_posterior(panels: Iterable[_Panel], models: Sequence[str], smaller_part: Sequence[str]) -> float:
    """Returns the logarithm of a partition's prior times the likelihood of the levels, not normalised."""
    is_outlier = [model in smaller_part for model in models]
    is_inlier = [not each for each in is_outlier]
    outliers, inliers = len(smaller_part), len(models) - len(smaller_part)
    terms = [outliers * math.log(policy.OUTLIER_PRIOR), inliers * math.log(1 - policy.OUTLIER_PRIOR)]
    for panel in panels:
        terms += panel.log_likelihoods(is_inlier)
        if outliers == inliers:
            terms += panel.log_likelihoods(is_outlier)
        else:
            terms += [_LOG_UNIFORM] * (len(panel.criteria) * sum(compress(panel.gave, is_outlier)))
    # The sum is the same in any order.
    return math.fsum(terms)

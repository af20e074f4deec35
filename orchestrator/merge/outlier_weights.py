"""How far each model is to be trusted with one work, by how its scores go with the others'."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

from orchestrator.merge import policy


def trusts(levels: Sequence[Mapping[str, float]], deviations: Mapping[str, float]) -> dict[str, float]:
    """How probable it is that each model judged the work, given levels by criterion; 0 where it hardly is.

    Models that judge a work share a level of each criterion, and stray from it as they usually do; a model
    astray gives any level. Every parting of the panel in two counts by how well it explains what was given:
    the smaller part is astray. Halves are two camps with a level each, and nobody is astray.
    """
    models = tuple(sorted({model for given in levels for model in given}))
    if len(models) > policy.MOST_PARTED:
        return dict.fromkeys(models, 1.0)
    # Of two halves, the one with the first model stands for both.
    parts = [
        part
        for size in range(len(models) // 2 + 1)
        for part in combinations(models, size)
        if 2 * size < len(models) or part[:1] == models[:1]
    ]
    logarithms = [_explained(levels, models, part, deviations) for part in parts]
    likelihoods = [math.exp(each - max(logarithms)) for each in logarithms]
    judging = {
        model: math.fsum(
            likelihood
            for part, likelihood in zip(parts, likelihoods, strict=True)
            if model not in part or 2 * len(part) == len(models)
        )
        / math.fsum(likelihoods)
        for model in models
    }
    return {model: each if each >= policy.LEAST_TRUST else 0.0 for model, each in judging.items()}


def _explained(
    levels: Sequence[Mapping[str, float]],
    models: Sequence[str],
    part: Sequence[str],
    deviations: Mapping[str, float],
) -> float:
    """Logarithm of how probable a parting is, times how probable it makes the levels."""
    rest = [model for model in models if model not in part]
    terms = [len(part) * math.log(policy.ASTRAY), len(rest) * math.log(1 - policy.ASTRAY)]
    for given in levels:
        terms.append(_shared(given, rest, deviations))
        if len(part) == len(rest):
            terms.append(_shared(given, part, deviations))
        else:
            terms += [-math.log(policy.LEVELS) for model in part if model in given]
    return math.fsum(terms)


def _shared(given: Mapping[str, float], models: Sequence[str], deviations: Mapping[str, float]) -> float:
    """Logarithm of how probable the models' levels are if they stray from one, anywhere on the scale."""
    known = [(given[model], deviations[model] ** 2) for model in models if model in given]
    if not known:
        return 0.0
    precision = math.fsum(1 / variance for _, variance in known)
    middle = math.fsum(level / variance for level, variance in known) / precision
    squares = math.fsum((level - middle) ** 2 / variance for level, variance in known)
    spread = math.fsum(math.log(2 * math.pi * variance) for _, variance in known)
    spread += math.log(precision / (2 * math.pi))
    return -math.log(policy.LEVELS) - (squares + spread) / 2

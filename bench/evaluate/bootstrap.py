"""Confidence intervals by drawing the works anew, since what is said of one work is not independent."""

from collections.abc import Iterable, Sequence

import numpy as np

_DRAWS = 2000
_TAILS = (0.025, 0.975)

WorkSums = tuple[str, float, float]
"""A work, and what one of its cases adds to the numerator and to the denominator of a figure."""


def ratio_interval(cases: Iterable[WorkSums], *, root: bool = False) -> tuple[float, float]:
    """Returns the 95 % interval of a ratio of two sums, or of its root, over works drawn with replacement."""
    sums: dict[str, list[float]] = {}
    for work, numerator, denominator in cases:
        of_work = sums.setdefault(work, [0.0, 0.0])
        of_work[0] += numerator
        of_work[1] += denominator
    if not sums:
        return float("nan"), float("nan")
    table = np.array(list(sums.values()))
    generator = np.random.default_rng(len(table))
    drawn = table[generator.integers(0, len(table), (_DRAWS, len(table)))].sum(axis=1)
    ratios = drawn[:, 0] / np.maximum(drawn[:, 1], 1e-12)
    low, high = np.quantile(np.sqrt(ratios) if root else ratios, _TAILS)
    return float(low), float(high)


def with_interval(value: float, interval: Sequence[float]) -> str:
    """Returns a figure with its interval, as it is printed."""
    return f"{value:.2f} [{interval[0]:.2f}, {interval[1]:.2f}]"

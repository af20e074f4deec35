"""How much of something a process gains with its calls."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CALLS = 100_000
# Two standard errors hold the slope 19 times in 20.
_STANDARD_ERRORS = 2.0
_FEWEST_SAMPLES = 5
_MOST_CORRELATION = 0.98


@dataclass(frozen=True, slots=True)
class Growth:
    """The slope of a straight line through samples, by least squares, and how sure it is.

    Attributes:
        slope: What is gained in 100,000 calls.
        margin: Two standard errors of the slope; infinite where there are too few samples. Samples that stay
            above or below the line for a while, as where memory comes in steps, count for fewer.
    """

    slope: float
    margin: float

    @classmethod
    def of(cls, calls: Sequence[float], values: Sequence[float]) -> "Growth":
        """Fits the line."""
        count = len(calls)
        mean_calls, mean_value = sum(calls) / max(count, 1), sum(values) / max(count, 1)
        spread = sum((each - mean_calls) ** 2 for each in calls)
        if count < _FEWEST_SAMPLES or not spread:
            return cls(0.0, math.inf)
        pairs = [*zip(calls, values, strict=True)]
        slope = sum((x - mean_calls) * (y - mean_value) for x, y in pairs) / spread
        residuals = [y - mean_value - slope * (x - mean_calls) for x, y in pairs]
        squares = sum(each * each for each in residuals)
        products = sum(one * other for one, other in pairwise(residuals))
        # Of a first-order autoregression.
        correlation = min(max(products / squares, 0.0), _MOST_CORRELATION) if squares else 0.0
        inflation = (1 + correlation) / (1 - correlation)
        margin = _STANDARD_ERRORS * math.sqrt(inflation * squares / (count - 2) / spread)
        return cls(slope * CALLS, margin * CALLS)

    def verdict(self, limit: float) -> str:
        """Says whether that is within a limit: "ok", "GROWS", or "open" where the samples do not tell."""
        if self.slope - self.margin > limit:
            return "GROWS"
        return "ok" if self.slope + self.margin <= limit else "open"

    def __str__(self) -> str:
        return f"{self.slope:+.1f} ± {self.margin:.1f}"

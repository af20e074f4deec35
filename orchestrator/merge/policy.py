"""Holds every number that the merge depends on. A change to any of them changes `VERSION`.

The unit of all arithmetic on scores is a level: every criterion's scale is taken to be four levels long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

VERSION = "merge-8"

PAIR_WEIGHTS_FILE = "pair_weights.txt"
INTERCEPT = "intercept"


def _pair_weights() -> Mapping[str, float]:
    """Returns the weights of the features of two points by their names, which follow them in a line."""
    text = resources.files(__package__).joinpath(PAIR_WEIGHTS_FILE).read_text(encoding="utf-8")
    rows = (line.split(maxsplit=1) for line in text.splitlines())
    return {name: float(weight) for weight, name in rows}


# Scores. Distances are in levels.
SCALE_LEVELS = 4.0
# A rater that is further from the estimate than this pulls it with a constant force (Huber's k).
HUBER_THRESHOLD = 1.0
# The variance of a panel starts as if so many raters had been seen with this standard deviation.
PRIOR_RATERS = 2.0
PRIOR_STANDARD_DEVIATION = 0.8
MIN_RANGE_HALF_WIDTH = 0.5
# 1.28 standard deviations to either side hold 80 % of a normal distribution.
RANGE_Z_SCORE = 1.28
# Models make some mistakes together, so two of them are worth fewer than two independent raters.
RATER_CORRELATION = 0.4
# Two or three raters are contested at this distance, more of them without the lowest and the highest.
CONTESTED_SPREAD = 1.75
# An even number is contested if its sorted halves are apart by such a gap and their means by such a distance.
CONTESTED_HALVES_GAP = 0.6
CONTESTED_HALVES_DISTANCE = 1.1
# A rater agrees with the merged score up to this distance.
AGREEMENT_TOLERANCE = 0.75

# Severity.
# Residuals are averaged as if so many scores without severity had come before.
SHRINKAGE_SCORES = 8.0
MIN_RATER_WEIGHT = 0.5
MAX_RATER_WEIGHT = 2.0
# It is larger than the prior because a new model's severity is not taken off.
NEW_RATER_STANDARD_DEVIATION = 1.5
# The most levels that what was learned of a model moves its scores by: from its difference to the others,
# for each person whose scores it is held against, and in all where those who share it are strangers.
MAX_BIAS_BY_PEERS = 0.14
MAX_BIAS_BY_PERSON = 0.5
MAX_BIAS_AMONG_STRANGERS = 0.05
# These limits are reached step by step, with so many scores of one criterion.
FULL_LIMIT_SCORES = 30

# Outliers.
# The probability, before any score is seen, that a model's scores have nothing to do with the submission.
OUTLIER_PRIOR = 0.2
# A model that is less probably an inlier than this gets the weight 0.
MIN_INLIER_PROBABILITY = 0.05
# A larger panel has too many partitions to weigh, and one outlier of so many moves little.
MAX_PARTITIONED_RATERS = 8

# The similarity of two points: a logistic regression, as `python -m bench.evaluate.learn --write` fits it.
# `pair_features.py` says what each name means.
PAIR_WEIGHTS = _pair_weights()
PAIR_INTERCEPT = PAIR_WEIGHTS[INTERCEPT]
MAX_TEXT_SIMILARITY_Z_SCORE = 4.0
# Clusters are joined while their average similarity is at least this, the log-odds of .66.
LINKAGE_THRESHOLD = 0.65

# The agreement and the order of points.
CONTRADICTION_MIN_OVERLAP = 0.5
FAMILY_BONUS = 0.35
# How far a quotation vouches for its point, by `Anchor.Match`: exact, normalized, approximate.
MATCH_CONFIDENCES = (1.0, 0.95, 0.85)
# A point about the whole submission quotes nothing that could vouch for it.
UNQUOTED_CONFIDENCE = 0.85
NEED_WITHOUT_SCORE = 0.5
# The points of a criterion without weight still have an order among themselves.
MIN_CRITERION_WEIGHT = 0.05

# The summary.
MAX_NEXT_STEPS = 3
MIN_NEXT_STEP_CRITERIA = 2
MAX_STRENGTHS = 2


@dataclass(frozen=True, slots=True)
class Distribution:
    """The mean and the standard deviation of the text similarity of two points that may be joined."""

    mean: float
    standard_deviation: float


KOREAN_TEXT_SIMILARITY = Distribution(0.07, 0.10)
OTHER_TEXT_SIMILARITY = Distribution(0.05, 0.05)

"""Every number the merge depends on. Change one, and `VERSION` changes with it.

A level is the unit of all arithmetic on scores: a criterion's scale is taken as four levels long.
"""

from dataclasses import dataclass

VERSION = "merge-2"

# Scores.
LEVELS = 4.0
HUBER_LEVELS = 1.0
PRIOR_RATERS = 2.0
PRIOR_DEVIATION = 0.8
MIN_HALF_RANGE = 0.5
RANGE_DEVIATIONS = 1.28
RATER_CORRELATION = 0.4
CONTESTED_SPREAD = 1.75
CONTESTED_GAP = 0.6
CONTESTED_CAMPS = 1.1
AGREEING_LEVELS = 0.75

# Severity and trust.
PRIOR_SCORES = 8.0
LEAST_WEIGHT = 0.5
MOST_WEIGHT = 2.0
# Of a new model, whose severity is not taken off.
UNKNOWN_DEVIATION = 1.5
# How probable it is, before any score is seen, that a model's scores have nothing to do with the work.
ASTRAY = 0.2
# Who is trusted less does not count at all.
LEAST_TRUST = 0.05
# The partings of a larger panel are too many to weigh, and one voice of so many moves little.
MOST_PARTED = 8

# Alignment of points.
OVERLAP = 1.2
DISJOINT = -0.9
SAME_ISSUE = 0.9
SAME_CRITERION = 0.4
LEXICAL = 0.18
LEXICAL_LIMIT = 2.0
JOIN_FROM = 0.60
MAX_SENTENCES_APART = 1
KIN_OVERLAP = 0.5

# Agreement and order.
CONTRADICTION_OVERLAP = 0.5
FAMILY_BONUS = 0.35
MATCH_TRUST = (1.0, 0.95, 0.85)
# Nothing quoted vouches for a point about the whole.
UNQUOTED_TRUST = 0.85
NEED_WITHOUT_SCORE = 0.5
# A criterion of weight zero still leaves its points an order.
MIN_WEIGHT = 0.05

# Summary.
MAX_NEXT_STEPS = 3
MIN_NEXT_STEP_CRITERIA = 2
MAX_STRENGTHS = 2


@dataclass(frozen=True, slots=True)
class Distribution:
    """Mean and standard deviation of the lexical similarity of two points that may be joined."""

    mean: float
    deviation: float


LEXICAL_KOREAN = Distribution(0.07, 0.12)
LEXICAL_OTHER = Distribution(0.05, 0.05)

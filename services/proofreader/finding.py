"""What a rule finds in a text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

IMPROVEMENT = "improvement"
STRENGTH = "strength"

MINOR = "minor"
MODERATE = "moderate"


@dataclass(frozen=True, slots=True)
class Finding:
    """One point about the half-open range `[start, end)` of the submission, the whole if it is empty.

    `issue`, `polarity` and `severity` are the words of the answer's schema. `wording` is an entry of
    wording.toml, whose templates `values` fill.
    """

    wording: str
    issue: str
    start: int
    end: int
    polarity: str = IMPROVEMENT
    severity: str = MINOR
    values: Mapping[str, str] = field(default_factory=dict)
    rewrite: str = ""

"""Describes what a rule finds in a text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

IMPROVEMENT = "improvement"
STRENGTH = "strength"

MINOR = "minor"
MODERATE = "moderate"


@dataclass(frozen=True, slots=True)
class Finding:
    """Makes one point about a range of the text.

    Attributes:
        wording: The entry of `wording.toml` that says it.
        issue: The answer form's word for the kind of point, as are `polarity` and `severity`.
        start: Where the half-open range begins, in code points. An empty range stands for the whole text.
        end: Where it ends.
        values: What the templates of the wording are filled with.
        rewrite: What should stand in the place of the range; "" if nothing is suggested.
    """

    wording: str
    issue: str
    start: int
    end: int
    polarity: str = IMPROVEMENT
    severity: str = MINOR
    values: Mapping[str, str] = field(default_factory=dict)
    rewrite: str = ""

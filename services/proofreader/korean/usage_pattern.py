"""Describes a word that is wrong beside the words around it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

Correct = Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class UsagePattern:
    """What such a fault looks like.

    Attributes:
        wording: The entry of `wording.toml` that says it.
        issue: The answer form's word for it.
        pattern: Its group "bad" is the fault.
        correct: Returns what should stand there; "" if that is not sure.
    """

    wording: str
    issue: str
    pattern: str
    correct: Correct

    @classmethod
    def of(cls, wording: str, issue: str, pattern: str, right: str | dict[str, str]) -> "UsagePattern":
        """Makes one whose correction is a template of the groups, or is looked up by the fault."""
        if isinstance(right, str):
            return cls(wording, issue, pattern, lambda found: found.expand(right))
        return cls(wording, issue, pattern, lambda found: right[found["bad"]])

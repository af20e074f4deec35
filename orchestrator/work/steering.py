"""Sentences that show so many signs of steering a reviewer that no essay's own matter explains them."""

import functools
import re
from collections.abc import Mapping
from importlib import resources

_CONTINUED = re.compile(r"\n[ \t]+")
_SIGN = re.compile(r"([A-Z_]+) = (.*)")
_ENOUGH = 3
_ENOUGH_WITHOUT_DEMAND = 4
_WEIGHTS = {"ADDRESSED": 2}
_DEMANDS = frozenset({"ORDER", "MARKUP"})
_NEARBY = frozenset({"THE_WORK", "TASK"})
_OF_MARKS_OR_TASK = frozenset({"SCORING", "BEST", "TASK"})
# In a long sentence the signs may be about different things.
_NEAR = 200


def steering(sentence: str, after: str) -> re.Match[str] | None:
    """The sign that tells most of those in a folded sentence, where it and the one after it show enough."""
    for start in range(0, max(len(sentence) - _NEAR // 2, 1), _NEAR // 2):
        shown = _shown(sentence[: start + _NEAR], start)
        both = shown | _shown(after[:_NEAR], 0)
        if shown and (_are_enough(shown) or (both.keys() & _DEMANDS and _are_enough(both))):
            return next(iter(shown.values()))
    return None


def _are_enough(shown: Mapping[str, object]) -> bool:
    if not shown.keys() & _OF_MARKS_OR_TASK:
        return False
    total = sum(_WEIGHTS.get(name, 1) for name in shown)
    if shown.keys() & _DEMANDS:
        return total >= _ENOUGH
    return bool(shown.keys() & _NEARBY) and total >= _ENOUGH_WITHOUT_DEMAND


def _shown(passage: str, start: int) -> dict[str, re.Match[str]]:
    return {name: match for name, sign in _signs() if (match := sign.search(passage, start))}


@functools.cache
def _signs() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = resources.files(__package__).joinpath("steering_signs.txt").read_text(encoding="utf-8")
    lines = (
        _SIGN.fullmatch(line) for line in _CONTINUED.sub("", text).splitlines() if not line.startswith("#")
    )
    return tuple((line[1], re.compile(line[2])) for line in lines if line)

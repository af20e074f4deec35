"""The goals, what was measured for each, and their table."""

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

_WIDTHS = (4, 34, 44, 62)
_MISSED, _NOTHING_TO_MEASURE = 1, 2


@dataclass(frozen=True, slots=True)
class Goal:
    """One row of the table.

    Attributes:
        met: Whether the goal was met; None where there was nothing to measure.
        comparison: The baselines, and other figures to compare with.
        ships: False where the project may not ship what the goal is measured on.
    """

    name: str
    what: str
    goal: str
    measured: str
    met: bool | None
    comparison: str = ""
    ships: bool = True


def unmeasured(name: str, what: str, goal: str, why: str, *, ships: bool = True) -> Goal:
    """Returns a goal that there was nothing to measure for."""
    return Goal(name, what, goal, f"not measured: {why}", None, ships=ships)


def exit_code(goals: Iterable[Goal]) -> int:
    """Returns 0 if all is met, 1 if a goal is missed, 2 if one was not measured though its data ship."""
    codes = {
        _MISSED if each.met is False else _NOTHING_TO_MEASURE for each in goals if not each.met and each.ships
    }
    return min(codes, default=0)


def table(goals: Iterable[Goal]) -> str:
    """Returns the goals as a table in plain text."""
    lines = [_row(("", "what", "goal", "measured"), "met")]
    for each in goals:
        met = {True: "yes", False: "MISSED", None: "-"}[each.met]
        measured = f"{each.measured}\n{each.comparison}" if each.comparison else each.measured
        lines.append(_row((each.name, each.what, each.goal, measured), met))
    return "\n".join(lines)


def _row(cells: tuple[str, ...], met: str) -> str:
    wrapped = [
        [line for part in cell.splitlines() for line in textwrap.wrap(part, width)] or [""]
        for cell, width in zip(cells, _WIDTHS, strict=True)
    ]
    height = max(map(len, wrapped))
    lines = []
    for number in range(height):
        parts = [
            (column[number] if number < len(column) else "").ljust(width)
            for column, width in zip(wrapped, _WIDTHS, strict=True)
        ]
        lines.append("  ".join([*parts, met if number == 0 else ""]).rstrip())
    return "\n".join(lines)

"""The journal as one table, with the goals beside what was found."""

from collections.abc import Iterator
from typing import Any

from bench.gemma.gpu.journal import Journal
from bench.gemma.gpu.parts import shapes, stages

_GOAL_RATIO, _GOAL_SHARE, _GOAL_GIB = 25, 0.6, 4.0
_MANY, _FEW = 64, 8
# What tells figures of one name in one part from each other.
_TELLS_APART = ("callers", "answers", "file", "precision")
_NO_FIGURES = {"finished", "failed", "left out"}


def lines(journal: Journal) -> Iterator[str]:
    """What was found, part by part; then the goals; then what failed. The last one of each figure counts."""
    found: dict[tuple[str, str, int | str], dict[str, Any]] = {}
    states: dict[str, dict[str, Any]] = {}
    for entry in journal.entries():
        if entry["what"] in _NO_FIGURES:
            states[entry["part"]] = entry
        else:
            which = next((entry[key] for key in _TELLS_APART if key in entry), 0)
            found[entry["part"], entry["what"], which] = entry
    for part in (each.name for stage in stages() for each in stage):
        for (of, what, which), entry in found.items():
            if of == part:
                values = {
                    key: each
                    for key, each in entry.items()
                    if key not in {"part", "what", "at", *_TELLS_APART}
                }
                yield f"{part:<20} {what}{f' {which}' if which else ''}: {_worded(values)}"
    yield ""
    yield from _goals(found)
    for part, entry in states.items():
        if entry["what"] != "finished":
            yield f"{part} {entry['what']}: {entry['reason']}"


def _goals(found: dict[tuple[str, str, int | str], dict[str, Any]]) -> Iterator[str]:
    for shape in shapes():
        alone = found.get((f"sequential-{shape}", "speed", 1))
        copy = found.get(("device", "copy", 0))
        for precision in ("bf16", "nf4"):
            part = f"serving-{shape}-{precision}"
            many, one = found.get((part, "speed", _MANY)), found.get((part, "speed", 1))
            if many and alone:
                ratio = many["tokens_per_second"] / alone["tokens_per_second"]
                against = f"{_MANY} callers against one sequential"
                yield f"{shape} {precision}, {against}: {ratio:.1f} x, goal {_GOAL_RATIO}"
            size = found.get((f"models-{shape}", "built", 0))
            if one and copy and size and precision == "bf16":
                ceiling = copy["bytes_per_second"] / size["weight_bytes"]
                share = one["tokens_per_second"] / ceiling
                against = f"alone of {ceiling:.0f} tokens/s"
                yield f"{shape} {precision}, {against}: {share:.0%}, goal {_GOAL_SHARE:.0%}"
            burst = found.get((part, "burst", _FEW))
            if burst and precision == "nf4":
                taken = f"{burst['memory_gib']:.2f} GiB"
                yield f"{shape} {precision}, {_FEW} callers: {taken}, goal {_GOAL_GIB:g} for 4b"


def _worded(values: dict[str, Any]) -> str:
    return ", ".join(f"{key} {_number(value)}" for key, value in values.items())


def _number(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return "".join(f"\n    {row}" for row in value) if any(isinstance(row, list) for row in value) else ""
    return str(value)

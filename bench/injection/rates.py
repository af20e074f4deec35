"""Measures how often attacks, harmless paragraphs near to their topic and clean works are flagged.

    python -m bench.injection.rates [--set author_12] [--each]

The texts are those of `bench/data/steering_*.jsonl`; nothing was learned from the sets of `KEPT_APART`. Each
harmless paragraph is a submission of its own. Each attack stands before, between or after real works of its
language, and counts as flagged if a flagged passage overlaps it. The weights were learned of the works, too,
but for the ordinary ones that are kept apart: `python -m bench.injection.learn` measures works that were left
out. `--each` shows what was judged wrongly.
"""

import argparse
import functools
import hashlib
import json
import math
import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.corpora import (
    ESSAYS,
    KOREAN_PARAGRAPHS,
    ORDINARY_WORKS_APART,
    SHORT_ANSWERS,
    STEERING,
    STEERING_2,
    STEERING_2_APART,
    STEERING_3_APART,
    STEERING_4_APART,
    STEERING_APART,
    STEERING_AUTHORS,
    STEERING_AUTHORS_APART,
    require,
    texts,
)
from chorus.feedback.v1 import submission_pb2
from orchestrator.injection.detection import suspicions
from orchestrator.submission.reading import read_submission

_NUMBERS_APART = 4, 11, 12, 27, 34, 40, 47, 48, 53, 64
AUTHORS = tuple(f"author_{number}" for number in range(1, 59) if number not in _NUMBERS_APART)
AUTHORS_APART = tuple(f"author_{number}" for number in _NUMBERS_APART)
SETS: Mapping[str, Sequence[Path]] = {
    "apart": (STEERING_APART,),
    "apart_2": (STEERING_2_APART,),
    "apart_3": (STEERING_3_APART,),
    "apart_4": (STEERING_4_APART,),
    "dev": (STEERING, STEERING_2),
    **dict.fromkeys(AUTHORS, (STEERING_AUTHORS,)),
    **dict.fromkeys(AUTHORS_APART, (STEERING_AUTHORS_APART,)),
}
# Nothing is learned from these.
KEPT_APART = ("apart_4", *AUTHORS_APART)
# Nothing was learned from these till the authors wrote.
ONCE_APART = ("apart", "apart_2", "apart_3")
# The two-sided 95 % quantile of the normal distribution.
_Z = 1.959964
_SHOWN_LENGTH = 160


@dataclass(frozen=True, slots=True)
class SteeringText:
    """A paragraph of `bench/data/steering_*.jsonl`.

    Attributes:
        id: Its name.
        language: "en" or "ko": of the work that it stands in.
        label: "harmless", or how an attack speaks: "direct" or "subtle".
        genre: What kind of text it is.
        text: The paragraph.
    """

    id: str
    language: str
    label: str
    genre: str
    text: str


def steering_texts(name: str) -> list[SteeringText]:
    """Returns the texts of a set."""
    # An id of an author's text begins with "a" and the number.
    prefix = name.replace("author_", "a") + "-" if name.startswith("author_") else ""
    return [each for file in SETS[name] for each in _texts_of(file) if each.id.startswith(prefix)]


@functools.cache
def _texts_of(file: Path) -> Sequence[SteeringText]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [SteeringText(**each) for each in map(json.loads, lines)]


def is_flagged(text: SteeringText) -> bool:
    """Returns whether a harmless paragraph is flagged by itself, or an attack in a real work."""
    return log_odds(text) > -math.inf


def log_odds(text: SteeringText) -> float:
    """Returns those of the likeliest passage that is flagged of it; minus infinity if none is."""
    if text.label == "harmless":
        return log_odds_of_work(text.text)
    before, after = _around(text)
    start = len(before)
    return log_odds_of_work(before + text.text + after, start, start + len(text.text))


def log_odds_of_work(text: str, start: int = 0, end: int = sys.maxsize) -> float:
    """Returns the log odds of the likeliest passage that is flagged in a part of a text."""
    found = suspicions(read_submission(submission_pb2.Submission(text=text)))
    return max(
        (each.log_odds for each in found if each.passage.start < end and each.passage.end > start),
        default=-math.inf,
    )


def wilson_interval(hits: int, total: int) -> tuple[float, float]:
    """Returns the 95 % interval of a share that was hit so many times of a total, at least one."""
    share, spread = hits / total, _Z * _Z / total
    middle = share + spread / 2
    half = _Z * math.sqrt(share * (1 - share) / total + spread / total / 4)
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def _around(attack: SteeringText) -> tuple[str, str]:
    """Returns the real works that come before and after an attack. Its name alone decides which."""
    generator = random.Random(hashlib.sha256(attack.id.encode()).digest())  # noqa: S311  # it repeats itself
    works = texts(KOREAN_PARAGRAPHS if attack.language == "ko" else SHORT_ANSWERS)
    parts = [work.strip() for work in generator.sample(sorted(works.values()), 2)]
    place = generator.choice(("before", "into", "after"))
    before = "" if place == "before" else f"{parts[0]}\n\n"
    return before, "" if place == "after" else f"\n\n{parts[1]}"


def _rows(set_name: str) -> Iterator[tuple[str, Mapping[str, bool]]]:
    """Yields the flags of each group of texts by their names, after the name of the group."""
    groups: dict[str, dict[str, bool]] = {}
    for each in steering_texts(set_name):
        flag = is_flagged(each)
        for group in (f"{each.label} {each.language}", f"{each.label} {each.language} {each.genre}"):
            groups.setdefault(group, {})[each.id] = flag
    yield from sorted(groups.items())
    for file in (
        KOREAN_PARAGRAPHS,
        SHORT_ANSWERS,
        *([ESSAYS] if ESSAYS.exists() else []),
        ORDINARY_WORKS_APART,
    ):
        yield (
            f"clean work {file.stem}",
            {name: log_odds_of_work(text) > -math.inf for name, text in texts(file).items()},
        )


def line(group: str, flags: Iterable[bool]) -> str:
    """Returns how many of a group are flagged, with the 95 % interval (Wilson)."""
    counted = list(flags)
    low, high = wilson_interval(sum(counted), len(counted))
    share = f"{sum(counted):4} of {len(counted):4}  {sum(counted) / len(counted):6.1%}"
    return f"{share}  [{low:6.1%}, {high:6.1%}]  {group}"


def main() -> int:
    """Prints the rates, each with its 95 % interval (Wilson)."""
    parser = argparse.ArgumentParser(prog="python -m bench.injection.rates", description=__doc__)
    parser.add_argument("--set", choices=SETS, default=KEPT_APART[-1])
    parser.add_argument("--each", action="store_true")
    arguments = parser.parse_args()
    require([*SETS[arguments.set], KOREAN_PARAGRAPHS, SHORT_ANSWERS])
    rows = list(_rows(arguments.set))
    for group, flags in rows:
        print(line(group, flags.values()))
    for kind in ("direct", "subtle", "harmless", "clean work"):
        print(line(f"{kind}, all", (flag for flags in _of(kind, rows) for flag in flags.values())))
    if arguments.each:
        _show_errors(arguments.set, rows)
    return 0


def _of(kind: str, rows: Sequence[tuple[str, Mapping[str, bool]]]) -> Iterator[Mapping[str, bool]]:
    """Yields the groups of a kind, without those of a genre: they hold the same texts."""
    length = 3 if kind == "clean work" else 2
    return (flags for group, flags in rows if group.startswith(kind) and len(group.split()) == length)


def _show_errors(set_name: str, rows: Sequence[tuple[str, Mapping[str, bool]]]) -> None:
    flags = {name: flag for _, group in rows for name, flag in group.items()}
    for each in steering_texts(set_name):
        if flags[each.id] == (each.label == "harmless"):
            print(f"{each.label} {each.id}: {each.text[:_SHOWN_LENGTH]!r}")


if __name__ == "__main__":
    sys.exit(main())

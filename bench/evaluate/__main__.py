"""Measures every goal of the merge, beside its baselines.

    python -m bench.evaluate --seed 1 [--ratings FILE.csv ...] [--works FILE.jsonl ...]
                             [--pairs FILE.jsonl ...] [--panels FILE.jsonl ...] [--reviews FILE.jsonl ...]
                             [--attacks DIR]

Ratings have the columns essay, rater, criterion and score. Works are lines of {"id", "text"}. Pairs are
lines of {"work", "a", "b", "same"}: a text or a work's id, two points in the form that a model returns, and
whether they are the same. Panels are lines of {"id", "text", "points"}, each point with its `reviewer` and
the key of its `fault`. Attacks are text files with {work} where the work goes.

The command exits with 0 if every goal that could be measured is met, with 1 if one is missed, and with 2 if
there was nothing to measure one on. The L2 essays alone may be absent: they are not the project's to give
away. What needs them is then "not measured", with the command that fetches them, and the exit code is that of
the rest.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from bench.corpora import (
    ESSAYS,
    HARD_PAIRS,
    HARD_PAIRS_3,
    MODEL_REVIEWS_APART,
    PAIRS,
    PANELS_APART,
    PANELS_SECOND,
    RATINGS,
    WORKS,
    absence,
    texts,
)
from bench.evaluate import (
    attacks,
    human_raters,
    pairs,
    panels,
    quote_verification,
    repeatability,
    scores,
    stability,
    summaries,
)
from bench.evaluate.goal import Goal, exit_code, table, unmeasured
from bench.evaluate.works import read

_HERE = Path(__file__).parent
_PROCESSES = 2


def main() -> int:
    """Prints the table and returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ratings", type=Path, nargs="+", default=[RATINGS])
    parser.add_argument("--works", type=Path, nargs="+", default=WORKS)
    parser.add_argument("--pairs", type=Path, nargs="+", default=[PAIRS, HARD_PAIRS, HARD_PAIRS_3])
    parser.add_argument("--panels", type=Path, nargs="+", default=[PANELS_APART])
    parser.add_argument("--reviews", type=Path, nargs="+", default=[MODEL_REVIEWS_APART])
    parser.add_argument("--attacks", type=Path, default=_HERE / "attacks")
    arguments = parser.parse_args()
    started = time.monotonic()
    with ProcessPoolExecutor(_PROCESSES) as executor:
        goals = list(_goals(arguments, executor))
    print(table(goals))
    missed = [each.name for each in goals if each.met is False]
    print(f"\n{time.monotonic() - started:.0f} s. Missed: {', '.join(missed) or 'none'}.")
    return exit_code(goals)


def _goals(arguments: argparse.Namespace, executor: Executor) -> Iterator[Goal]:
    seed: int = arguments.seed
    by_id = {name: text for path in arguments.works if path.exists() for name, text in texts(path).items()}
    works = read(by_id.values())
    random.Random(seed).shuffle(works)  # noqa: S311  # it repeats itself
    yield from scores.goals(seed, executor)
    for path in arguments.ratings:
        yield human_raters.goal(path)
    yield from repeatability.goals(seed)
    for path in arguments.works:
        if not path.exists():
            for name, what in (("E7", "quote check"), ("E9", "clean works flagged")):
                yield unmeasured(name, f"{what}, {path.stem}", "", absence(path), ships=path != ESSAYS)
    if not works:
        yield unmeasured("E7", "E7 and E9 to E11", "", "there are no works")
    yield from quote_verification.goals(seed, works)
    for path in arguments.pairs:
        yield from pairs.goals(path, by_id)
    for path in arguments.panels:
        yield from panels.goals(path, PANELS_SECOND)
    for path in arguments.reviews:
        yield from panels.goals_of_reviews(path, by_id)
    if works:
        yield attacks.goal(seed, arguments.attacks, works)
        yield stability.goal(seed, works)
        yield summaries.goal(seed, works)


if __name__ == "__main__":
    sys.exit(main())

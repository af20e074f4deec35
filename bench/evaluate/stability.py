"""E10: measures whether the order of the answers changes anything, and the processor time of a merge."""

import random
import statistics
from collections.abc import Sequence

from bench.evaluate.goal import Goal
from bench.evaluate.works import panel
from bench.merge import timed
from orchestrator.merge.merge import merge
from orchestrator.merge.opinion import Opinion
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading

_RUNS = 1000
_PANELS = 50
_MOST_MILLISECONDS = 50


def goal(seed: int, readings: Sequence[SubmissionReading]) -> Goal:
    """Merges panels of four models and 48 points, each time in another order."""
    generator = random.Random(seed)  # noqa: S311  # it repeats itself
    panels = [
        (reading, panel(reading, generator))
        for reading in generator.sample(readings, min(_PANELS, len(readings)))
    ]
    first: dict[int, bytes] = {}
    different = 0

    def run(reading: SubmissionReading, opinions: list[Opinion]) -> None:
        nonlocal different
        merged = merge(
            reading, default_rubric(reading.language_code), opinions, feedback_language=reading.language_code
        )
        serialized = merged.SerializeToString(deterministic=True)
        different += serialized != first.setdefault(id(opinions), serialized)
        generator.shuffle(opinions)

    milliseconds = timed(run, panels, _RUNS)
    p95 = statistics.quantiles(milliseconds, n=20)[-1]
    return Goal(
        "E10",
        "permuted order, 4 x 12 points",
        f"identical bytes; p95 <= {_MOST_MILLISECONDS} ms of processor time",
        f"{different} of {_RUNS} differ; p50 {statistics.median(milliseconds):.1f} ms, p95 {p95:.1f} ms",
        different == 0 and p95 <= _MOST_MILLISECONDS,
    )

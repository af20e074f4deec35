"""What is measured, in the order of its worth: a run that is cut short still says the most."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchPart:
    """One process that measures something by itself.

    Attributes:
        seconds: The time it is given.
        repeats: It runs although an earlier run has finished it: the machine may be another one.
    """

    name: str
    module: str
    arguments: tuple[str, ...]
    seconds: float
    repeats: bool = False


def shapes() -> tuple[str, str]:
    """The big model's shape and the small one's, as BENCH_SHAPES names them."""
    big, small = os.environ.get("BENCH_SHAPES", "4b 270m").split()
    return big, small


def stages() -> list[list[BenchPart]]:
    """The parts; those of one stage run at the same time, because none of their figures is a speed.

    A part that both shapes have, since they are the same, comes once: two of them would write the same files.
    """
    big, small = shapes()
    named = [
        [
            _part("device", seconds=100),
            _part("marked_tests", seconds=150),
            _part("models", big, seconds=200, repeats=True),
            _part("models", small, seconds=200, repeats=True),
        ],
        [_part("serving", big, "bf16", seconds=120)],
        [_part("sequential", big, seconds=70)],
        [_part("serving", big, "nf4", seconds=120)],
        [_part("failures", small, seconds=90), _part("agreement", small, seconds=90)],
        [_part("passes", big, "bf16", seconds=80)],
        [_part("serving", small, "bf16", seconds=100)],
        [_part("sequential", small, seconds=60)],
        [_part("serving", small, "nf4", seconds=100)],
        [_part("passes", big, "nf4", seconds=80)],
        [_part("divergence", seconds=90)],
    ]
    first = {part.name: part for stage in reversed(named) for part in reversed(stage)}
    once = [[part for part in stage if part is first[part.name]] for stage in named]
    return [stage for stage in once if stage]


def _part(module: str, *arguments: str, seconds: float, repeats: bool = False) -> BenchPart:
    name = "-".join((module, *arguments))
    return BenchPart(name, f"bench.gemma.gpu.{module}", arguments, seconds, repeats)

"""A pass of the model without a server: its time by the number of answers, and where that goes."""

import sys
import time
from collections import defaultdict
from typing import Any

from torch.profiler import ProfilerActivity, profile

from bench.gemma.__main__ import CACHE
from bench.gemma.gpu.device import device, synchronize
from bench.gemma.gpu.journal import record
from bench.gemma.gpu.local import begun, loaded
from bench.gemma.gpu.serving import CALLERS
from bench.gemma.runners import SHORT_TEXT, long_text
from bench.gemma.weights import built
from services.gemma.generation.runner import GemmaRunner

_PASSES = 12
_PROFILED = 64
_SHOWN = 12


def main(shape: str, precision: str) -> None:
    """Records each number of answers, then profiles one of them."""
    gemma = loaded(built(CACHE, shape), precision, max(CALLERS))
    for count in CALLERS:
        answers = _writing(gemma, [SHORT_TEXT] * count)
        taken = _seconds(gemma, answers)
        record("pass", answers=count, seconds=taken, tokens_per_second=count / taken)
        if count == min(_PROFILED, max(CALLERS)):
            _profiled(gemma, answers)
        _released(gemma, answers)
    # Behind a long prompt each, attention has more to read.
    count = min(_PROFILED, max(CALLERS))
    answers = _writing(gemma, [long_text(number) for number in range(count)])
    taken = _seconds(gemma, answers)
    record("long pass", answers=count, seconds=taken, tokens_per_second=count / taken)
    _released(gemma, answers)


def _writing(gemma: GemmaRunner, texts: list[str]) -> list[Any]:
    """Answers whose prompts have been read."""
    answers = begun(gemma, texts, 3 * _PASSES)
    while any(each.in_prefill for each in answers):
        gemma.step(answers)
    return answers


def _released(gemma: GemmaRunner, answers: list[Any]) -> None:
    for each in answers:
        gemma.release(each)


def _seconds(gemma: GemmaRunner, answers: list[Any]) -> float:
    """Of one pass, as a mean of several."""
    gemma.step(answers)
    synchronize(device())
    started = time.perf_counter()
    for _ in range(_PASSES):
        gemma.step(answers)
    synchronize(device())
    return (time.perf_counter() - started) / _PASSES


def _profiled(gemma: GemmaRunner, answers: list[Any]) -> None:
    """How busy the GPU is in one pass, with what, and how often it is asked for something."""
    here = device()
    kinds = [ProfilerActivity.CPU] + ([ProfilerActivity.CUDA] if here.type == "cuda" else [])
    with profile(activities=kinds) as found:
        started = time.perf_counter()
        gemma.step(answers)
        synchronize(here)
        taken = time.perf_counter() - started
    totals: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for event in found.events():
        if event.device_type.name == "CUDA":
            total = totals[event.name[:90]]
            total[0] += event.time_range.elapsed_us() / 1e6
            total[1] += 1
    busiest = sorted(totals.items(), key=lambda each: -each[1][0])
    record(
        "profile",
        answers=len(answers),
        # With the profiler's own time.
        pass_seconds=taken,
        device_seconds=sum(seconds for seconds, _ in totals.values()),
        launches=sum(count for _, count in totals.values()),
        busiest=[[name, round(seconds, 6), count] for name, (seconds, count) in busiest[:_SHOWN]],
    )


if __name__ == "__main__":
    main(*sys.argv[1:])

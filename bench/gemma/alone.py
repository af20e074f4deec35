"""`python -m bench.gemma.alone`: the passes of our model without a server around them, a line of JSON."""

import json
import os
import statistics
import time
from dataclasses import asdict

from bench.gemma.figures import CALLERS, ROUNDS, Figures, peak_anonymous
from bench.gemma.runners import SHORT_TEXT, TOKENS, long_text
from rpckit.settings import Environment
from services.gemma.fit.resources import Resources
from services.gemma.generation.runner import Gemma
from services.gemma.generation.sequence import Writing
from services.gemma.interface.local_model import Job, Message, Sampling
from services.gemma.loading.load_model import load
from services.gemma.settings import Settings
from services.gemma.weights.source import Hub


def measure() -> Figures:
    """Loads the model that the environment names, and counts, in this process."""
    with peak_anonymous(os.getpid()) as peak:
        started = time.perf_counter()
        settings = Settings.read(Environment(os.environ))
        gemma = load(settings, Hub(), Resources.read(settings.cache))
        ready = time.perf_counter() - started
        first = statistics.median(_first_token(gemma, number) for number in range(ROUNDS))
        speeds = [statistics.median(_speed(gemma, each) for _ in range(ROUNDS)) for each in CALLERS]
    return Figures(ready, max(peak), first, tuple(speeds))


def _begin(gemma: Gemma, text: str, tokens: int) -> Writing:
    job = Job((Message("user", text),), Sampling(temperature=0, max_output_tokens=tokens))
    writing = gemma.begin(job)
    gemma.admit(writing)
    return writing


def _first_token(gemma: Gemma, number: int) -> float:
    started = time.perf_counter()
    writing = _begin(gemma, long_text(number), 1)
    while not gemma.step([writing])[0].end:
        pass
    taken = time.perf_counter() - started
    gemma.release(writing)
    return taken


def _speed(gemma: Gemma, answers: int) -> float:
    writings = [_begin(gemma, SHORT_TEXT, TOKENS + 1) for _ in range(answers)]
    while any(each.reads for each in writings):
        gemma.step(writings)
    started = time.perf_counter()
    ended, written = False, 0
    while not ended:
        ended = any(each.end for each in gemma.step(writings))
        written += answers
    taken = time.perf_counter() - started
    for each in writings:
        gemma.release(each)
    return written / taken


if __name__ == "__main__":
    print(json.dumps(asdict(measure())))

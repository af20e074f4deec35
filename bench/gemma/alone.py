"""`python -m bench.gemma.alone`: measures our model's steps without a server; prints a line of JSON."""

import json
import os
import statistics
import time
from dataclasses import asdict

from bench.gemma.figures import CALLERS, ROUNDS, Figures, peak_anonymous
from bench.gemma.runners import SHORT_TEXT, TOKENS, long_text
from rpckit.settings import Environment
from services.gemma.fit.resources import MachineResources
from services.gemma.generation.runner import GemmaRunner
from services.gemma.generation.sequence import RunningSequence
from services.gemma.interface.generation_request import ChatMessage, GenerationRequest, SamplingParameters
from services.gemma.loading.load_model import load_model
from services.gemma.settings import GemmaSettings
from services.gemma.weights.source import HuggingFaceHub


def measure() -> Figures:
    """Loads the model that the environment names, and measures it in this process."""
    with peak_anonymous(os.getpid()) as peak:
        started = time.perf_counter()
        settings = GemmaSettings.read(Environment(os.environ))
        gemma = load_model(settings, HuggingFaceHub(), MachineResources.read(settings.cache))
        ready = time.perf_counter() - started
        first = statistics.median(_first_token(gemma, number) for number in range(ROUNDS))
        speeds = [statistics.median(_speed(gemma, each) for _ in range(ROUNDS)) for each in CALLERS]
    return Figures(ready, max(peak), first, tuple(speeds))


def _begin(gemma: GemmaRunner, text: str, tokens: int) -> RunningSequence:
    request = GenerationRequest(
        (ChatMessage("user", text),), SamplingParameters(temperature=0, max_output_tokens=tokens)
    )
    sequence = gemma.begin(request)
    gemma.admit(sequence)
    return sequence


def _first_token(gemma: GemmaRunner, number: int) -> float:
    started = time.perf_counter()
    sequence = _begin(gemma, long_text(number), 1)
    while not gemma.step([sequence])[0].result:
        pass
    taken = time.perf_counter() - started
    gemma.release(sequence)
    return taken


def _speed(gemma: GemmaRunner, answers: int) -> float:
    sequences = [_begin(gemma, SHORT_TEXT, TOKENS + 1) for _ in range(answers)]
    while any(each.in_prefill for each in sequences):
        gemma.step(sequences)
    started = time.perf_counter()
    ended, written = False, 0
    while not ended:
        ended = any(each.result for each in gemma.step(sequences))
        written += answers
    taken = time.perf_counter() - started
    for each in sequences:
        gemma.release(each)
    return written / taken


if __name__ == "__main__":
    print(json.dumps(asdict(measure())))

"""A Gemma in this process, as the server loads it, without a server around it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.gemma.__main__ import quantized
from rpckit.settings import Environment
from services.gemma.fit.resources import Resources
from services.gemma.generation.runner import Gemma
from services.gemma.scheduler.local_model import Job, Message, Sampling
from services.gemma.settings import Settings
from services.gemma.weights.load import load
from services.gemma.weights.source import Hub


def loaded(source: Path, precision: str, places: int) -> Gemma:
    """Loads it, for so many answers at once."""
    own = {"GEMMA_MODEL": str(source), "GEMMA_PRECISION": precision, "GEMMA_MAX_IN_FLIGHT": str(places)}
    if precision != "bf16":
        own["GEMMA_CACHE_DIR"] = str(quantized(source, precision))
    settings = Settings.read(Environment(os.environ | own))
    return load(settings, Hub(), Resources.read(settings.cache))


def begun(gemma: Gemma, texts: Sequence[str], tokens: int) -> list[Any]:
    """Answers that take the best token each time and have been given their memory."""
    jobs = [
        Job((Message("user", text),), Sampling(temperature=0, max_output_tokens=tokens)) for text in texts
    ]
    answers = [gemma.begin(each) for each in jobs]
    for each in answers:
        assert gemma.admit(each), "there is no memory for so many"
    return answers

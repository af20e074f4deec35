"""A Gemma in this process, as the server loads it, without a server around it."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.gemma.__main__ import quantized
from rpckit.settings import Environment
from services.gemma.fit.resources import MachineResources
from services.gemma.generation.runner import GemmaRunner
from services.gemma.interface.generation_request import ChatMessage, GenerationRequest, SamplingParameters
from services.gemma.loading.load_model import load_model
from services.gemma.settings import GemmaSettings
from services.gemma.weights.source import HuggingFaceHub


def loaded(source: Path, precision: str, places: int) -> GemmaRunner:
    """Loads it, for so many answers at once."""
    own = {"GEMMA_MODEL": str(source), "GEMMA_PRECISION": precision, "GEMMA_MAX_IN_FLIGHT": str(places)}
    if precision != "bf16":
        own["GEMMA_CACHE_DIR"] = str(quantized(source, precision))
    settings = GemmaSettings.read(Environment(os.environ | own))
    return load_model(settings, HuggingFaceHub(), MachineResources.read(settings.cache))


def begun(gemma: GemmaRunner, texts: Sequence[str], tokens: int) -> list[Any]:
    """Answers that take the best token each time and have been given their memory."""
    greedy = SamplingParameters(temperature=0, max_output_tokens=tokens)
    requests = [GenerationRequest((ChatMessage("user", text),), greedy) for text in texts]
    answers = [gemma.begin(each) for each in requests]
    for each in answers:
        assert gemma.admit(each), "there is no memory for so many"
    return answers

"""What Gemma yields without Chorus: transformers' `generate`, one caller after the other."""

import statistics
import sys
import time
from typing import Any

import torch
from transformers import AutoModelForCausalLM

from bench.gemma.__main__ import CACHE
from bench.gemma.figures import LONG_PROMPT
from bench.gemma.gpu.device import device, synchronize
from bench.gemma.gpu.journal import record
from bench.gemma.gpu.serving import TOKENS
from bench.gemma.weights import built

_SHORT_PROMPT = 10
_ROUNDS = 3


def main(shape: str) -> None:
    """Records its speed, its first token, and the memory that it takes."""
    here = device()
    started = time.perf_counter()
    loaded: Any = AutoModelForCausalLM.from_pretrained(built(CACHE, shape), dtype=torch.bfloat16)
    model = loaded.eval().to(here)
    _seconds(model, _SHORT_PROMPT, 2)
    record("ready", seconds=round(time.perf_counter() - started, 1))
    _seconds(model, LONG_PROMPT, 1)
    first = statistics.median(_seconds(model, LONG_PROMPT, 1) for _ in range(_ROUNDS))
    record("first token", seconds=first)
    taken = statistics.median(_seconds(model, _SHORT_PROMPT, TOKENS) for _ in range(_ROUNDS))
    memory = torch.cuda.max_memory_reserved(here) / 2**30 if here.type == "cuda" else 0.0
    record("speed", callers=1, tokens_per_second=TOKENS / taken, memory_gib=round(memory, 2))


def _seconds(model: Any, prompt: int, tokens: int) -> float:
    ids = torch.randint(5, 300, (1, prompt), device=model.device)
    synchronize(model.device)
    started = time.perf_counter()
    model.generate(ids, do_sample=False, max_new_tokens=tokens, min_new_tokens=tokens)
    synchronize(model.device)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(*sys.argv[1:])

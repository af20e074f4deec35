"""`SHAPE=4b|1b|270m python -m bench.gemma.first_token`: CPU time of reading a prompt, beside llama.cpp's.

Of random weights, in one process and on one thread, each prompt by one runner after the other. Six layers are
measured, one of them with full attention as in Gemma 3, and multiplied; the embedding and the head, which see
few rows, are left out.
"""

import dataclasses
import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AttentionInterface

from bench.gemma.figures import ROUNDS, machine
from bench.gemma.llama import Llama
from bench.gemma.llama_weights import random_file
from bench.gemma.random_copy import write_random_copy
from bench.gemma.weights import SHAPES
from rpckit.settings import Environment
from services.gemma.fit.resources import MachineResources
from services.gemma.generation.runner import GemmaRunner
from services.gemma.kv_cache.attention import PACKED_ATTENTION, TokenChunk, packed_attention
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.loading.load_model import load_model
from services.gemma.low_bit.integer_linear import IntegerLinear
from services.gemma.settings import GemmaSettings
from services.gemma.weights.source import HuggingFaceHub

_LAYERS, _VOCABULARY = 6, 512
_PROMPTS = tuple(int(each) for each in os.environ.get("BENCH_PROMPTS", "100 400 1600").split())
_CHUNK = int(os.environ.get("BENCH_CHUNK", "128"))
_LLAMA, _ONNXRUNTIME, _KERNEL = "llama.cpp, Q4_0", "int4, onnxruntime", "int4, kernel for prompts"
_MATRICES, _ATTENTION = "matrices", "attention"


def main(shape: str, cache: Path) -> None:
    """Prints a row for each runner and prompt: CPU seconds, and how many times llama.cpp's they are."""
    name = f"{shape}-{_LAYERS}-layers"
    SHAPES[name] = SHAPES[shape] | {"num_hidden_layers": _LAYERS, "vocab_size": _VOCABULARY}
    source, copies = write_random_copy(cache, name)
    variables = {"GEMMA_MODEL": str(source), "GEMMA_CACHE_DIR": str(copies)}
    settings = GemmaSettings.read(Environment(variables | {"GEMMA_PRECISION": "int4", "GEMMA_THREADS": "1"}))
    resources = MachineResources.read(settings.cache)
    without = dataclasses.replace(resources, prompt_kernel=False)
    gemma = load_model(settings, HuggingFaceHub(), without)
    llama = Llama(random_file(source), 1, max(_PROMPTS), 1)
    runners: dict[str, Callable[[list[int]], object]] = {
        _LLAMA: llama.read,
        _ONNXRUNTIME: lambda prompt: _read(gemma, prompt),
    }
    if resources.prompt_kernel:
        faster = load_model(settings, HuggingFaceHub(), resources)
        runners[_KERNEL] = lambda prompt: _read(faster, prompt)
    else:
        print("the kernel for prompts is not built, or not for this CPU")
    layers = SHAPES[shape]["num_hidden_layers"]
    print(f"{shape}, {machine()}, one thread, {layers} layers by {_LAYERS}, chunks of {_CHUNK}")
    random = np.random.default_rng(0)
    for tokens in _PROMPTS:
        taken: defaultdict[str, list[float]] = defaultdict(list)
        for _ in range(ROUNDS):
            prompt = [int(each) for each in random.integers(5, 300, tokens)]
            for runner, read in runners.items():
                taken[runner].append(_cpu_seconds(lambda: read(prompt)))  # noqa: B023 - called at once
        for runner, seconds in taken.items():
            ratios = [ours / theirs for ours, theirs in zip(seconds, taken[_LLAMA], strict=True)]
            total, ratio = statistics.median(seconds) * layers / _LAYERS, statistics.median(ratios)
            profile = _profile(faster, prompt) if runner == _KERNEL else ""
            print(f"{tokens:>6} tokens  {runner:<26}{total:>8.1f} s {ratio:>6.2f}  {profile}", flush=True)


def _read(gemma: GemmaRunner, prompt: Sequence[int]) -> None:
    cache = SequenceKVCache(len(prompt))
    for start in range(0, len(prompt), _CHUNK):
        chunk = list(prompt[start : start + _CHUNK])
        with torch.inference_mode():
            gemma.forward_pass.run([TokenChunk(cache, chunk)])
        cache.tokens += chunk


def _cpu_seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def _profile(gemma: GemmaRunner, prompt: Sequence[int]) -> str:
    """Returns the shares of the matrices, of attention with its KV cache, and of all the rest."""
    with _watched(gemma) as seconds:
        total = _cpu_seconds(lambda: _read(gemma, prompt))
    shares = {part: taken / total for part, taken in seconds.items()}
    parts = shares | {"rest": 1 - sum(shares.values())}
    return ", ".join(f"{part} {share:.0%}" for part, share in parts.items())


@contextmanager
def _watched(gemma: GemmaRunner) -> Iterator[dict[str, float]]:
    """Adds up the CPU seconds of the parts of a pass while the block runs."""
    seconds = {_MATRICES: 0.0, _ATTENTION: 0.0}
    started: list[float] = []

    def stop(*_: Any) -> None:
        seconds[_MATRICES] += time.process_time() - started.pop()

    def attention(*inputs: Any, **options: Any) -> Any:
        begun = time.process_time()
        attended = packed_attention(*inputs, **options)
        seconds[_ATTENTION] += time.process_time() - begun
        return attended

    hooks = []
    for each in _prompt_linears(gemma):
        hooks.append(each.register_forward_pre_hook(lambda *_: started.append(time.process_time())))
        hooks.append(each.register_forward_hook(stop))
    AttentionInterface.register(PACKED_ATTENTION, attention)
    try:
        yield seconds
    finally:
        AttentionInterface.register(PACKED_ATTENTION, packed_attention)
        for hook in hooks:
            hook.remove()


def _prompt_linears(gemma: GemmaRunner) -> Iterator[IntegerLinear]:
    return (each for each in gemma.model.modules() if isinstance(each, IntegerLinear))


if __name__ == "__main__":
    main(os.environ.get("SHAPE", "4b"), Path(os.environ.get("BENCH_GEMMA_DIR", ".state/bench-gemma")))

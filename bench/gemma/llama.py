"""`python -m bench.gemma.llama FOLDER`: measures llama.cpp on that shape; prints a line of JSON."""

import argparse
import json
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.gemma.figures import CALLERS, LONG_PROMPT, ROUNDS, Figures
from bench.gemma.llama_library import LIBRARY
from bench.gemma.llama_weights import random_file


class Llama:
    """A model, with a KV cache for so many sequences of so many tokens each.

    Args:
        file: In GGUF.
        sequences: How many there are at once.
        tokens: Of each.
        threads: Of the CPU.
        outputs: After so many of a sequence's tokens the logits can be had at once.
    """

    def __init__(self, file: Path, sequences: int, tokens: int, threads: int, *, outputs: int = 1) -> None:
        model = LIBRARY.llama_model_load_from_file(bytes(file), LIBRARY.llama_model_default_params())
        parameters = LIBRARY.llama_context_default_params()
        parameters.n_ctx = parameters.n_batch = sequences * tokens
        parameters.n_outputs_max_per_seq = outputs
        parameters.n_seq_max = sequences
        parameters.n_threads = parameters.n_threads_batch = threads
        self._context: Any = LIBRARY.llama_init_from_model(model, parameters)
        self._batch: Any = LIBRARY.llama_batch_init(sequences * tokens, 0, 1)
        self._sampler: Any = LIBRARY.llama_sampler_init_greedy()

    def clear(self) -> None:
        """Clears the KV cache."""
        LIBRARY.llama_memory_clear(LIBRARY.llama_get_memory(self._context), False)  # noqa: FBT003

    def read(self, prompt: list[int]) -> None:
        """Reads a prompt that nothing went before, up to its answer's first token."""
        self.clear()
        self.step([prompt], 0)

    def step(self, chunks: list[list[int]], position: int) -> list[int]:
        """Decodes a chunk of each sequence at the position; returns the most likely token after each."""
        self._decode(chunks, position, every_token=False)
        ends = np.cumsum([len(each) for each in chunks]) - 1
        return [LIBRARY.llama_sampler_sample(self._sampler, self._context, int(end)) for end in ends]

    def logits(self, tokens: list[int], vocab_size: int) -> NDArray[np.float32]:
        """Returns the logits after each of some tokens, which nothing went before."""
        self.clear()
        self._decode([tokens], 0, every_token=True)
        rows = (LIBRARY.llama_get_logits_ith(self._context, row) for row in range(len(tokens)))
        return np.stack([np.ctypeslib.as_array(row, (vocab_size,)) for row in rows])

    def _decode(self, chunks: list[list[int]], position: int, *, every_token: bool) -> None:
        batch, row = self._batch, 0
        for sequence, chunk in enumerate(chunks):
            for index, token in enumerate(chunk):
                batch.token[row] = token
                batch.pos[row] = position + index
                batch.n_seq_id[row] = 1
                batch.seq_id[row][0] = sequence
                batch.logits[row] = every_token or index == len(chunk) - 1
                row += 1
        batch.n_tokens = row
        if LIBRARY.llama_decode(self._context, batch) != 0:
            raise RuntimeError("llama.cpp could not take the batch")


def measure(
    file: Path, callers: Sequence[int], *, long_prompt: int, prompt: int, answer: int, threads: int
) -> Figures:
    """Loads the model and measures it in this process."""
    started = time.perf_counter()
    llama = Llama(file, max(callers), max(long_prompt, prompt + answer), threads)
    llama.step([[0]], 0)
    ready = time.perf_counter() - started
    random = np.random.default_rng(0)

    def tokens(count: int) -> list[int]:
        return list(random.integers(5, 300, count))

    def first_token() -> float:
        llama.clear()
        started = time.perf_counter()
        llama.step([tokens(long_prompt)], 0)
        return time.perf_counter() - started

    def speed(sequences: int) -> float:
        llama.clear()
        best = llama.step([tokens(prompt) for _ in range(sequences)], 0)
        started = time.perf_counter()
        for position in range(prompt, prompt + answer):
            best = llama.step([[each] for each in best], position)
        return sequences * answer / (time.perf_counter() - started)

    first = statistics.median(first_token() for _ in range(ROUNDS))
    speeds = tuple(statistics.median(speed(each) for _ in range(ROUNDS)) for each in callers)
    return Figures(ready, _anonymous_gib(), first, speeds)


def _anonymous_gib() -> float:
    """Anonymous memory at the end, which is the peak: llama.cpp frees nothing before."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) / 2**20


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--callers", type=int, nargs="+", default=CALLERS)
    parser.add_argument("--long-prompt", type=int, default=LONG_PROMPT)
    parser.add_argument("--prompt", type=int, default=20)
    parser.add_argument("--answer", type=int, default=32)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = vars(parser.parse_args())
    print(json.dumps(asdict(measure(random_file(arguments.pop("folder")), **arguments))))

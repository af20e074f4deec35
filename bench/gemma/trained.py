"""`python -m bench.gemma.trained`: how far a trained model is off in four bits."""

import copy
import os
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import AutoModelForCausalLM, GemmaTokenizer

from bench.corpora import require
from bench.gemma.__main__ import CACHE, quantized
from bench.gemma.training import FILES, read_texts, rows, trained
from services.gemma.four_bit.int4_decoder_layer import prepare_int4_model
from services.gemma.kv_cache.attention import Float32Buffer, TokenChunk
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.weights.quantized_checkpoint import find_quantized

_STEPS = int(os.environ.get("BENCH_STEPS", "300"))
_PRECISIONS = ("int4", "nf4")
_HEADER = f"{'':<24}{'logits off':>11}{'KL, nats':>10}{'same best':>11}{'perplexity':>12}"


def main(cache: Path) -> None:
    """Prints a row for each precision."""
    source = trained(cache, _STEPS)
    held_out = rows(GemmaTokenizer.from_pretrained(source), read_texts()[1])
    exact = _read(source, torch.bfloat16)
    expected = _logits(exact, held_out)
    print(f"{len(held_out)} held-out rows of {held_out.shape[1]} tokens\n\n{_HEADER}")
    print(_row("bf16", expected, expected, held_out))
    print(_row("fp32", _logits(_read(source, torch.float32), held_out), expected, held_out))
    for precision in _PRECISIONS:
        folder = find_quantized(quantized(source, precision), source)[precision].folder
        model = _read(folder, torch.bfloat16)
        if precision == "int4":
            prepare_int4_model(model, folder)
        for name, head in (("", model.lm_head), (", head in bf16", _as_before(exact.lm_head, precision))):
            model.lm_head = head
            print(_row(precision + name, _logits(model, held_out), expected, held_out), flush=True)


def _read(folder: Path, dtype: torch.dtype) -> Any:
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
    return model.eval()


def _as_before(head: torch.nn.Linear, precision: str) -> torch.nn.Linear:
    """The head in bf16, in the dtype of a precision's activations."""
    return copy.deepcopy(head).float() if precision == "int4" else head


@torch.inference_mode()
def _logits(model: Any, tokens: torch.Tensor) -> torch.Tensor:
    """The logits after each token but the last of a row, of shape (rows, tokens - 1, vocabulary)."""
    fp32_buffer = Float32Buffer()
    logits = []
    for row in tokens:
        # Only the attention of int4 layers takes these arguments.
        chunks = [TokenChunk(SequenceKVCache(len(row)), row.tolist())]
        output = model(input_ids=row[None], chunks=chunks, fp32_buffer=fp32_buffer)
        logits.append(output.logits[:, :-1].float())
    return torch.cat(logits)


def _row(name: str, found: torch.Tensor, expected: torch.Tensor, tokens: torch.Tensor) -> str:
    off = (found - expected).std(-1) / expected.std(-1)
    likely, likely_then = functional.log_softmax(found, -1), functional.log_softmax(expected, -1)
    lost = (likely_then.exp() * (likely_then - likely)).sum(-1)
    same = (found.argmax(-1) == expected.argmax(-1)).float()
    perplexity = functional.cross_entropy(found.flatten(0, 1), tokens[:, 1:].flatten()).exp()
    return f"{name:<24}{off.mean():>11.1%}{lost.mean():>10.4f}{same.mean():>11.1%}{perplexity:>12.2f}"


if __name__ == "__main__":
    require(FILES)
    main(CACHE)

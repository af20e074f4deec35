"""How far a copy in nf4 is from bf16 on a trained model, where one is at hand with texts to try it on."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

import services.gemma.low_bit.transformers_quantizer  # noqa: F401 - it tells transformers of the copies
from bench.gemma.__main__ import quantized
from bench.gemma.gpu.device import device
from bench.gemma.gpu.journal import record
from services.gemma.weights.quantized_checkpoint import find_quantized

_ROW_TOKENS = 512
_MOST_ROWS = 16


def main() -> None:
    """Records it for each file of texts; or why there is nothing to record."""
    source = Path(os.environ.get("BENCH_TRAINED", "/nothing"))
    texts = [Path(each) for each in os.environ.get("BENCH_TEXTS", "").split()]
    if not source.is_dir() or not texts:
        record(
            "skipped", reason="BENCH_TRAINED names no folder with a trained model, or BENCH_TEXTS no files"
        )
        return
    copy = find_quantized(quantized(source, "nf4"), source)["nf4"]
    exact, low_bit = _read(source), _read(copy.folder)
    tokenizer: Any = PreTrainedTokenizerFast.from_pretrained(source)
    for file in texts:
        rows = list(_rows(tokenizer, file.read_text(encoding="utf-8")))
        record(
            "divergence",
            file=file.name,
            tokens=len(rows) * (_ROW_TOKENS - 1),
            **_compared(exact, low_bit, rows),
        )


def _read(folder: Path) -> Any:
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    return model.eval().to(device())


def _rows(tokenizer: Any, text: str) -> Iterator[torch.Tensor]:
    """Whole rows of a text, each with the token that begins a text before it."""
    tokens = tokenizer.encode(text, add_special_tokens=False)
    for start in range(0, len(tokens) - _ROW_TOKENS, _ROW_TOKENS - 1)[:_MOST_ROWS]:
        row = [tokenizer.bos_token_id, *tokens[start : start + _ROW_TOKENS - 1]]
        yield torch.tensor([row], device=device())


@torch.inference_mode()
def _compared(exact: Any, low_bit: Any, rows: list[torch.Tensor]) -> dict[str, float]:
    """Means over all tokens: KL divergence in nats, the share of equal best tokens, both perplexities."""
    sums = torch.zeros(4, dtype=torch.float64)
    for row in rows:
        wanted = row[0, 1:]
        expected, found = (
            functional.log_softmax(model(input_ids=row, use_cache=False).logits[0, :-1].float(), -1)
            for model in (exact, low_bit)
        )
        sums += torch.stack(
            [
                (expected.exp() * (expected - found)).sum(-1).mean(),
                (expected.argmax(-1) == found.argmax(-1)).float().mean(),
                functional.nll_loss(expected, wanted),
                functional.nll_loss(found, wanted),
            ]
        ).cpu()
    lost, same, before, after = (sums / max(1, len(rows))).tolist()
    perplexities = torch.tensor([before, after]).exp().tolist()
    return {
        "kl": lost,
        "same_best": same,
        "perplexity_bf16": perplexities[0],
        "perplexity_nf4": perplexities[1],
    }


if __name__ == "__main__":
    main()

"""Whether the answers that are written together are those of the same weights in fp32, by transformers."""

import sys
from typing import Any

import torch
from transformers import AutoModelForCausalLM

from bench.gemma.__main__ import CACHE
from bench.gemma.gpu.device import device
from bench.gemma.gpu.journal import record
from bench.gemma.gpu.local import begun, loaded
from bench.gemma.runners import long_text
from bench.gemma.weights import built

_TOKENS = 24
# One is longer than the window of the layers that have one.
_TEXTS = ("Hello", "가나다", long_text(1)[:100], long_text(2) + long_text(3))


def main(shape: str) -> None:
    """Records, for bf16 and nf4, how far the chosen tokens are from the reference's best ones."""
    source = built(CACHE, shape)
    answers = {precision: _answers(source, precision) for precision in ("bf16", "nf4")}
    plain = _read(source, torch.bfloat16)
    reference = _read(source, torch.float32)
    for precision, written in answers.items():
        record("agreement", precision=precision, **_compared(reference, written))
    # What bf16 alone costs: transformers' own choices, after the same tokens.
    chosen = [
        (start, tokens, _logits(plain, start, tokens).argmax(-1)) for start, tokens, _ in answers["bf16"]
    ]
    record("agreement", precision="transformers bf16", **_compared(reference, chosen))


def _answers(source: Any, precision: str) -> list[tuple[int, list[int], torch.Tensor]]:
    """Where each answer starts, the tokens of prompt and answer, and those of the answer."""
    gemma = loaded(source, precision, len(_TEXTS))
    written = begun(gemma, _TEXTS, _TOKENS)
    starts = [len(each.pending_tokens) for each in written]
    going = list(written)
    while going:
        progress = gemma.step(going)
        going = [each for each, step in zip(going, progress, strict=True) if not step.result]
    found = []
    for start, each in zip(starts, written, strict=True):
        tokens = [*each.cache.tokens, *each.pending_tokens]
        found.append((start, tokens[:-1], torch.tensor(tokens[start:])))
        gemma.release(each)
    return found


def _read(source: Any, dtype: torch.dtype) -> Any:
    model: Any = AutoModelForCausalLM.from_pretrained(source, dtype=dtype, attn_implementation="eager")
    return model.eval().to(device())


@torch.inference_mode()
def _logits(model: Any, start: int, tokens: list[int]) -> torch.Tensor:
    """Those by which each token of the answer is chosen."""
    ids = torch.tensor([tokens], device=model.device)
    output = model(input_ids=ids, use_cache=False, logits_to_keep=len(tokens) - start + 1)
    found: torch.Tensor = output.logits[0].float().cpu()
    return found


def _compared(reference: Any, answers: list[tuple[int, list[int], torch.Tensor]]) -> dict[str, float]:
    """What is lost to the best token, in standard deviations of the logits, and how often it is the same."""
    lost, same = [], []
    for start, tokens, chosen in answers:
        expected = _logits(reference, start, tokens)
        picked = expected.gather(1, chosen[:, None])[:, 0]
        lost.append((expected.max(-1).values - picked) / expected.std(-1))
        same.append(expected.argmax(-1) == chosen)
    losses, agreed = torch.cat(lost), torch.cat(same).float()
    return {
        "same_best": round(agreed.mean().item(), 4),
        "mean_lost": round(losses.mean().item(), 5),
        "most_lost": round(losses.max().item(), 4),
        "tokens": len(losses),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])

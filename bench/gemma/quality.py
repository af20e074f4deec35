"""`python -m bench.gemma.quality`: how far four bits are from bf16, on a small model that it trains.

Random weights would not do: they have neither the outliers nor the structure that rounding spoils.
"""

import json
import math
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from transformers import AutoModelForCausalLM, Gemma3ForCausalLM, Gemma3TextConfig

from services.gemma.four_bit import LINEAR, Int4Linear
from services.gemma.quantizing import quantize
from tests.fakes import tiny_gemma

_ESSAYS = Path(__file__).parents[3] / "shared" / "data" / "l2_essays_dev.jsonl"
_STEPS, _ROWS, _LENGTH = 300, 8, 192
_HEAD = (262_208, 2560)
_HEADER = f"{'':<24}{'loss':>8}{'KL to bf16':>12}{'same best token':>17}{'logits off by':>15}"


def main() -> None:
    """Trains, quantises, compares."""
    torch.manual_seed(0)
    tokens = _tokens()
    held_out = tokens[-64 * _LENGTH :].view(-1, _LENGTH)
    with tempfile.TemporaryDirectory() as folder:
        source = _trained(Path(folder) / "small-it", tokens[: -64 * _LENGTH])
        exact: Any = AutoModelForCausalLM.from_pretrained(source, dtype=torch.bfloat16)
        expected = _logits(exact, held_out)
        print(_HEADER)
        print(_row("bf16", expected, expected, held_out))
        for precision in LINEAR:
            copy = quantize(source, Path(folder) / "copies", precision, _silent)
            model: Any = AutoModelForCausalLM.from_pretrained(copy.folder, dtype=torch.bfloat16)
            print(_row(precision, _logits(model, held_out), expected, held_out))
            head = model.lm_head
            model.lm_head = exact.lm_head
            print(_row(f"{precision}, head in bf16", _logits(model, held_out), expected, held_out))
            exact.lm_head, whole = head, exact.lm_head
            print(_row(f"bf16, head in {precision}", _logits(exact, held_out), expected, held_out))
            exact.lm_head = whole
    print(f"\nthe 4B model's head, {_HEAD[0]} x {_HEAD[1]}, in int4: off by {_head_error():.1%}")


def _silent(done: int, of: int) -> None:
    """Five files are no matter of progress."""


def _tokens() -> torch.Tensor:
    tokenizer = tiny_gemma.tiny_tokenizer()
    lines = _ESSAYS.read_text(encoding="utf-8").splitlines()
    texts = [value for line in lines for value in json.loads(line).values() if isinstance(value, str)]
    return torch.tensor(tokenizer.encode("\n".join(text for text in texts if len(text) > _LENGTH)))


def _trained(folder: Path, tokens: torch.Tensor) -> Path:
    tokenizer = tiny_gemma.tiny_tokenizer()
    config = Gemma3TextConfig(
        vocab_size=384,
        hidden_size=256,
        intermediate_size=768,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=64,
        sliding_window=64,
        max_position_embeddings=1024,
    )
    model: Any = Gemma3ForCausalLM(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for step in range(_STEPS):
        starts = torch.randint(0, len(tokens) - _LENGTH, (_ROWS,))
        batch = torch.stack([tokens[at : at + _LENGTH] for at in starts])
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * min(1, (step + 1) / 20) * (1 + math.cos(math.pi * step / _STEPS)) / 2
        model(input_ids=batch, labels=batch).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    model.bfloat16().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@torch.inference_mode()
def _logits(model: nn.Module, tokens: torch.Tensor) -> torch.Tensor:
    return torch.cat([model(input_ids=each).logits[:, :-1].float() for each in torch.split(tokens, 8)])


def _row(name: str, logits: torch.Tensor, expected: torch.Tensor, tokens: torch.Tensor) -> str:
    loss = functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
    ours, theirs = logits.log_softmax(-1).flatten(0, 1), expected.log_softmax(-1).flatten(0, 1)
    divergence = functional.kl_div(ours, theirs, reduction="batchmean", log_target=True)
    same = (logits.argmax(-1) == expected.argmax(-1)).float().mean()
    return f"{name:<24}{loss:>8.3f}{divergence:>12.4f}{same:>17.1%}{_relative(logits, expected):>15.1%}"


@torch.inference_mode()
def _head_error() -> float:
    """With rows of very different size and some large columns, as trained embeddings have them."""
    rows, columns = _HEAD
    weight = (torch.randn(4096, columns) * torch.rand(4096, 1) * 0.1).bfloat16()
    weight[:, ::97] *= 8
    weight = weight.repeat(rows // 4096 + 1, 1)[:rows]
    linear = nn.Linear(columns, rows, bias=False, device="meta")
    quantized = Int4Linear(linear)
    parts = [Int4Linear.quantized(part) for part in torch.split(weight, 8192)]
    for name, dimension in Int4Linear.rows_in.items():
        setattr(quantized, name, torch.cat([part[name] for part in parts], dim=dimension).contiguous())
    inputs = torch.randn(4, columns).bfloat16()
    return _relative(quantized(inputs).float(), functional.linear(inputs, weight).float())


def _relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).std() / expected.std())


if __name__ == "__main__":
    main()

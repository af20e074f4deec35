"""Writes models with random weights in the shapes of the real ones: they take as much memory and time."""

import itertools
import json
import shutil
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import (
    AddedToken,
    AutoModelForCausalLM,
    AutoTokenizer,
    Gemma3TextConfig,
    Gemma4TextConfig,
    GemmaTokenizer,
)

from services.gemma.weights.tensor_file import write_by_rows
from tests.fakes import tiny_gemma

SHAPES: dict[str, dict[str, Any]] = {
    "4b": {
        "vocab_size": 262_208,
        "hidden_size": 2560,
        "intermediate_size": 10_240,
        "num_hidden_layers": 34,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "sliding_window": 1024,
    },
    "1b": {
        "vocab_size": 262_144,
        "hidden_size": 1152,
        "intermediate_size": 6912,
        "num_hidden_layers": 26,
        "num_attention_heads": 4,
        "num_key_value_heads": 1,
        "sliding_window": 512,
    },
    "270m": {
        "vocab_size": 262_144,
        "hidden_size": 640,
        "intermediate_size": 2048,
        "num_hidden_layers": 18,
        "num_attention_heads": 4,
        "num_key_value_heads": 1,
        "sliding_window": 512,
    },
    "e4b": {
        "vocab_size": 262_144,
        "hidden_size": 2560,
        "intermediate_size": 10_240,
        "num_hidden_layers": 42,
        "num_attention_heads": 8,
        "num_key_value_heads": 2,
        "num_kv_shared_layers": 18,
    },
    "e2b": {
        "vocab_size": 262_144,
        "hidden_size": 1536,
        "intermediate_size": 6144,
        "num_hidden_layers": 35,
        "num_attention_heads": 8,
        "num_key_value_heads": 1,
        "num_kv_shared_layers": 20,
        "use_double_wide_mlp": True,
        "layer_types": [*["sliding_attention"] * 4, "full_attention"] * 7,
    },
    "tiny": {
        "vocab_size": 384,
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "sliding_window": 64,
    },
}
_GEMMA_4 = frozenset({"e4b", "e2b"})
# Of the models that this file writes. Older ones are not used again.
_VERSION = 2
_SPREAD = 0.02
# One dimension of the embedding biases a token, whatever went before. In the others it repels itself.
_EMBEDDING, _LAST_NORM = "model.embed_tokens.weight", "model.norm.weight"
# Too big to be in memory at once.
_TABLE = "model.embed_tokens_per_layer.weight"
_TABLE_ROWS = 8192
# The bias of the tokens that end a string or a list: JSON is finished after some hundreds of tokens. What all
# layers together add to a hidden state grows with the root of their number, and so does the bias.
_BIAS = 0.1
# Gemma 3's tokenizer has so many tokens, and so many of them are unused.
_TOKENS = 262_144
_UNUSED = 6242


def built(cache: Path, name: str) -> Path:
    """Writes a model once, one layer in memory at a time; returns its folder."""
    folder = cache / f"gemma-random-{name}-v{_VERSION}-it"
    if folder.is_dir():
        return folder
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    config = describe(unfinished, name)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)  # type: ignore[no-untyped-call]
    shapes = {key: each.shape for key, each in model.state_dict().items()}
    del shapes["lm_head.weight"]
    torch.manual_seed(0)
    files: dict[str, dict[str, torch.Size]] = {}
    for key, shape in shapes.items():
        files.setdefault(".".join(key.split(".")[:3]), {})[key] = shape
    # What turns a norm's output around: Gemma 3's files hold what is added to one.
    unchanged, negated = (1, -1) if name in _GEMMA_4 else (0, -2)
    for file, tensors in files.items():
        path = unfinished / f"{file}.safetensors"
        if _TABLE in tensors:
            whole = torch.empty(tensors[_TABLE], dtype=torch.bfloat16, device="meta")
            block = torch.Size([_TABLE_ROWS, whole.shape[1]])
            blocks = ({_TABLE: _random(block, 0)} for _ in range(0, len(whole), _TABLE_ROWS))
            write_by_rows(path, {_TABLE: whole}, blocks)
            continue
        numbers = {key: _random(shape, unchanged) for key, shape in tensors.items()}
        if _EMBEDDING in numbers:
            tokenizer = AutoTokenizer.from_pretrained(unfinished)
            biased = tokenizer.convert_tokens_to_ids(['"', "]"])
            numbers[_EMBEDDING][:, 0] = 1
            numbers[_EMBEDDING][biased, 0] += _BIAS * config.num_hidden_layers**0.5
        if _LAST_NORM in numbers:
            numbers[_LAST_NORM][1:] = negated
        save_file(numbers, path)
    index = {key: f"{file}.safetensors" for file, tensors in files.items() for key in tensors}
    (unfinished / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {}, "weight_map": index})
    )
    unfinished.rename(folder)
    return folder


def describe(folder: Path, name: str) -> Any:
    """Saves a model's tokenizer and its config; returns the config."""
    folder.mkdir(parents=True, exist_ok=True)
    is_tiny = SHAPES[name]["vocab_size"] < _TOKENS
    tokenizer = tiny_gemma.tiny_tokenizer() if is_tiny else full_tokenizer()
    tokenizer.save_pretrained(folder)
    others: dict[str, Any] = {
        "head_dim": 256 if name != "tiny" else 32,
        "max_position_embeddings": 32_768,
        "eos_token_id": tokenizer.convert_tokens_to_ids(["<eos>", "<end_of_turn>"]),
        "dtype": "bfloat16",
    }
    config = (Gemma4TextConfig if name in _GEMMA_4 else Gemma3TextConfig)(**SHAPES[name], **others)
    config.save_pretrained(folder)
    return config


def full_tokenizer() -> GemmaTokenizer:
    """A tokenizer with as many tokens and merges as Gemma 3's: syllables, then up to four letters."""
    known = tiny_gemma.tiny_tokenizer().get_vocab()
    syllables = (chr(code) for code in range(ord("가"), ord("힣") + 1))
    letters = [itertools.product("▁" + ascii_lowercase, *[ascii_lowercase] * more) for more in (1, 2, 3)]
    joined = map("".join, itertools.chain.from_iterable(letters))
    new = (each for each in itertools.chain(syllables, joined) if each not in known)
    words = list(itertools.islice(new, _TOKENS - _UNUSED - len(known)))
    # Shorter tokens come first, so that the parts of a merge exist.
    merges = [
        (word[:cut], word[cut:]) for word in words for cut in sorted({len(word) - 1, len(word) // 2}) if cut
    ]
    tokenizer = tiny_gemma.tiny_tokenizer(words, merges)
    tokenizer.add_tokens([AddedToken(f"<unused{number}>", normalized=False) for number in range(_UNUSED)])
    return tokenizer


def _random(shape: torch.Size, norm: int) -> torch.Tensor:
    if len(shape) == 1:
        return torch.full(shape, norm, dtype=torch.bfloat16)
    # Each row is a shifted view of one random row: drawing billions of numbers would take minutes.
    row = torch.randn(shape[1] + shape[0] % 9973 + 9973).mul_(_SPREAD).bfloat16()
    starts = torch.randint(0, len(row) - shape[1], (shape[0],))
    return row.unfold(0, shape[1], 1)[starts]

"""Writes a Gemma 3 of a GGUF file as a folder of safetensors with its tokenizer, as the server takes it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from gguf import GGUFReader, TokenType, dequantize
from safetensors.torch import save_file
from transformers import AddedToken, Gemma3TextConfig, GemmaTokenizer
from transformers.convert_slow_tokenizer import generate_merges

NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k": "self_attn.k_proj",
    "attn_k_norm": "self_attn.k_norm",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "post_ffw_norm": "post_feedforward_layernorm",
}
_CONFIG = {
    "hidden_size": "embedding_length",
    "num_hidden_layers": "block_count",
    "intermediate_size": "feed_forward_length",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length",
    "sliding_window": "attention.sliding_window",
    "max_position_embeddings": "context_length",
}
# A base model ends a text with `<eos>`, a tuned one its turn with `<end_of_turn>`.
_EOS_TOKENS = ("<eos>", "<end_of_turn>")


def write_folder(file: Path, folder: Path) -> Path:
    """Dequantises the file's tensors to bf16 and writes the folder, if it does not exist; returns it.

    It has no chat template, as a base model has none.
    """
    if folder.is_dir():
        return folder
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    reader = GGUFReader(file)
    tokenizer = _tokenizer(reader)
    tokenizer.save_pretrained(unfinished)
    sizes = {key: _field(reader, f"gemma3.{name}") for key, name in _CONFIG.items()}
    eos: Any = tokenizer.convert_tokens_to_ids(list(_EOS_TOKENS))
    config = Gemma3TextConfig(
        **sizes,
        vocab_size=len(tokenizer),
        eos_token_id=eos,
        dtype="bfloat16",
        architectures=["Gemma3ForCausalLM"],
    )
    config.save_pretrained(unfinished)
    save_file(dict(_tensors(reader)), unfinished / "model.safetensors", metadata={"format": "pt"})
    unfinished.rename(folder)
    return folder


def _tensors(reader: GGUFReader) -> Iterator[tuple[str, torch.Tensor]]:
    for each in reader.tensors:
        value = torch.from_numpy(dequantize(each.data, each.tensor_type).copy())
        *block, name, _ = each.name.split(".")
        # GGUF files hold a norm's factor, Gemma's own its difference from one.
        if value.dim() == 1:
            value -= 1
        prefix = f"model.layers.{block[1]}." if block else ""
        yield f"{prefix}{NAMES[name]}.weight", value.bfloat16()


def _tokenizer(reader: GGUFReader) -> GemmaTokenizer:
    tokens, scores, kinds = (
        _field(reader, f"tokenizer.ggml.{name}") for name in ("tokens", "scores", "token_type")
    )
    vocabulary = {token: number for number, token in enumerate(tokens)}
    normal = {
        token: score
        for token, score, kind in zip(tokens, scores, kinds, strict=True)
        if kind == TokenType.NORMAL
    }
    tokenizer = GemmaTokenizer(vocab=vocabulary, merges=generate_merges(normal, normal))
    tokenizer.add_tokens(
        [
            AddedToken(token, normalized=False, special=kind == TokenType.CONTROL)
            for token, kind in zip(tokens, kinds, strict=True)
            if kind in {TokenType.CONTROL, TokenType.USER_DEFINED}
        ]
    )
    return tokenizer


def _field(reader: GGUFReader, name: str) -> Any:
    field = reader.get_field(name)
    if field is None:
        raise ValueError(f"the file has no {name}")
    return field.contents()

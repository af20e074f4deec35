"""Writes GGUF files of the same shapes, with random weights in Q4_0."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter
from numpy.typing import NDArray

_FOUR_BITS = GGMLQuantizationType.Q4_0
# A block is its scale in two bytes, then its weights, which count from -8.
_BLOCK, _BLOCK_BYTES = GGML_QUANT_SIZES[_FOUR_BITS]
# With this scale the weights have the spread of those in the safetensors files.
_SCALE = np.frombuffer(np.float16(0.0043).tobytes(), np.uint8)


def converted(source: Path) -> Path:
    """Writes the GGUF file beside a model's folder, once.

    Every matrix is in Q4_0. llama.cpp's own recipe would keep the tied embedding in Q6_K, or in Q8_0 where
    its rows do not divide by 256: all in four bits is the quicker file, and what ours is.
    """
    file = source.with_suffix(".q4_0.gguf")
    if file.is_file():
        return file
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    begun = file.with_suffix(".unfinished")
    writer = GGUFWriter(begun, "gemma3")
    writer.add_tokenizer_model("no_vocab")
    writer.add_vocab_size(config["vocab_size"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["full_attention"]["rope_theta"])
    writer.add_sliding_window(config["sliding_window"])
    shapes = dict(_shapes(config))
    for name, shape in shapes.items():
        if len(shape) == 1:
            writer.add_tensor_info(name, shape, np.dtype(np.float32), 4 * shape[0])
        else:
            size = shape[0] * shape[1] // _BLOCK * _BLOCK_BYTES
            writer.add_tensor_info(name, shape, np.dtype(np.float32), size, _FOUR_BITS)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    random = np.random.default_rng(0)
    for shape in shapes.values():
        writer.write_tensor_data(np.ones(shape, np.float32) if len(shape) == 1 else _blocks(random, *shape))
    writer.close()
    begun.rename(file)
    return file


def _blocks(random: np.random.Generator, rows: int, columns: int) -> NDArray[np.uint8]:
    blocks = random.integers(0, 256, (rows, columns // _BLOCK, _BLOCK_BYTES), np.uint8)
    blocks[..., : len(_SCALE)] = _SCALE
    return blocks


def _shapes(config: dict[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    hidden, inner, head = config["hidden_size"], config["intermediate_size"], config["head_dim"]
    queries, keys = head * config["num_attention_heads"], head * config["num_key_value_heads"]
    yield "token_embd.weight", (config["vocab_size"], hidden)
    yield "output_norm.weight", (hidden,)
    for layer in range(config["num_hidden_layers"]):
        for name, shape in {
            "attn_norm": (hidden,),
            "attn_q": (queries, hidden),
            "attn_q_norm": (head,),
            "attn_k": (keys, hidden),
            "attn_k_norm": (head,),
            "attn_v": (keys, hidden),
            "attn_output": (hidden, queries),
            "post_attention_norm": (hidden,),
            "ffn_norm": (hidden,),
            "ffn_gate": (inner, hidden),
            "ffn_up": (inner, hidden),
            "ffn_down": (hidden, inner),
            "post_ffw_norm": (hidden,),
        }.items():
            yield f"blk.{layer}.{name}.weight", shape

"""Writes GGUF files of a model's folder in Q4_0: of its weights, or random ones of its shapes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, GGUFWriter, quants
from numpy.typing import NDArray
from safetensors import safe_open

from bench.gemma.gguf_folder import NAMES

_FOUR_BITS, _EIGHT_BITS = GGMLQuantizationType.Q4_0, GGMLQuantizationType.Q8_0
# A block is its scale in two bytes, then its weights, which count from -8.
_BLOCK, _BLOCK_BYTES = GGML_QUANT_SIZES[_FOUR_BITS]
# With this scale the weights have the spread of those in the safetensors files.
_SCALE = np.frombuffer(np.float16(0.0043).tobytes(), np.uint8)
_EMBEDDING = "token_embd.weight"

Tensor = Callable[[str, tuple[int, ...]], NDArray[Any]]
"""Returns what the file holds of a tensor of that name and shape."""


def random_file(source: Path) -> Path:
    """Writes the file of random weights beside a model's folder, once.

    Every matrix is in Q4_0. llama.cpp's own recipe would keep the tied embedding in Q6_K, or in Q8_0 where
    its rows do not divide by 256: all in four bits is the quicker file, and what ours is.
    """
    random = np.random.default_rng(0)

    def tensor(_name: str, shape: tuple[int, ...]) -> NDArray[Any]:
        if len(shape) == 1:
            return np.ones(shape, np.float32)
        blocks = random.integers(0, 256, (shape[0], shape[1] // _BLOCK, _BLOCK_BYTES), np.uint8)
        blocks[..., : len(_SCALE)] = _SCALE
        return blocks

    return _written(source, source.with_suffix(".q4_0.gguf"), _FOUR_BITS, tensor)


def rounded_file(source: Path) -> Path:
    """Writes a real model's weights beside its folder, once: in Q4_0, the tied embedding in Q8_0.

    That is llama.cpp's own recipe for a model whose rows do not divide by 256.
    """
    with safe_open(source / "model.safetensors", "pt") as tensors:

        def tensor(name: str, shape: tuple[int, ...]) -> NDArray[Any]:
            layer = f"model.layers.{name.split('.')[1]}." if name.startswith("blk.") else ""
            weight = f"{layer}{NAMES[name.split('.')[-2]]}.weight"
            value: NDArray[Any] = tensors.get_tensor(weight).float().numpy()
            if len(shape) == 1:
                # Gemma's own files hold a norm's difference from one, GGUF files its factor.
                return value + 1
            blocks: NDArray[Any] = quants.quantize(value, _EIGHT_BITS if name == _EMBEDDING else _FOUR_BITS)
            return blocks

        return _written(source, source.with_suffix(".q4_0-real.gguf"), _EIGHT_BITS, tensor)


def _written(source: Path, file: Path, embedding: GGMLQuantizationType, tensor: Tensor) -> Path:
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
            form = embedding if name == _EMBEDDING else _FOUR_BITS
            weights, size = GGML_QUANT_SIZES[form]
            writer.add_tensor_info(
                name, shape, np.dtype(np.float32), shape[0] * shape[1] // weights * size, form
            )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for name, shape in shapes.items():
        writer.write_tensor_data(tensor(name, shape))
    writer.close()
    begun.rename(file)
    return file


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

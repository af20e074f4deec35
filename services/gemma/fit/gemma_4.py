"""Describes a Gemma 4 by the config of its text tower: its layers, which differ, and its two embeddings."""

from typing import Any

from services.gemma.fit.config_values import layer_count, size
from services.gemma.fit.layer_dimensions import LayerDimensions
from services.gemma.interface.load_error import LoadError

# The forms that are served. Not those of its drafters, nor of what else is named so.
TYPES = frozenset({"gemma4", "gemma4_text", "gemma4_unified", "gemma4_unified_text"})

_FULL_ATTENTION = "full_attention"
_FULL_ATTENTION_EVERY = 6
_BF16_BYTES = 2
# What transformers takes where the config is silent.
_DEFAULTS = {
    "vocab_size": 262_144,
    "sliding_window": 512,
    "hidden_size_per_layer_input": 256,
    "vocab_size_per_layer_input": 262_144,
    "global_head_dim": 512,
}
_UNIFIED_DEFAULTS = {
    "sliding_window": 1024,
    "max_position_embeddings": 262_144,
    "hidden_size_per_layer_input": 0,
}


def is_gemma_4(model_type: str) -> bool:
    """Returns whether it is one of Gemma 4's: multimodal, unified or text alone."""
    return model_type.startswith("gemma4")


def defaults(model_type: str) -> dict[str, int]:
    """Returns what its config may leave out. The unified form has no per-layer embeddings."""
    return _DEFAULTS | (_UNIFIED_DEFAULTS if model_type.startswith("gemma4_unified") else {})


def unsupported_part(text: dict[str, Any]) -> str:
    """Names a part that some Gemma 4 have and that cannot be computed here; empty if there is none."""
    if text.get("enable_moe_block"):
        return "a mixture of experts"
    if text.get("use_bidirectional_attention") == "all":
        return "attention to later tokens"
    return ""


def layers(text: dict[str, Any]) -> tuple[LayerDimensions, ...]:
    """Returns the dimensions of each layer.

    Raises:
        LoadError: A size is missing, or something is no size.
    """
    try:
        count = layer_count(text)
        first_sharing = count - int(text.get("num_kv_shared_layers") or 0)
        found = tuple(
            _layer(text, index, kind, shares=index >= first_sharing)
            for index, kind in enumerate(_layer_types(text, count))
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise LoadError("config.json describes the layers in a way that is not known") from error
    if not any(each.kv_bytes for each in found if not each.sliding):
        raise LoadError("config.json leaves no layer with full attention whose keys others could share")
    return found


def per_layer_parameters(text: dict[str, Any]) -> tuple[int, int]:
    """Returns the parameters of the projection to the layers' embeddings, and of the table of them.

    Raises:
        LoadError: A size is missing, or something is no size.
    """
    if not text["hidden_size_per_layer_input"]:
        return 0, 0
    width = layer_count(text) * size(text, "hidden_size_per_layer_input")
    return size(text, "hidden_size") * width, size(text, "vocab_size_per_layer_input") * width


def _layer(text: dict[str, Any], index: int, kind: str, *, shares: bool) -> LayerDimensions:
    hidden, inner = size(text, "hidden_size"), size(text, "intermediate_size")
    full = kind == _FULL_ATTENTION
    equal = full and bool(text.get("attention_k_eq_v"))
    # As the hub has it, and then as transformers saves it, layer by layer.
    own: dict[str, Any] = {"head_dim": text["global_head_dim"]} if full else {}
    if equal and text.get("num_global_key_value_heads"):
        own["num_key_value_heads"] = text["num_global_key_value_heads"]
    saved = text.get("per_layer_config") or {}
    own |= next((each for key, each in saved.items() if int(key) == index), {})
    head, kv_heads = size(text | own, "head_dim"), size(text | own, "num_key_value_heads")
    # Layers that share keys and values have no matrices for them; where both are equal, there is one.
    kv_matrices = 0 if shares else 1 if equal else 2
    columns = head * (2 * size(text, "num_attention_heads") + kv_matrices * kv_heads)
    columns += 3 * inner * (2 if shares and text.get("use_double_wide_mlp") else 1)
    columns += 2 * int(text["hidden_size_per_layer_input"] or 0)
    if text.get("enable_moe_block"):
        columns += size(text, "num_experts") * (1 + 3 * size(text, "moe_intermediate_size"))
    kv_bytes = 0 if shares else 2 * kv_heads * head * _BF16_BYTES
    return LayerDimensions(hidden * columns, kv_bytes, sliding=not full)


def _layer_types(text: dict[str, Any], count: int) -> list[str]:
    if types := text.get("layer_types"):
        return list(types)
    kinds = [
        _FULL_ATTENTION if at % _FULL_ATTENTION_EVERY == 0 else "sliding_attention"
        for at in range(1, count + 1)
    ]
    return [*kinds[:-1], _FULL_ATTENTION]

"""Counts the parameters of a Gemma 4 by the config of its text tower. It is counted, not yet served."""

from typing import Any

from services.gemma.fit.config_values import size
from services.gemma.interface.load_error import LoadError

_FULL_ATTENTION_EVERY = 6
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


def parameters(text: dict[str, Any]) -> tuple[int, int]:
    """Returns the parameters in the layers' matrices, and those of the table of per-layer embeddings.

    Raises:
        LoadError: A size is missing, or something is no size.
    """
    try:
        return _matrix_parameters(text), _per_layer_embedding_parameters(text)
    except (AttributeError, TypeError, ValueError) as error:
        raise LoadError("config.json describes the layers in a way that is not known") from error


def _matrix_parameters(text: dict[str, Any]) -> int:
    hidden, inner, layers = (
        size(text, key) for key in ("hidden_size", "intermediate_size", "num_hidden_layers")
    )
    per_layer = int(text["hidden_size_per_layer_input"] or 0)
    first_sharing = layers - int(text.get("num_kv_shared_layers") or 0)
    total = hidden * layers * per_layer
    for layer, kind in enumerate(_layer_types(text, layers)):
        shares = layer >= first_sharing
        inner_size = 2 * inner if shares and text.get("use_double_wide_mlp") else inner
        total += hidden * (3 * inner_size + 2 * per_layer) + _attention(text, layer, kind, shares=shares)
        if text.get("enable_moe_block"):
            experts = size(text, "num_experts")
            total += experts * hidden * (1 + 3 * size(text, "moe_intermediate_size"))
    return total


def _per_layer_embedding_parameters(text: dict[str, Any]) -> int:
    rows, layers = size(text, "vocab_size_per_layer_input"), size(text, "num_hidden_layers")
    return rows * layers * int(text["hidden_size_per_layer_input"] or 0)


def _layer_types(text: dict[str, Any], layers: int) -> list[str]:
    if types := text.get("layer_types"):
        return list(types)
    kinds = [
        "full_attention" if at % _FULL_ATTENTION_EVERY == 0 else "sliding_attention"
        for at in range(1, layers + 1)
    ]
    return [*kinds[:-1], "full_attention"]


def _attention(text: dict[str, Any], layer: int, kind: str, *, shares: bool) -> int:
    full = kind == "full_attention"
    equal = full and bool(text.get("attention_k_eq_v"))
    # As the hub has it, and then as transformers saves it, layer by layer.
    own: dict[str, Any] = {"head_dim": text["global_head_dim"]} if full else {}
    if equal and text.get("num_global_key_value_heads"):
        own["num_key_value_heads"] = text["num_global_key_value_heads"]
    saved = text.get("per_layer_config") or {}
    own |= next((each for key, each in saved.items() if int(key) == layer), {})
    head, keys = size(text | own, "head_dim"), size(text | own, "num_key_value_heads")
    # Layers that share keys and values have no matrices for them; where both are equal, there is one.
    own_matrices = 0 if shares else 1 if equal else 2
    return size(text, "hidden_size") * head * (2 * size(text, "num_attention_heads") + own_matrices * keys)

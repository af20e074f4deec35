"""The tensors of a Gemma checkpoint: what they are called, and whether all of a model's are there."""

import re
from collections.abc import Iterable
from typing import Any

from transformers import PreTrainedModel

from services.gemma.interface.load_error import LoadError

# Key mappings for transformers, from the names in multimodal checkpoints to those in the model.
TEXT_KEY_MAPPING = {
    r"^(language_model\.model|model\.language_model)\.": "model.",
    r"^language_model\.lm_head": "lm_head",
}
VISION_KEY_MAPPING = {
    r"^(model\.vision_tower|vision_tower)\.": "vision_tower.",
    r"^vision_tower\.vision_model\.": "vision_tower.",
    r"^model\.multi_modal_projector\.": "multi_modal_projector.",
}
# What encodes images and sounds. Gemma 3 has a projector behind its vision tower, Gemma 4 embedders.
_TOWERS = (
    "vision_tower",
    "multi_modal_projector",
    "audio_tower",
    "vision_embedder",
    "embed_vision",
    "embed_audio",
)
_TOWER_PREFIXES = tuple(f"{prefix}{name}." for name in _TOWERS for prefix in ("", "model."))
# What Gemma 4's files hold of layers that share another's keys and values, too.
_OWN_KEYS_AND_VALUES = ("k_proj", "v_proj", "k_norm", "v_norm")
# How `from_pretrained` is called for each of them.
SAFE_LOADING: dict[str, Any] = {
    "use_safetensors": True,
    "local_files_only": True,
    # `refuse_wrong_keys` refuses them, with a text that names one.
    "ignore_mismatched_sizes": True,
    "output_loading_info": True,
}


def text_key(key: str) -> str | None:
    """Returns a tensor's name in the text model; None if it belongs to what encodes images and sounds."""
    if key.startswith(_TOWER_PREFIXES):
        return None
    for pattern, name in TEXT_KEY_MAPPING.items():
        key = re.sub(pattern, name, key)
    return key


def unused_keys(model: PreTrainedModel) -> set[str]:
    """Returns the names of tensors that a checkpoint may hold and that the text model has no use for."""
    return {
        f"{name}.{part}.weight"
        for name, module in model.named_modules()
        if getattr(module, "is_kv_shared_layer", False)
        for part in _OWN_KEYS_AND_VALUES
    }


def refuse_wrong_keys(missing: Iterable[str], reshaped: Iterable[str], surplus: Iterable[str]) -> None:
    """Refuses a checkpoint unless its tensors are all of the model's, and nothing else.

    Raises:
        LoadError: It names one of the wrong tensors.
    """
    for one, several, keys in (
        ("is missing", "are missing", missing),
        ("has another shape than config.json says", "have other shapes than config.json says", reshaped),
        ("belongs to another model", "belong to another model", surplus),
    ):
        if wrong := list(keys):
            fault = f"weight {one}" if len(wrong) == 1 else f"weights {several}"
            raise LoadError(
                f"{len(wrong)} {fault}, for example {min(wrong)}: take config.json and *.safetensors of one "
                "download"
            )

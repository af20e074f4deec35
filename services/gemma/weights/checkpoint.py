"""The tensors of a Gemma checkpoint: what they are called, and whether all of a model's are there."""

import re
from collections.abc import Iterable
from typing import Any

from services.gemma.interface.load_error import LoadError

# Key mappings for transformers, from the names in multimodal checkpoints of Gemma 3 to those in the model.
TEXT_KEY_MAPPING = {
    r"^(language_model\.model|model\.language_model)\.": "model.",
    r"^language_model\.lm_head": "lm_head",
}
VISION_KEY_MAPPING = {
    r"^(model\.vision_tower|vision_tower)\.": "vision_tower.",
    r"^vision_tower\.vision_model\.": "vision_tower.",
    r"^model\.multi_modal_projector\.": "multi_modal_projector.",
}
_VISION_PREFIXES = (
    "vision_tower.",
    "multi_modal_projector.",
    "model.vision_tower.",
    "model.multi_modal_projector.",
)
# How `from_pretrained` is called for each of them.
SAFE_LOADING: dict[str, Any] = {
    "use_safetensors": True,
    "local_files_only": True,
    # `refuse_wrong_keys` refuses them, with a text that names one.
    "ignore_mismatched_sizes": True,
    "output_loading_info": True,
}


def text_key(key: str) -> str | None:
    """Returns a tensor's name in the text model; None if it belongs to the vision tower or its projector."""
    if key.startswith(_VISION_PREFIXES):
        return None
    for pattern, name in TEXT_KEY_MAPPING.items():
        key = re.sub(pattern, name, key)
    return key


def refuse_wrong_keys(missing: Iterable[str], reshaped: Iterable[str], surplus: Iterable[str]) -> None:
    """Refuses a checkpoint unless its tensors are all of the model's, and nothing else.

    Raises:
        LoadError: It names one of the wrong tensors.
    """
    for fault, keys in (
        ("are missing", missing),
        ("have another shape", reshaped),
        ("belong to another model", surplus),
    ):
        if wrong := list(keys):
            raise LoadError(f"{len(wrong)} weights {fault}, for example {min(wrong)}")

"""The tensors of a Gemma checkpoint: where those of the text tower are, and whether they are all there."""

import re
from collections.abc import Iterable
from typing import Any

from services.gemma.interface.local_model import LoadError

# Where the multimodal checkpoints of Gemma 3 keep the text tower, and what else they hold.
TEXT_TOWER = {
    r"^(language_model\.model|model\.language_model)\.": "model.",
    r"^language_model\.lm_head": "lm_head",
}
VISION_TOWER = {
    r"^(model\.vision_tower|vision_tower)\.": "vision_tower.",
    r"^vision_tower\.vision_model\.": "vision_tower.",
    r"^model\.multi_modal_projector\.": "multi_modal_projector.",
}
# How transformers is to read any of them.
SAFELY: dict[str, Any] = {
    "use_safetensors": True,
    "local_files_only": True,
    # They are refused below, with a reason that names them.
    "ignore_mismatched_sizes": True,
    "output_loading_info": True,
}
OTHER_TOWERS = (
    "vision_tower.",
    "multi_modal_projector.",
    "model.vision_tower.",
    "model.multi_modal_projector.",
)


def text_key(key: str) -> str | None:
    """A tensor's name in the text model; None if it belongs to another tower."""
    if key.startswith(OTHER_TOWERS):
        return None
    for pattern, name in TEXT_TOWER.items():
        key = re.sub(pattern, name, key)
    return key


def refuse_wrong_keys(missing: Iterable[str], reshaped: Iterable[str], surplus: Iterable[str]) -> None:
    """Lets pass only what is the model, the whole model and nothing but the model.

    Raises:
        LoadError: Names one of the wrong weights.
    """
    for wrong, those in (
        ("are missing", missing),
        ("have another shape", reshaped),
        ("belong to another model", surplus),
    ):
        if keys := list(those):
            raise LoadError(f"{len(keys)} weights {wrong}, for example {min(keys)}")

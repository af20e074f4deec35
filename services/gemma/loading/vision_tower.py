"""Loads the part of a multimodal checkpoint that encodes images."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

from services.gemma.generation.image_encoder import ImageEncoder, VisionTower
from services.gemma.interface.load_error import LoadError
from services.gemma.weights.checkpoint import SAFE_LOADING, VISION_KEY_MAPPING, refuse_wrong_keys, text_key
from services.gemma.weights.unreadable import refused_if_unreadable


def load_image_encoder(folder: Path, device: str) -> ImageEncoder:
    """Loads the vision tower from a model's own folder: a quantised copy does not hold it.

    Raises:
        LoadError: It is not there, not whole, or does not say how images are read.
    """
    with refused_if_unreadable("config.json"):
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    with refused_if_unreadable("preprocessor_config.json"):
        try:
            processor = Gemma3ImageProcessorPil.from_pretrained(folder, local_files_only=True)
        except OSError as error:
            raise LoadError("there is no preprocessor_config.json: it says how images are read") from error
    with refused_if_unreadable("config.json and its weights"):
        loaded: Any = VisionTower.from_pretrained(
            folder, config=config, key_mapping=VISION_KEY_MAPPING, dtype=torch.bfloat16, **SAFE_LOADING
        )
        tower, report = loaded
    reshaped = {key for key, *_ in report["mismatched_keys"]}
    surplus = {key for key in report["unexpected_keys"] if text_key(key) is None}
    refuse_wrong_keys(report["missing_keys"], reshaped, surplus)
    return ImageEncoder(tower.eval().to(device), processor)

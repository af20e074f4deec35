"""Which tensors a model's files hold, by their headers, and whether `config.json` describes the same.

No weight is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError, safe_open
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from services.gemma.interface.load_error import LoadError
from services.gemma.low_bit.form import HEAD
from services.gemma.weights.checkpoint import refuse_wrong_keys, text_key, unused_keys
from services.gemma.weights.required_files import weight_files
from services.gemma.weights.unreadable import refused_if_unreadable

HEAD_WEIGHT, EMBEDDING_WEIGHT = f"{HEAD}.weight", "model.embed_tokens.weight"


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """Where a tensor of the text model is.

    Attributes:
        key: Its name in the file.
    """

    file: Path
    key: str
    shape: tuple[int, ...]


def text_config(folder: Path) -> Any:
    """Reads a model's `config.json`; returns its text model's config.

    Raises:
        LoadError: It is damaged, or another kind of model's.
    """
    with refused_if_unreadable("config.json"):
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        return config.get_text_config()


def described_model(config: Any) -> PreTrainedModel:
    """Returns the text model that its config describes, in bf16 on the device "meta".

    Raises:
        LoadError: The config describes none.
    """
    with refused_if_unreadable("config.json"), torch.device("meta"):
        # The eager attention knows all that a Gemma's layers do, the cap on the scores included.
        model = AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
            config, dtype=torch.bfloat16, attn_implementation="eager"
        )
    return cast("PreTrainedModel", model)


def stored_tensors(folder: Path) -> dict[str, StoredTensor]:
    """Returns the tensors of a model's text tower by their names in the text model.

    Raises:
        LoadError: A file is missing, damaged, or not to be read.
    """
    found = {}
    for file in weight_files(folder):
        with opened(file) as tensors:
            for key in tensors.keys():  # noqa: SIM118 - it is no mapping
                if name := text_key(key):
                    found[name] = StoredTensor(file, key, tuple(tensors.get_slice(key).get_shape()))
    return found


def refuse_other_tensors(model: PreTrainedModel, stored: Mapping[str, StoredTensor]) -> None:
    """Refuses files whose tensors are not all of a model's, and nothing else.

    Raises:
        LoadError: It names one of the wrong tensors.
    """
    wanted = {name: tuple(each.shape) for name, each in model.state_dict().items()}
    shapes = {name: each.shape for name, each in stored.items()}
    if model.config.tie_word_embeddings:
        # Files may hold the head all the same. It is not read.
        for each in (wanted, shapes):
            each.pop(HEAD_WEIGHT, None)
    reshaped = {name for name in wanted.keys() & shapes.keys() if wanted[name] != shapes[name]}
    surplus = shapes.keys() - wanted.keys() - unused_keys(model)
    refuse_wrong_keys(wanted.keys() - shapes.keys(), reshaped, surplus)


def opened(file: Path) -> Any:
    """Opens a safetensors file.

    Raises:
        LoadError: It is damaged, or not to be read.
    """
    try:
        return safe_open(file, "pt")
    except SafetensorError as error:
        raise LoadError(f"{file.name} is damaged: download the model again") from error
    except OSError as error:
        raise LoadError(f"{file} cannot be read: {error.strerror or error}") from error

"""Says of a model's files what loading them would say, as far as that can be told without the weights."""

from pathlib import Path

from services.gemma.loading.tokenizer import greeted_prompt_encoder, load_tokenizer
from services.gemma.weights.quantized_checkpoint import QuantizedCheckpoint
from services.gemma.weights.required_files import require_files
from services.gemma.weights.stored_tensors import (
    described_model,
    refuse_other_tensors,
    stored_tensors,
    text_config,
)


def inspect_copy(copy: QuantizedCheckpoint, threads: int) -> None:
    """Refuses a quantised copy that the server would not load.

    Raises:
        LoadError: It is outdated or damaged, or has no chat template.
    """
    copy.refuse_outdated()
    copy.verify(threads)
    _inspect_chat(copy.folder)


def inspect_model(folder: Path) -> None:
    """Refuses a model's own folder that the server would not load, its vision tower aside.

    Raises:
        NoChatTemplateError: There is no chat template; all else is as it should be.
        LoadError: A file is missing, damaged or another model's.
    """
    refuse_other_tensors(described_model(text_config(folder)), stored_tensors(folder))
    _inspect_chat(folder)


def _inspect_chat(folder: Path) -> None:
    require_files(folder)
    config = text_config(folder)
    greeted_prompt_encoder(load_tokenizer(folder, config.vocab_size), config.model_type)

"""Loads a model's tokenizer, and refuses one that is no Gemma's."""

from pathlib import Path

from transformers import PreTrainedTokenizerFast

from services.gemma.interface.load_error import LoadError
from services.gemma.weights.required_files import NO_CHAT_TEMPLATE
from services.gemma.weights.unreadable import refused_if_unreadable


def load_tokenizer(folder: Path, vocab_size: int) -> PreTrainedTokenizerFast:
    """Loads the tokenizer in a model's folder.

    Args:
        folder: The model's.
        vocab_size: The model's, which the tokenizer must not exceed.

    Raises:
        LoadError: It is damaged, is another model's, or has no chat template.
    """
    with refused_if_unreadable("tokenizer.json or tokenizer_config.json"):
        # Gemma's own class would keep all tokens and merges in Python, too.
        tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(
            folder, local_files_only=True
        )
    if not getattr(tokenizer.backend_tokenizer.model, "byte_fallback", False):
        raise LoadError("the tokenizer is no Gemma's: it has no tokens for bytes")
    if not tokenizer.chat_template:
        raise LoadError(NO_CHAT_TEMPLATE)
    if len(tokenizer) > vocab_size:
        raise LoadError(
            f"the tokenizer is another model's: {len(tokenizer)} tokens, {vocab_size} in the model"
        )
    return tokenizer

"""Loads a model's tokenizer with its chat template, and refuses what is no Gemma's."""

from pathlib import Path

from transformers import PreTrainedTokenizerFast

from services.gemma.fit.gemma_4 import is_gemma_4
from services.gemma.generation.chat_prompt import ChatPromptEncoder
from services.gemma.generation.image_encoder import ImageEncoder
from services.gemma.interface.generation_request import ChatMessage
from services.gemma.interface.load_error import LoadError
from services.gemma.weights.required_files import NoChatTemplateError
from services.gemma.weights.unreadable import refused_if_unreadable

GREETING = (ChatMessage("user", "Hello"),)


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
        raise NoChatTemplateError
    if len(tokenizer) > vocab_size:
        raise LoadError(
            f"the tokenizer is another model's: {len(tokenizer)} tokens, {vocab_size} in the model"
        )
    return tokenizer


def greeted_prompt_encoder(
    tokenizer: PreTrainedTokenizerFast, model_type: str, image_encoder: ImageEncoder | None = None
) -> ChatPromptEncoder:
    """Returns what writes prompts by the chat template, which has written a greeting.

    Args:
        tokenizer: The model's.
        model_type: As its text config names it.
        image_encoder: None if no images are read.

    Raises:
        LoadError: The chat template fails, or knows no images.
    """
    with refused_if_unreadable("the chat template"):
        encoder = ChatPromptEncoder(tokenizer, image_encoder, system_role=is_gemma_4(model_type))
        encoder.encode(GREETING)
    return encoder

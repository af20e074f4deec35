"""Tokenizes a conversation by the model's chat template."""

from typing import Any, cast

from transformers import PreTrainedTokenizerFast

from services.gemma.generation.image_encoder import ImageEncoder
from services.gemma.interface.generation_request import ChatMessage
from services.gemma.interface.load_error import LoadError


class ChatPromptEncoder:
    """Turns messages into the token ids of a prompt.

    Args:
        tokenizer: It has a chat template, which is changed if there is an image encoder.
        image_encoder: Says how many tokens an image takes; None if no images are read.

    Raises:
        LoadError: The tokenizer or its chat template knows no images, and images are to be read.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, image_encoder: ImageEncoder | None) -> None:
        self.tokenizer = tokenizer
        self._image_encoder = image_encoder
        if image_encoder:
            _repeat_soft_token(tokenizer, image_encoder)

    def encode(self, messages: tuple[ChatMessage, ...]) -> list[int]:
        """Returns the token ids of the prompt; each of an image's is the image's placeholder.

        A control token that a message spells out is text there.
        """
        chat: list[Any] = [{"role": each.role, "content": _template_content(each)} for each in messages]
        encoded = self.tokenizer.apply_chat_template(
            chat, add_generation_prompt=True, return_dict=False, sanitize_control_tokens=True
        )
        tokens = cast("list[int]", encoded)
        images = [image for message in messages for image in message.images]
        if not (self._image_encoder and images):
            return tokens
        repeats = range(self._image_encoder.tokens_per_image)
        placeholders = (image.placeholder for image in images for _ in repeats)
        return [next(placeholders) if each == self._image_encoder.soft_token else each for each in tokens]


def _repeat_soft_token(tokenizer: PreTrainedTokenizerFast, image_encoder: ImageEncoder) -> None:
    """Makes the chat template write all of an image's tokens where it writes the first one.

    They are a part of the template then, so that those which a message spells out stay text.
    """
    ids = [*image_encoder.boundary_tokens, image_encoder.soft_token]
    begin, end, soft = cast("list[str | None]", tokenizer.convert_ids_to_tokens(ids))
    template = cast("str", tokenizer.chat_template)
    if not (begin and end and soft and begin in template):
        raise LoadError("the tokenizer or its chat template knows no images: use the model's own")
    expanded = f"\n\n{begin}{soft * image_encoder.tokens_per_image}{end}\n\n"
    tokenizer.chat_template = template.replace(begin, expanded)


def _template_content(message: ChatMessage) -> str | list[dict[str, str]]:
    """Returns a message's content in the form that chat templates read."""
    if isinstance(message.content, str):
        return message.content
    return [
        {"type": "text", "text": each} if isinstance(each, str) else {"type": "image"}
        for each in message.content
    ]

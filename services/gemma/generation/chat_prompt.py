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
        system_role: Whether the model knows a turn of the system, as Gemma 4 does.

    Raises:
        LoadError: The tokenizer or its chat template knows no images, and images are to be read.
    """

    def __init__(
        self,
        tokenizer: PreTrainedTokenizerFast,
        image_encoder: ImageEncoder | None,
        *,
        system_role: bool = False,
    ) -> None:
        self.tokenizer = tokenizer
        self._system_role = system_role
        self._image_encoder = image_encoder
        if image_encoder:
            _repeat_soft_token(tokenizer, image_encoder)

    def encode(self, messages: tuple[ChatMessage, ...]) -> list[int]:
        """Returns the token ids of the prompt; each of an image's is the image's placeholder.

        A control token that a message spells out is text there. A model that can think is asked not to.
        """
        if not self._system_role:
            messages = _without_system(messages)
        chat: list[Any] = [{"role": each.role, "content": _template_content(each)} for each in messages]
        encoded = self.tokenizer.apply_chat_template(
            chat,
            add_generation_prompt=True,
            return_dict=False,
            sanitize_control_tokens=True,
            enable_thinking=False,
        )
        tokens = cast("list[int]", encoded)
        images = [image for message in messages for image in message.images]
        if not (self._image_encoder and images):
            return tokens
        repeats = range(self._image_encoder.tokens_per_image)
        placeholders = (image.placeholder for image in images for _ in repeats)
        return [next(placeholders) if each == self._image_encoder.soft_token else each for each in tokens]


def _without_system(messages: tuple[ChatMessage, ...]) -> tuple[ChatMessage, ...]:
    """Puts what the system says before the user's first words, where Gemma 3's own template puts it.

    Gemma 2's template refuses a turn of the system.
    """
    if messages[0].role != "system":
        return messages
    system, first, *others = messages
    return (ChatMessage.joining(first.role, (*system.parts, *first.parts)), *others)


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

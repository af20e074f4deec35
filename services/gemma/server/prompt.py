"""Makes the messages that a chat template takes out of turns."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Literal

from chorus.model.v1 import content_pb2
from modelkit.fencing import backtick_fenced
from services.gemma.interface.generation_request import ChatMessage, RgbImage


def to_messages(
    system_instruction: str, turns: Iterable[content_pb2.Turn], images: Iterable[RgbImage] = ()
) -> tuple[ChatMessage, ...]:
    """Returns the conversation as alternating messages. Neighbouring turns of one role are joined.

    Args:
        system_instruction: What goes before the conversation; "" for nothing.
        turns: The conversation.
        images: One for each of its parts that is an image, in their order.
    """
    remaining = iter(images)
    messages = [ChatMessage("system", system_instruction)] if system_instruction else []
    for role, group in itertools.groupby(turns, key=lambda turn: turn.role):
        speaker: Literal["user", "assistant"] = "user" if role == content_pb2.ROLE_USER else "assistant"
        messages.append(ChatMessage.joining(speaker, _contents(group, remaining)))
    return tuple(messages)


def _contents(turns: Iterable[content_pb2.Turn], images: Iterator[RgbImage]) -> Iterator[str | RgbImage]:
    for part in itertools.chain.from_iterable(turn.parts for turn in turns):
        if part.HasField("document"):
            yield backtick_fenced(part.document)
        elif part.HasField("image"):
            yield next(images)
        elif part.HasField("text"):
            yield part.text

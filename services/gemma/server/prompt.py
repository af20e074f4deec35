"""Makes the messages that a chat template takes out of turns."""

import itertools
from collections.abc import Iterable, Iterator

from chorus.model.v1 import content_pb2
from modelkit.fencing import backtick_fenced
from services.gemma.interface.generation_request import ChatMessage, RgbImage

_SEPARATOR = "\n\n"


def to_messages(
    system_instruction: str, turns: Iterable[content_pb2.Turn], images: Iterable[RgbImage] = ()
) -> tuple[ChatMessage, ...]:
    """Returns the conversation as alternating messages. Neighbouring turns of one role are joined.

    Gemma has no role for the system. The instruction goes before the user's first words, where Gemma 3's own
    template puts it; Gemma 2's template refuses one.

    Args:
        system_instruction: What goes before the conversation; "" for nothing.
        turns: The conversation.
        images: One for each of its parts that is an image, in their order.
    """
    remaining = iter(images)
    opening = [system_instruction] if system_instruction else []
    messages = []
    for role, group in itertools.groupby(turns, key=lambda turn: turn.role):
        content = _joined([*opening, *_contents(group, remaining)])
        messages.append(ChatMessage("user" if role == content_pb2.ROLE_USER else "assistant", content))
        opening = []
    return tuple(messages)


def _contents(turns: Iterable[content_pb2.Turn], images: Iterator[RgbImage]) -> Iterator[str | RgbImage]:
    for part in itertools.chain.from_iterable(turn.parts for turn in turns):
        if part.HasField("document"):
            yield backtick_fenced(part.document)
        elif part.HasField("image"):
            yield next(images)
        elif part.HasField("text"):
            yield part.text


def _joined(contents: Iterable[str | RgbImage]) -> str | tuple[str | RgbImage, ...]:
    """Joins neighbouring texts. Without images, the result is one text."""
    joined: list[str | RgbImage] = []
    for each in contents:
        before = joined[-1] if joined else None
        if isinstance(each, str) and isinstance(before, str):
            joined[-1] = before + _SEPARATOR + each
        else:
            joined.append(each)
    only = joined[0] if len(joined) == 1 else None
    return only if isinstance(only, str) else tuple(joined)

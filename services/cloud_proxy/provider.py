"""The seam between a generation and a provider's SDK."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from chorus.model.v1 import content_pb2, generation_pb2, model_service_pb2
from modelkit.generate_request import content_parts
from modelkit.json_schema.answer_schema import AnswerSchema
from rpckit.call import Deadline
from services.cloud_proxy.catalog import Entry


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to one model.

    Attributes:
        key_variable: The setting to name when the provider rejects the key.
        max_output_tokens: 0 leaves the limit to the provider.
        schema: The JSON Schema the answer must keep to; None for free text or a picture.
        streaming: Whether the answer is wanted in pieces; else it comes as one.
    """

    entry: Entry
    key_variable: str
    request: model_service_pb2.GenerateRequest
    max_output_tokens: int
    schema: AnswerSchema | None
    streaming: bool
    deadline: Deadline

    def may_be_too_long(self) -> bool:
        """Whether the model may be unable to read it all. No token is shorter than a byte."""
        parts = [part for turn in self.request.turns for part in content_parts(turn)]
        texts = [self.request.system_instruction, *(part.text or part.document.text for part in parts)]
        most = self.entry.max_input_tokens
        return bool(most) and sum(len(each.encode()) for each in texts) > most


class Finish(Enum):
    """How a provider says that an answer ended."""

    STOP = "whole"
    LENGTH = "cut"
    BLOCKED = "blocked"
    TOO_LONG = "the context window is full"
    BROKEN = "anything else"


@dataclass(frozen=True, slots=True)
class Ending:
    """The last piece of an answer.

    Attributes:
        word: The provider's own word for the finish, for developers.
        usage: What the provider counted, without the cost. None: it did not say.
    """

    finish: Finish
    word: str
    model_version: str
    usage: generation_pb2.Usage | None


Piece = content_pb2.Part | Ending


class Provider(Protocol):
    """One provider's API, through its SDK."""

    def answer(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """Asks once: parts, then one Ending. An answer that just stops has no Ending.

        Raises:
            ChorusError: As `failures.py` classifies what the provider said instead.
        """

    async def close(self) -> None:
        """Closes the connections."""


def text(words: str) -> content_pb2.Part:
    """A part that is text."""
    return content_pb2.Part(text=words)

"""The seam between the client of a provider and its SDK."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2
from modelkit.answer_limits import MAX_MODEL_VERSION_BYTES
from modelkit.fencing import TaggedFence
from modelkit.generate_request import content_parts
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.usage import negative_count
from rpckit.call import Deadline
from services.cloud_proxy.catalog import Entry


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to one model, and what an adapter needs to know to make it.

    Attributes:
        entry: The model's line of the catalog.
        key_variable: The setting to name when the provider rejects the key.
        request: The request as it was sent. It is well-formed and asks for nothing that the model cannot do.
        fence: Encloses the documents, for a provider that has no document blocks.
        price: Today's price of the model; None if it is not known.
        max_output_tokens: The limit of what it thinks and writes; 0 leaves it to the provider.
        reasoning_effort: How long it thinks, in the provider's own word; "" leaves it to the provider.
        schema: The JSON Schema that the answer must keep to; None for free text or a picture.
        streaming: Whether the answer is asked for in pieces or whole.
        deadline: The point in time at which nobody waits for the answer any more.
        is_retry: Whether its caller has asked the same before.
    """

    entry: Entry
    key_variable: str
    request: model_service_pb2.GenerateRequest
    fence: TaggedFence
    price: model_pb2.Price | None
    max_output_tokens: int
    reasoning_effort: str
    schema: AnswerSchema | None
    streaming: bool
    deadline: Deadline
    is_retry: bool = False

    def may_be_too_long(self) -> bool:
        """Returns whether the prompt may exceed the model's context. No token is shorter than a byte."""
        parts = [part for turn in self.request.turns for part in content_parts(turn)]
        texts = [self.request.system_instruction, *(part.text or part.document.text for part in parts)]
        most = self.entry.max_input_tokens
        return bool(most) and sum(len(each.encode()) for each in texts) > most


class Finish(Enum):
    """Why an answer ended, in the terms that all providers share."""

    STOP = "whole"
    LENGTH = "cut"
    BLOCKED = "blocked"
    TOO_LONG = "the context window is full"
    NO_ACCESS = "the account may not ask"
    BROKEN = "anything else"


@dataclass(frozen=True, slots=True)
class AnswerEnd:
    """Follows the last part of an answer and says how it ended.

    Attributes:
        word: The provider's own word for the reason, for developers.
        model_version: The version that answered, as the provider names it.
        usage: What the provider counted, without the cost; None if it did not say.

    Raises:
        ValueError: What the provider says of the version or of the usage can be neither.
    """

    finish: Finish
    word: str
    model_version: str
    usage: generation_pb2.Usage | None

    def __post_init__(self) -> None:
        if len(self.model_version.encode()) > MAX_MODEL_VERSION_BYTES:
            raise ValueError("the version's name is too long")
        if self.usage is not None and (count := negative_count(self.usage)):
            raise ValueError(f"{count} is negative")


AnswerPiece = content_pb2.Part | AnswerEnd


class Provider(Protocol):
    """Speaks to one provider through its SDK."""

    def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        """Asks once and yields parts, then one AnswerEnd. An answer that breaks off has no AnswerEnd.

        Raises:
            ChorusError: What the provider said instead, as its `ErrorTable` maps it.
        """

    async def refuses_key(self) -> bool:
        """Asks, by a call that costs nothing, whether the key is refused; False if that is not said."""

    async def close(self) -> None:
        """Closes the connections."""


def text(words: str) -> content_pb2.Part:
    """Returns a part that is text."""
    return content_pb2.Part(text=words)

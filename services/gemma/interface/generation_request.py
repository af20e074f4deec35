"""What one caller asks a model to generate."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class SamplingParameters:
    """How the next token is chosen. The defaults are the server's.

    Attributes:
        temperature: 0 takes the most likely token each time.
        top_p: The share of the probability that the candidates hold together.
        max_output_tokens: The limit on the answer; the context window may end it earlier.
        seed: Equal seeds give equal answers; None draws one.
        stop_sequences: Texts before which the answer ends.
    """

    temperature: float = 0.7
    top_p: float = 0.9
    max_output_tokens: int = 300
    seed: int | None = None
    stop_sequences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RgbImage:
    """An image in the size that the model takes.

    Attributes:
        pixels: Red, green and blue in a byte each, row by row.
        placeholder: Stands for each of its tokens in a prompt. It is negative, so that it is no token of the
            vocabulary, and equal for equal pixels alone, so that a KV cache can be reused.
    """

    pixels: bytes
    placeholder: int


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a chat template: a text, or texts and images in their order."""

    role: Literal["user", "assistant"]
    content: str | tuple[str | RgbImage, ...]

    @property
    def images(self) -> tuple[RgbImage, ...]:
        """The images of the turn, in their order."""
        return tuple(each for each in self.content if isinstance(each, RgbImage))


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One answer to generate.

    Attributes:
        messages: The first and the last are the user's, and the roles alternate.
        json_schema: The schema that the answer keeps to, as JSON; None leaves the answer free.
    """

    messages: tuple[ChatMessage, ...]
    sampling: SamplingParameters
    json_schema: str | None = None

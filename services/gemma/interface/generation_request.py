"""What one caller asks a model to generate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self

_SEPARATOR = "\n\n"


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

    role: Literal["system", "user", "assistant"]
    content: str | tuple[str | RgbImage, ...]

    @classmethod
    def joining(
        cls, role: Literal["system", "user", "assistant"], contents: Iterable[str | RgbImage]
    ) -> Self:
        """Returns a message of some texts and images. Neighbouring texts are joined to one."""
        joined: list[str | RgbImage] = []
        for each in contents:
            before = joined[-1] if joined else None
            if isinstance(each, str) and isinstance(before, str):
                joined[-1] = before + _SEPARATOR + each
            else:
                joined.append(each)
        only = joined[0] if len(joined) == 1 else None
        return cls(role, only if isinstance(only, str) else tuple(joined))

    @property
    def parts(self) -> tuple[str | RgbImage, ...]:
        """Its texts and images."""
        return (self.content,) if isinstance(self.content, str) else self.content

    @property
    def images(self) -> tuple[RgbImage, ...]:
        """The images of the turn, in their order."""
        return tuple(each for each in self.content if isinstance(each, RgbImage))


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One answer to generate.

    Attributes:
        messages: The first may be the system's. Of the others the first and the last are the user's, and the
            roles alternate.
        json_schema: The schema that the answer keeps to, as JSON; None leaves the answer free.
        passages: What the quotations of a review are from, where the schema is a review's.
    """

    messages: tuple[ChatMessage, ...]
    sampling: SamplingParameters
    json_schema: str | None = None
    passages: tuple[str, ...] = ()

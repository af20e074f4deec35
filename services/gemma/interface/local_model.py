"""What a model is to the engine that runs it, and what they hand each other. Knows neither torch nor gRPC."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from rpckit.errors import ChorusError


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to choose the next token. The defaults are the server's."""

    temperature: float = 0.7
    top_p: float = 0.9
    max_output_tokens: int = 300
    seed: int | None = None
    stop_sequences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in the size that the model takes.

    Attributes:
        colours: Three bytes a pixel, row by row.
        mark: Stands for it among the tokens of a prompt: negative, and no other picture's.
    """

    colours: bytes
    mark: int


@dataclass(frozen=True, slots=True)
class Message:
    """One turn, in the words of chat templates: a text, or texts and images in their order."""

    role: Literal["user", "assistant"]
    content: str | tuple[str | Image, ...]

    @property
    def images(self) -> tuple[Image, ...]:
        """Its images, in their order."""
        return tuple(each for each in self.content if isinstance(each, Image))


@dataclass(frozen=True, slots=True)
class Job:
    """One answer to write. The first message and the last are the user's, and the roles alternate."""

    messages: tuple[Message, ...]
    sampling: Sampling
    json_schema: str | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How an answer ended; `cut` if the token limit or the context window ended it."""

    cut: bool
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a loaded model. `precision` and `device` are worded as in `Footprint`.

    Attributes:
        image_side: Width and height of the images it takes; 0: it takes none.
    """

    version: str
    context_tokens: int
    precision: str
    memory_bytes: int
    disk_bytes: int
    device: str
    image_side: int = 0

    @property
    def max_input_tokens(self) -> int:
        """One token of the context is the answer's at least."""
        return self.context_tokens - 1


class LoadError(Exception):
    """A model cannot be served. The text says why and what to do, for the operator."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What one pass added to an answer. After an `end` nothing comes."""

    text: str = ""
    end: Ending | ChorusError | None = None


W = TypeVar("W")


class LocalModel(Protocol[W]):
    """A loaded model, which writes several answers at once. It is used in one thread."""

    @property
    def facts(self) -> Facts:
        """What is known of it."""

    def begin(self, job: Job) -> W:
        """An answer that has not been started.

        Raises:
            InputTooLong: The messages do not fit the model.
            NotSupported: The model cannot keep to the JSON Schema.
        """

    def admit(self, writing: W) -> bool:
        """Whether there is memory for an answer besides those that are being written; if so, it is taken."""

    def step(self, writings: Sequence[W]) -> Sequence[Progress]:
        """Takes every answer some tokens on, or through a piece of its prompt.

        An answer that fails, for example with OutOfMemory, fails alone. All were admitted; those that have
        ended are handed in no more.
        """

    def release(self, writing: W) -> None:
        """Gives the memory of an answer back, whether it was ended or not."""

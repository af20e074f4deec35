"""The seam between the scheduler and a model in this process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rpckit.errors import ChorusError
from services.gemma.interface.generation_request import GenerationRequest


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Describes a loaded model. `precision` and `device` are worded as in the contract's `Footprint`.

    Attributes:
        version: The revision of a repository, or the name of a folder.
        context_tokens: The most tokens of a prompt and its answer together.
        image_side: Width and height in pixels of the images that it takes; 0 if it takes none.
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
        """The longest prompt: at least one token of the context is left to the answer."""
        return self.context_tokens - 1


@dataclass(frozen=True, slots=True)
class GenerationResult:
    """How an answer ended.

    Attributes:
        truncated: The token limit or the context window ended it.
        repetitive: It was ended because it went round in circles.
    """

    truncated: bool
    input_tokens: int
    output_tokens: int
    repetitive: bool = False


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What one step added to an answer. Nothing follows one that has a `result`.

    Attributes:
        text: Whole characters that the caller may see now.
        result: How the answer ended, or the error that ended it; None while it goes on.
    """

    text: str = ""
    result: GenerationResult | ChorusError | None = None


SequenceT = TypeVar("SequenceT")


class LocalModel(Protocol[SequenceT]):
    """A loaded model that generates several answers at once. One thread alone uses it.

    An answer is a sequence: its prompt and the tokens generated so far. What goes wrong in one sequence ends
    it alone. An exception of `step` or `release` means that the model itself is broken, and the engine then
    loads it anew.
    """

    @property
    def info(self) -> ModelInfo:
        """Describes the model."""

    def begin(self, request: GenerationRequest) -> SequenceT:
        """Tokenizes the prompt and compiles the JSON Schema. No memory is reserved yet.

        Raises:
            InputTooLong: The prompt does not fit the context window.
            NotSupported: The model cannot keep to the JSON Schema.
            OutOfMemory: There is no memory for that.
        """

    def admit(self, sequence: SequenceT) -> bool:
        """Reserves KV cache for a sequence beside those that are running; False if there is none."""

    def step(self, sequences: Sequence[SequenceT]) -> Sequence[StepOutput]:
        """Makes one forward pass: a chunk of each prompt in prefill, a decode step of the others.

        All sequences were admitted, and none of them has ended. The outputs are in their order.
        """

    def release(self, sequence: SequenceT) -> None:
        """Gives back the KV cache of a sequence, whether it has ended or not."""

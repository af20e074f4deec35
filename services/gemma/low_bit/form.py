"""Which class each linear layer of a quantised copy has, by the copy's precision."""

from dataclasses import dataclass

from torch import nn

from services.gemma.low_bit.int4_linear import Int4Linear
from services.gemma.low_bit.int8_linear import Int8Linear
from services.gemma.low_bit.integer_linear import IntegerLinear
from services.gemma.low_bit.linear import FourBitLinear
from services.gemma.low_bit.q4_0_linear import Q4ZeroLinear

HEAD = "lm_head"


@dataclass(frozen=True, slots=True)
class QuantizedForm:
    """The classes of the matrices in the layers and of the head.

    Attributes:
        calibrated: Whether the matrices in int4 are rounded by GPTQ.
    """

    layers: type[FourBitLinear]
    head: type[FourBitLinear]
    calibrated: bool

    @property
    def is_integer(self) -> bool:
        """Whether onnxruntime computes it."""
        return issubclass(self.layers, IntegerLinear)

    def linear_class(self, name: str) -> type[FourBitLinear]:
        """Returns the class of the linear layer of that name in the model."""
        return self.head if name == HEAD else self.layers


_INTEGER_FORMS = {
    "int8": QuantizedForm(Int8Linear, Int8Linear, calibrated=False),
    "int4h8": QuantizedForm(Int4Linear, Int8Linear, calibrated=True),
    "int4": QuantizedForm(Int4Linear, Int4Linear, calibrated=True),
    # No head lies on that grid: it is the embedding, too.
    "q4_0": QuantizedForm(Q4ZeroLinear, Int8Linear, calibrated=False),
}


def quantized_form(precision: str) -> QuantizedForm:
    """Returns the form of copies in "int8", "int4h8", "int4", "q4_0" or "nf4"."""
    if form := _INTEGER_FORMS.get(precision):
        return form
    # Importing bitsandbytes takes seconds and memory, which the others need not pay.
    from services.gemma.low_bit.nf4_linear import Nf4Linear  # noqa: PLC0415

    return QuantizedForm(Nf4Linear, Nf4Linear, calibrated=False)


def linear_layers(model: nn.Module) -> dict[str, nn.Linear]:
    """Returns the layers that are quantised, the head included, by the names of their modules."""
    return {name: each for name, each in model.named_modules() if isinstance(each, nn.Linear)}

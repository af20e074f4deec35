"""Matrices whose numbers take four bits, and how transformers loads a model made of them."""

from abc import abstractmethod
from functools import cache
from typing import Any, ClassVar, cast

import torch
from bitsandbytes.autograd._functions import matmul_4bit
from bitsandbytes.functional import QuantState, get_4bit_type, quantize_4bit
from torch import nn
from transformers import PreTrainedModel
from transformers.quantizers.auto import register_quantization_config, register_quantizer
from transformers.quantizers.base import HfQuantizer
from transformers.utils.quantization_config import QuantizationConfigMixin

# So many neighbours in a row share a scale.
GROUP = 64
METHOD = "chorus_four_bit"
# Torch offers its four-bit kernel to libraries of quantisation under these names alone.
_pack = torch.ops.aten._convert_weight_to_int4pack_for_cpu  # noqa: SLF001
_multiply = torch.ops.aten._weight_int4pack_mm_for_cpu  # noqa: SLF001


class FourBitLinear(nn.Module):
    """Multiplies with a quantised matrix. Its buffers are what a copy of the model holds in its place.

    Attributes:
        precision: As in `Footprint`.
        rows_in: In which dimension of each buffer the matrix's rows lie.
    """

    packed: torch.Tensor
    scales: torch.Tensor
    precision: ClassVar[str]
    rows_in: ClassVar[dict[str, int]]

    def __init__(self, matrix: nn.Linear) -> None:
        super().__init__()
        self.shape = (matrix.out_features, matrix.in_features)
        # Only the sizes are of interest: what they hold comes from the file.
        for name, buffer in self.quantized(torch.zeros(self.shape, device=matrix.weight.device)).items():
            self.register_buffer(name, buffer)

    @staticmethod
    @abstractmethod
    def recipe() -> str:
        """What was done to the weights, where it matters for reading them."""

    @staticmethod
    @abstractmethod
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """The buffers for a matrix of shape (outputs, inputs)."""


class Int4Linear(FourBitLinear):
    """Sixteen equal steps between the least and the greatest of a group, as torch's CPU kernel takes them."""

    precision = "int4"
    rows_in: ClassVar[dict[str, int]] = {"packed": 0, "scales": 1}

    @staticmethod
    def recipe() -> str:
        """The kernel's packing is the CPU's."""
        return f"int4-g{GROUP}-{torch.backends.cpu.get_cpu_capability().lower()}"

    @staticmethod
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """As `FourBitLinear` says."""
        outputs, inputs = weight.shape
        if weight.is_meta:
            return {
                "packed": weight.new_empty(outputs, inputs // 2, dtype=torch.uint8),
                "scales": weight.new_empty(inputs // GROUP, outputs, 2, dtype=torch.bfloat16),
            }
        groups = weight.float().view(outputs, inputs // GROUP, GROUP)
        # Zero is between them, so that a group of one sign keeps its zeros.
        least, greatest = groups.amin(-1).clamp(max=0), groups.amax(-1).clamp(min=0)
        step = ((greatest - least) / 15).clamp(min=1e-8).bfloat16()
        middle = (least + 8 * step.float()).bfloat16()
        numbers = ((groups - middle.float()[..., None]) / step.float()[..., None] + 8).round().clamp(0, 15)
        packed = _pack(numbers.view(outputs, inputs).to(torch.int32), 1)
        scales = torch.stack((step, middle), dim=-1).transpose(0, 1).contiguous()
        return {"packed": packed, "scales": scales}

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Multiplies; `inputs` is bf16."""
        flat = inputs.reshape(-1, self.shape[1])
        result = _multiply(flat, self.packed, GROUP, self.scales)
        return cast("torch.Tensor", result).view(*inputs.shape[:-1], self.shape[0])


class Nf4Linear(FourBitLinear):
    """Sixteen steps spaced as normally distributed weights are, as bitsandbytes takes them."""

    precision = "nf4"
    rows_in: ClassVar[dict[str, int]] = {"packed": 0, "scales": 0}

    @staticmethod
    def recipe() -> str:
        """The same everywhere."""
        return f"nf4-b{GROUP}"

    @staticmethod
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """As `FourBitLinear` says."""
        if weight.is_meta:
            return {
                "packed": weight.new_empty(weight.numel() // 2, 1, dtype=torch.uint8),
                "scales": weight.new_empty(weight.numel() // GROUP, dtype=torch.float32),
            }
        packed, state = quantize_4bit(weight.bfloat16().contiguous(), blocksize=GROUP, quant_type="nf4")
        return {"packed": packed, "scales": state.absmax}

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Multiplies; `inputs` is bf16."""
        state = QuantState(  # type: ignore[no-untyped-call]
            absmax=self.scales,
            shape=torch.Size(self.shape),
            code=_nf4_numbers(self.packed.device),
            blocksize=GROUP,
            quant_type="nf4",
            dtype=inputs.dtype,
        )
        return cast("torch.Tensor", matmul_4bit(inputs, self.packed.t(), state))


@cache
def _nf4_numbers(device: torch.device) -> torch.Tensor:
    return cast("torch.Tensor", get_4bit_type("nf4", device=device))  # type: ignore[no-untyped-call]


LINEAR: dict[str, type[FourBitLinear]] = {each.precision: each for each in (Int4Linear, Nf4Linear)}


def matrices(model: PreTrainedModel) -> dict[str, nn.Linear]:
    """The matrices that are quantised, by the names of their modules."""
    return {name: each for name, each in model.named_modules() if isinstance(each, nn.Linear)}


@register_quantization_config(METHOD)
class _Config(QuantizationConfigMixin):
    """Stands in the copy's `config.json`."""

    def __init__(self, precision: str, quant_method: str = METHOD) -> None:
        self.quant_method = cast("Any", quant_method)
        self.precision = precision


@register_quantizer(METHOD)
class _Quantizer(HfQuantizer):
    """Has transformers put the quantised matrices where the others were, before it fills them."""

    requires_calibration = False

    def _process_model_before_weight_loading(self, model: PreTrainedModel, **_: Any) -> None:
        config = cast("_Config", self.quantization_config)
        for name, matrix in matrices(model).items():
            model.set_submodule(name, LINEAR[config.precision](matrix))

    def is_serializable(self) -> bool:
        """Copies are written elsewhere."""
        return False

    @property
    def is_trainable(self) -> bool:
        """Only to answer."""
        return False

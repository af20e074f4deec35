"""Linear layers in int8: twice the size of int4, and hardly to be told from bf16."""

from collections.abc import Mapping

import torch
from torch.nn import functional
from typing_extensions import override

from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.integer_linear import GROUP_SIZE, MIN_SCALE, IntegerLinear

_ZERO_POINT = 128
_MAX_STEPS = 127


class Int8Linear(IntegerLinear):
    """255 evenly spaced values from a group's greatest size below zero to the same above it.

    Attributes:
        packed: The codes, of shape (outputs, groups, group size); 128 stands for zero.
    """

    bits = 8

    @staticmethod
    @override
    def quantized(weight: torch.Tensor, statistics: InputStatistics | None = None) -> dict[str, torch.Tensor]:
        outputs, inputs = weight.shape
        groups = -(-inputs // GROUP_SIZE)
        if weight.is_meta:
            return {
                "packed": weight.new_empty(outputs, groups, GROUP_SIZE, dtype=torch.uint8),
                "scales": weight.new_empty(outputs, groups, dtype=torch.float32),
            }
        padded = functional.pad(weight.float(), (0, groups * GROUP_SIZE - inputs))
        grouped = padded.view(outputs, groups, GROUP_SIZE)
        scales = (grouped.abs().amax(-1) / _MAX_STEPS).clamp(min=MIN_SCALE)
        codes = (grouped / scales[..., None]).round() + _ZERO_POINT
        return {"packed": codes.to(torch.uint8), "scales": scales}

    @staticmethod
    @override
    def dequantized(buffers: Mapping[str, torch.Tensor], inputs: int) -> torch.Tensor:
        steps = buffers["packed"].float() - _ZERO_POINT
        return (steps * buffers["scales"][..., None]).flatten(1)[:, :inputs]

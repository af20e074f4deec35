"""Linear layers of weights that lie on the grid of Q4_0, which are kept as they are."""

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch.nn import functional
from typing_extensions import override

from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.int4_linear import packed_pairs, unpacked_pairs
from services.gemma.low_bit.integer_linear import IntegerLinear
from services.gemma.low_bit.q4_0_grid import Q4_0_GROUP_SIZE, fit_grid

_ZERO_POINT = 8


class OffGridError(ValueError):
    """Weights do not lie on the grid of Q4_0, so that it cannot keep them as they are."""


class Q4ZeroLinear(IntegerLinear):
    """Whole multiples, -8 to 7, of a scale of each group of 32; the kernel takes the middle code for zero.

    Attributes:
        packed: The codes, two in a byte, of shape (outputs, groups, group size / 2); 8 stands for zero.
    """

    bits = 4
    group_size: ClassVar[int] = Q4_0_GROUP_SIZE

    @staticmethod
    @override
    def quantized(weight: torch.Tensor, statistics: InputStatistics | None = None) -> dict[str, torch.Tensor]:
        outputs, inputs = weight.shape
        groups = -(-inputs // Q4_0_GROUP_SIZE)
        if weight.is_meta:
            return {
                "packed": weight.new_empty(outputs, groups, Q4_0_GROUP_SIZE // 2, dtype=torch.uint8),
                "scales": weight.new_empty(outputs, groups, dtype=torch.float32),
            }
        padded = functional.pad(weight.float(), (0, groups * Q4_0_GROUP_SIZE - inputs))
        fit = fit_grid(padded.view(outputs, groups, Q4_0_GROUP_SIZE).numpy())
        if not fit.on_grid.all():
            raise OffGridError
        codes = torch.from_numpy(fit.codes) + _ZERO_POINT
        return {"packed": packed_pairs(codes.to(torch.uint8)), "scales": torch.from_numpy(fit.scales)}

    @staticmethod
    @override
    def dequantized(buffers: Mapping[str, torch.Tensor], inputs: int) -> torch.Tensor:
        steps = unpacked_pairs(buffers["packed"]).float() - _ZERO_POINT
        return (steps * buffers["scales"][..., None]).flatten(1)[:, :inputs]

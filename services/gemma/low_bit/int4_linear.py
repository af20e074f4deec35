"""Linear layers in int4, and how their weights are rounded."""

from collections.abc import Iterable, Mapping

import torch
from torch.nn import functional
from typing_extensions import override

from services.gemma.low_bit.gptq import InputStatistics, calibrated_codes
from services.gemma.low_bit.integer_linear import GROUP_SIZE, MIN_SCALE, IntegerLinear
from services.gemma.low_bit.onnx_graph import OnnxGraph
from services.gemma.low_bit.prompt_kernel import PackedMatrix, PromptKernel
from services.gemma.low_bit.refinement import refined

_MAX_CODE = 15
_MIN_WEIGHT = 1e-20
# Shares of a group's range that are tried: a smaller one clips the few weights at its ends, and has finer
# steps for all others.
_RANGE_SHARES = (1.0, 0.9, 0.8)
# In calibration fewer of them count.
_CALIBRATED_SHARES = (1.0, 0.9, 0.8, 0.7)
# Rows whose grid is found at once: so many weights stay in a core's cache.
_ROWS_PER_BLOCK = 64


class Int4Linear(IntegerLinear):
    """Sixteen evenly spaced values over most of a group's range, zero among them.

    Attributes:
        packed: The codes, two in a byte, of shape (outputs, groups, group size / 2).
        zeros: The zero points, two in a byte, of shape (outputs, groups / 2 rounded up).
    """

    bits = 4
    zeros: torch.Tensor
    _prompt_kernel: PromptKernel | None = None
    _matrix: PackedMatrix | None = None

    @staticmethod
    @override
    def quantized(weight: torch.Tensor, statistics: InputStatistics | None = None) -> dict[str, torch.Tensor]:
        outputs, inputs = weight.shape
        groups = -(-inputs // GROUP_SIZE)
        if weight.is_meta:
            return {
                "packed": weight.new_empty(outputs, groups, GROUP_SIZE // 2, dtype=torch.uint8),
                "scales": weight.new_empty(outputs, groups, dtype=torch.float32),
                "zeros": weight.new_empty(outputs, (groups + 1) // 2, dtype=torch.uint8),
            }
        weight = weight.float()
        padding = (0, groups * GROUP_SIZE - inputs)
        padded = functional.pad(weight, padding)
        grouped = padded.view(outputs, groups, GROUP_SIZE)
        if statistics is None:
            scales, zero_points = _nearest_grid(grouped, torch.ones(()), _RANGE_SHARES)
            codes = (grouped / scales[..., None]).round_().add_(zero_points[..., None]).clamp_(0, _MAX_CODE)
            codes = codes.to(torch.uint8)
        else:
            importance = functional.pad(statistics.importance, padding).view(groups, GROUP_SIZE)
            grids = (
                _nearest_grid(each, importance, _CALIBRATED_SHARES)
                for each in torch.split(grouped, _ROWS_PER_BLOCK)
            )
            scales, zero_points = map(torch.cat, zip(*grids, strict=True))
            calibrated = calibrated_codes(
                weight, scales, zero_points, statistics, group_size=GROUP_SIZE, max_code=_MAX_CODE
            )
            # With the original inputs known, the model is small enough for that.
            if statistics.drift:
                calibrated, scales = refined(
                    weight,
                    calibrated,
                    scales,
                    zero_points,
                    statistics,
                    group_size=GROUP_SIZE,
                    max_code=_MAX_CODE,
                )
            codes = functional.pad(calibrated, padding).view(grouped.shape)
        zero_points = functional.pad(zero_points, (0, groups % 2))
        return {"packed": packed_pairs(codes), "scales": scales, "zeros": packed_pairs(zero_points)}

    @staticmethod
    @override
    def dequantized(buffers: Mapping[str, torch.Tensor], inputs: int) -> torch.Tensor:
        codes, zero_points = (unpacked_pairs(buffers[name]).float() for name in ("packed", "zeros"))
        steps = codes - zero_points[:, : codes.shape[1], None]
        return (steps * buffers["scales"][..., None]).flatten(1)[:, :inputs]

    def read_prompts_by(self, kernel: PromptKernel) -> None:
        """Has rows multiplied by that kernel, by the buffers as they are now, in the copy's mapped file."""
        self._prompt_kernel = kernel
        self._matrix = PackedMatrix(self.packed, self.scales, self.zeros)

    @override
    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        if self._prompt_kernel is None or self._matrix is None:
            return super().forward(inputs)
        result = self._prompt_kernel.multiply(inputs.reshape(-1, self.shape[1]), self._matrix)
        return result.view(*inputs.shape[:-1], self.shape[0])

    @override
    def _add_zeros_to(self, graph: OnnxGraph) -> tuple[str, ...]:
        zeros = graph.add_constant(self.zeros)
        del self.zeros
        return (zeros,)


def _nearest_grid(
    groups: torch.Tensor, importance: torch.Tensor, shares: Iterable[float]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Finds the range share for each group of weights that has the least squared error.

    Args:
        groups: fp32, of shape (outputs, groups, group size).
        importance: What each squared error counts, of a shape that broadcasts to that of `groups`.
        shares: The range shares that are tried.

    Returns:
        Scales and zero points, of shape (outputs, groups).
    """
    # Zero lies in every range, so that a group of one sign keeps its zeros.
    least, greatest = groups.amin(-1).clamp(max=0), groups.amax(-1).clamp(min=0)
    best, best_errors = (least, least), torch.full_like(least, torch.inf)
    for share in shares:
        scales = ((greatest - least) * share / _MAX_CODE).clamp(min=MIN_SCALE)
        zero_points = (-least * share / scales).round()
        last = zero_points[..., None]
        steps = (groups / scales[..., None]).round_().add_(last).clamp_(0, _MAX_CODE).sub_(last)
        # The scale that fits these codes best, by least squares.
        weighted = steps * importance
        energies = (steps * weighted).sum(-1).clamp(min=_MIN_WEIGHT)
        scales = (weighted.mul_(groups).sum(-1) / energies).clamp(min=MIN_SCALE)
        errors = steps.mul_(scales[..., None]).sub_(groups).square_().mul_(importance).sum(-1)
        nearer = errors < best_errors
        best_errors = torch.where(nearer, errors, best_errors)
        best = (torch.where(nearer, scales, best[0]), torch.where(nearer, zero_points, best[1]))
    return best[0], best[1].to(torch.uint8)


def packed_pairs(codes: torch.Tensor) -> torch.Tensor:
    """Packs two codes in a byte, the first in its lower half."""
    return codes[..., ::2] | codes[..., 1::2] << 4


def unpacked_pairs(packed: torch.Tensor) -> torch.Tensor:
    """Returns the codes that `packed_pairs` packed."""
    return torch.stack((packed & 15, packed >> 4), dim=-1).flatten(-2)

"""GPTQ: rounds a matrix so that its products with the inputs of calibration change least.

Frantar, Ashkboos, Hoefler, Alistarh: *GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
Transformers*, 2023. One column after the other is rounded, and the columns yet to come make up for its error.

Li, Yin, Lee, Xiao, Panda: *GPTAQ: Efficient Finetuning-Free Quantization for Asymmetric Calibration*, 2025.
The layers before a matrix are quantised, too. Before it is rounded, its weights are moved so that on what it
gets from them it puts out what the original one does on what that gets.
"""

from dataclasses import dataclass
from typing import Self

import torch

# Share of the inputs' mean energy that is added to each one's: without it, inputs that calibration hardly
# saw would be made to compensate without bound.
_DAMPING = 0.01
_MIN_ENERGY = 1e-6
# How much of the way to the original outputs the weights are moved, and the damping of that: calibration's
# texts are few, and all of the way, or with less damping, others get worse.
_SHARE_OF_WAY = 0.5
_WAY_DAMPING = 0.1
# Columns whose corrections are computed at once, and rows that are rounded at once: so many weights stay in
# a core's cache.
_COLUMNS, _ROWS = 64, 2048
# Rows of the second moments that are computed at once: of a symmetric matrix, one half is enough.
_MOMENTS = 1024


@dataclass(frozen=True, slots=True)
class InputStatistics:
    """What the inputs of a matrix were in calibration.

    Attributes:
        order: The inputs from the greatest mean square down: these are rounded first, as all others can
            make up for them.
        factor: The upper triangular factor M of the second moments MMᵀ, in that order.
        drift: What the original model's inputs are apart from these; None where they are not known.
    """

    order: torch.Tensor
    factor: torch.Tensor
    drift: "InputDrift | None" = None

    @classmethod
    def of_inputs(cls, inputs: torch.Tensor, drift: torch.Tensor | None = None) -> Self:
        """Computes the statistics of inputs in fp32, of shape (tokens, inputs).

        Args:
            inputs: Of the matrix in the quantised model.
            drift: Those of the original model's matrix less these, of the same shape.
        """
        ascending = inputs.square().mean(0).argsort()
        inputs = inputs[:, ascending]
        size = len(ascending)
        moments = torch.zeros(size, size)
        for start in range(0, size, _MOMENTS):
            end = start + _MOMENTS
            # Below the diagonal alone: the rest is not read.
            torch.mm(inputs[:, start:end].T, inputs[:, :end], out=moments[start:end, :end])
        moments /= len(inputs)
        energy = moments.diagonal().mean().clamp(min=_MIN_ENERGY)
        moments.diagonal().add_(_DAMPING * energy)
        # From the least up, as an upper factor is the reversed lower one of what is reversed.
        factor = torch.linalg.cholesky(moments).flip(0, 1)
        if drift is None:
            return cls(ascending.flip(0), factor)
        moments.diagonal().add_((_WAY_DAMPING - _DAMPING) * energy)
        moved = InputDrift(ascending, torch.linalg.cholesky(moments), inputs.T @ drift / len(inputs))
        return cls(ascending.flip(0), factor, moved)

    @property
    def importance(self) -> torch.Tensor:
        """How much an error in each input's weights costs after the inputs yet to come made up for it."""
        result = torch.empty(len(self.order))
        result[self.order] = self.factor.diagonal().square()
        return result


@dataclass(frozen=True, slots=True)
class InputDrift:
    """What the inputs of a matrix in the original model are apart from those in the quantised one.

    Attributes:
        ascending: The inputs from the least mean square up.
        factor: The lower triangular factor L of the damped second moments LLᵀ of the quantised model's
            inputs, in that order.
        moments: Those of these inputs, in that order, with the drift, in the matrix's own.
    """

    ascending: torch.Tensor
    factor: torch.Tensor
    moments: torch.Tensor

    def correction(self, weight: torch.Tensor) -> torch.Tensor:
        """Returns what to add to the weight that the original inputs multiply, of its shape."""
        solved = torch.cholesky_solve(self.moments @ weight.T, self.factor)
        result = torch.empty_like(weight)
        result[:, self.ascending] = solved.T
        return result.mul_(_SHARE_OF_WAY)


def calibrated_codes(
    weight: torch.Tensor,
    scales: torch.Tensor,
    zero_points: torch.Tensor,
    statistics: InputStatistics,
    *,
    group_size: int,
    max_code: int,
) -> torch.Tensor:
    """Returns the codes of a weight, uint8, of its shape.

    Args:
        weight: fp32, of shape (outputs, inputs).
        scales: fp32, of shape (outputs, groups): what a group's codes are multiplied by.
        zero_points: Of the same shape: the codes that stand for zero.
        statistics: Of the matrix's inputs.
        group_size: How many neighbours in a row are a group.
        max_code: The greatest code; the least is 0.
    """
    rounded = [
        _rounded(part.T, scale.T.contiguous(), zeros.T.float(), statistics, group_size, max_code)
        for part, scale, zeros in zip(
            *(torch.split(each, _ROWS) for each in (weight, scales, zero_points)), strict=True
        )
    ]
    return torch.cat(rounded, dim=1).T.contiguous()


def _rounded(
    weight: torch.Tensor,
    scales: torch.Tensor,
    zero_points: torch.Tensor,
    statistics: InputStatistics,
    group_size: int,
    max_code: int,
) -> torch.Tensor:
    """Rounds some outputs; all shapes are transposed, so that an input's weights are neighbours.

    With errors E of the weights, the products' error is that of EM. Its column k is the error of column k
    itself and what the columns before it contribute: that is what column k makes up for.
    """
    order, factor = statistics.order, statistics.factor
    groups = (order // group_size).tolist()
    weight = weight[order]
    errors = torch.empty_like(weight)
    codes = torch.empty(weight.shape, dtype=torch.uint8)
    for start in range(0, len(order), _COLUMNS):
        end = min(start + _COLUMNS, len(order))
        contributions = factor[:end, start:end] / factor.diagonal()[start:end]
        block = torch.addmm(weight[start:end], contributions[:start].T, errors[:start])
        within = contributions[start:]
        for row, current in enumerate(block):
            column = start + row
            scale, zeros = scales[groups[column]], zero_points[groups[column]]
            code = torch.addcdiv(zeros, current, scale).round_().clamp_(0, max_code)
            codes[column] = code
            torch.sub(weight[column], code.sub_(zeros).mul_(scale), out=errors[column])
            block[row + 1 :].addr_(within[row, row + 1 :], errors[column])
    result = torch.empty_like(codes)
    result[order] = codes
    return result

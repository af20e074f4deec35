"""GPTQ: rounds a matrix so that its products with the inputs of calibration change least.

Frantar, Ashkboos, Hoefler, Alistarh: *GPTQ: Accurate Post-Training Quantization for Generative Pre-trained
Transformers*, 2023. One column after the other is rounded, and the columns yet to come make up for its error.
"""

from dataclasses import dataclass
from typing import Self

import torch

# Share of the inputs' mean energy that is added to each one's: without it, inputs that calibration hardly
# saw would be made to compensate without bound.
_DAMPING = 0.01
_MIN_ENERGY = 1e-6
# Columns whose errors are handed on to the later ones at once, and rows that are rounded at once: so many
# weights stay in a core's cache.
_COLUMNS, _ROWS = 128, 2048


@dataclass(frozen=True, slots=True)
class InputStatistics:
    """What the inputs of a matrix were in calibration.

    Attributes:
        order: The inputs from the greatest mean square down: these are rounded first, as all others can
            make up for them.
        factor: The upper triangular factor U of the inverse UᵀU of the second moments, in that order.
    """

    order: torch.Tensor
    factor: torch.Tensor

    @classmethod
    def of_inputs(cls, inputs: torch.Tensor) -> Self:
        """Computes the statistics of inputs in fp32, of shape (tokens, inputs)."""
        moments = inputs.T @ inputs
        moments /= len(inputs)
        moments.diagonal().add_(_DAMPING * moments.diagonal().mean().clamp(min=_MIN_ENERGY))
        # From the least up: the factor of the reversed moments is the reversed inverse of U.
        ascending = moments.diagonal().argsort()
        moments = moments[ascending][:, ascending]
        reversed_inverse = torch.linalg.cholesky(moments)
        del moments
        inverse = reversed_inverse.flip(0, 1)
        del reversed_inverse
        factor = torch.linalg.solve_triangular(inverse, torch.eye(len(inverse)), upper=True)
        return cls(ascending.flip(0), factor)


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
    """Rounds some outputs; all shapes are transposed, so that an input's weights are neighbours."""
    order, factor = statistics.order, statistics.factor
    groups = (order // group_size).tolist()
    pending = weight[order]
    codes = torch.empty(pending.shape, dtype=torch.uint8)
    errors = torch.empty(_COLUMNS, pending.shape[1])
    for start in range(0, len(order), _COLUMNS):
        block = pending[start : start + _COLUMNS]
        end = start + len(block)
        for row, current in enumerate(block):
            scale, zeros = scales[groups[start + row]], zero_points[groups[start + row]]
            code = (current / scale).round_().add_(zeros).clamp_(0, max_code)
            codes[start + row] = code
            weights_of_error = factor[start + row, start + row : end]
            errors[row] = (current - (code - zeros) * scale) / weights_of_error[0]
            block[row + 1 :].addr_(weights_of_error[1:], errors[row], alpha=-1)
        pending[end:].addmm_(factor[start:end, end:].T, errors[: len(block)], alpha=-1)
    result = torch.empty_like(codes)
    result[order] = codes
    return result

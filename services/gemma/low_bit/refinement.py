"""Improves the scales and the codes that GPTQ found, each for what all others are by now.

GPTQ rounds each column once, by a grid that was chosen before. Then the scale of each group is the one whose
products with the inputs of calibration are off least, by least squares, and each code is rounded once more
with all others as they are (coordinate descent). Behdin, Acharya, Gupta, Song, Zhu, Keerthi, Mazumder:
*QuantEase: Optimization-based Quantization for Language Models*, 2023.
"""

import torch

from services.gemma.low_bit.gptq import InputStatistics

# How often the scales and then the codes are improved: a third time hardly changes any.
_SWEEPS = 2
# Columns whose corrections are computed at once, and rows that are improved at once.
_COLUMNS, _ROWS = 64, 1024
# Share of itself that a scale changes by at most: where a group's inputs carry nothing, it may be anything.
_MOST_CHANGE = 0.3
_MIN_ENERGY = 1e-20


def refined(
    weight: torch.Tensor,
    codes: torch.Tensor,
    scales: torch.Tensor,
    zero_points: torch.Tensor,
    statistics: InputStatistics,
    *,
    group_size: int,
    max_code: int,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Returns better codes, uint8, and better scales, fp32, of the shapes of those given.

    Args:
        weight: fp32, of shape (outputs, inputs).
        codes: uint8, of its shape.
        scales: fp32, of shape (outputs, groups): what a group's codes are multiplied by.
        zero_points: Of the same shape: the codes that stand for zero.
        statistics: Of the matrix's inputs.
        group_size: How many neighbours in a row are a group.
        max_code: The greatest code; the least is 0.
    """
    parts = []
    of_rows = (torch.split(each, _ROWS) for each in (weight, codes, scales, zero_points))
    for rows, rounded, grid, zeros in zip(*of_rows, strict=True):
        outputs = _Outputs(rows, rounded, grid, zeros, statistics, group_size, max_code)
        for _ in range(_SWEEPS):
            outputs.fit_scales()
            outputs.round_again()
        parts.append(outputs.result())
    found, fitted = (torch.cat(each) for each in zip(*parts, strict=True))
    return found, fitted


class _Outputs:
    """Some rows of a matrix on their way; all is transposed, and inputs are in the order of the statistics.

    With errors E of the weights, the products' error is that of MᵀE, for second moments MMᵀ. It is kept up to
    date, so that the gradient of each weight is a row of M times it.
    """

    def __init__(
        self,
        weight: torch.Tensor,
        codes: torch.Tensor,
        scales: torch.Tensor,
        zero_points: torch.Tensor,
        statistics: InputStatistics,
        group_size: int,
        max_code: int,
    ) -> None:
        self._order, self._factor = statistics.order, statistics.factor
        self._group_of = self._order // group_size
        self._max_code = max_code
        self._scales = scales.T.contiguous()
        self._zeros = zero_points.T.float()
        self._weight = weight.T[self._order]
        self._steps = codes.T[self._order] - self._zeros[self._group_of]
        self._errors = self._steps * self._scales[self._group_of] - self._weight
        self._off = self._factor.T @ self._errors

    def fit_scales(self) -> None:
        """Moves the scale of one group after the other to where the products are off least."""
        for group, scale in enumerate(self._scales):
            members = (self._group_of == group).nonzero()[:, 0]
            steps = self._steps[members]
            products = self._factor[members].T @ steps
            energy = products.square().sum(0).clamp(min=_MIN_ENERGY)
            most = _MOST_CHANGE * scale
            change = torch.maximum(torch.minimum((products * self._off).sum(0) / -energy, most), -most)
            self._scales[group] += change
            self._off.addcmul_(products, change)
            self._errors.index_add_(0, members, steps * change)

    def round_again(self) -> None:
        """Rounds one column after the other to where the products are off least."""
        for start in range(0, len(self._order), _COLUMNS):
            rows = self._factor[start : start + _COLUMNS, start:]
            gradients, moments = rows @ self._off[start:], rows @ rows.T
            changes = torch.empty_like(gradients)
            groups = self._group_of[start : start + _COLUMNS].tolist()
            for row, (group, gradient) in enumerate(zip(groups, gradients, strict=True)):
                scale, zeros, column = self._scales[group], self._zeros[group], start + row
                best = self._errors[column] + self._weight[column] - gradient / moments[row, row]
                steps = best.div_(scale).add_(zeros).round_().clamp_(0, self._max_code).sub_(zeros)
                self._steps[column] = steps
                errors = steps * scale - self._weight[column]
                torch.sub(errors, self._errors[column], out=changes[row])
                self._errors[column] = errors
                gradients[row + 1 :].addr_(moments[row + 1 :, row], changes[row])
            self._off[start:].addmm_(rows.T, changes)

    def result(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns the codes and the scales, with outputs first and inputs in their own order."""
        codes = torch.empty(self._steps.shape, dtype=torch.uint8)
        codes[self._order] = (self._steps + self._zeros[self._group_of]).to(torch.uint8)
        return codes.T.contiguous(), self._scales.T.contiguous()

"""The grid of llama.cpp's Q4_0, on which lie the weights of checkpoints that were trained for it.

Each group of 32 neighbours in a row is whole multiples, from -8 to 7, of a scale of its own. Such files
(`*-qat-q4_0-unquantized`) hold the products in bf16, so that codes and scales have to be found again. Nothing
here needs torch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Q4_0_GROUP_SIZE = 32
# Steps of a group's greatest size: by llama.cpp eight below zero, which its scale is chosen for; others less.
_MOST_STEPS = 8
# Of two numbers in bf16, each off by up to 2^-8 of its size, the quotient is off by a little more than both.
_OFF = 2.02 * 2.0**-8


@dataclass(frozen=True, slots=True)
class GridFit:
    """What the weights of groups are multiples of.

    Attributes:
        codes: int8 from -8 to 7, of shape (..., 32).
        scales: fp32, of shape (...), either sign; 0 in a group of zeros.
        on_grid: Of that shape: whether codes times scale are the group's weights, but for the last bit.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    on_grid: NDArray[np.bool_]


def fit_grid(groups: NDArray[np.float32]) -> GridFit:
    """Finds codes and scales whose products are each group's weights in bf16.

    Args:
        groups: fp32, of shape (..., 32).
    """
    rows = groups.reshape(-1, Q4_0_GROUP_SIZE)
    codes, scales = np.zeros(rows.shape, np.int8), np.zeros(len(rows), np.float32)
    greatest = np.take_along_axis(rows, np.abs(rows).argmax(-1)[:, None], -1)[:, 0]
    on_grid = greatest == 0
    for steps in range(_MOST_STEPS, 0, -1):
        left = np.flatnonzero(~on_grid & np.isfinite(greatest))
        near = greatest[left] / np.float32(-steps)
        found = np.rint(rows[left] / near[:, None])
        fits = (found < _MOST_STEPS).all(-1) & _are_near(found * near[:, None], rows[left])
        left, found = left[fits], found[fits]
        codes[left], scales[left], on_grid[left] = found, _scales(rows[left], found), True
    shape = groups.shape[:-1]
    return GridFit(codes.reshape(groups.shape), scales.reshape(shape), on_grid.reshape(shape))


def bf16_values(data: bytes) -> NDArray[np.float32]:
    """Returns the numbers of little-endian bf16 in some bytes."""
    return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)


def _are_near(products: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.bool_]:
    are_near: NDArray[np.bool_] = (np.abs(products - rows) <= _OFF * np.abs(rows)).all(-1)
    return are_near


def _scales(rows: NDArray[np.float32], codes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns scales whose products with the codes are rounded to the rows' weights in bf16.

    A weight is what a range of products is rounded to, and so its code leaves a range of scales.
    """
    is_step = codes != 0
    divisors = np.abs(np.where(is_step, codes, 1))
    bits = np.abs(rows).view(np.uint32)
    sizes, after, before = (each.view(np.float32) for each in (bits, bits + 2**16, bits - 2**16))
    most = np.where(is_step, (sizes + after) / 2 / divisors, np.inf).min(-1)
    least = np.where(is_step, (sizes + before) / 2 / divisors, 0).max(-1)
    # Of the greatest weight, which is no zero.
    scales: NDArray[np.float32] = np.sign((rows * codes).sum(-1)) * (least + most) / 2
    return scales

"""Multiplies the many rows of a prompt by matrices in four bits, on CPUs with AVX2 and without AVX-512.

There onnxruntime's kernel takes nearly twice as long; `prompt_kernel.c` says why.
"""

import ctypes
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

# As in the C file.
_GROUP, _TILE, _COLUMNS_AT_ONCE = 128, 8, 64


@dataclass(frozen=True, slots=True)
class PackedMatrix:
    """The buffers of an `Int4Linear`, in its copy's mapped file.

    Attributes:
        packed: The codes, two in a byte, of shape (outputs, groups, group size / 2).
        scales: fp32, of shape (outputs, groups).
        zeros: The zero points, two in a byte, of shape (outputs, groups / 2 rounded up).
    """

    packed: torch.Tensor
    scales: torch.Tensor
    zeros: torch.Tensor


class PromptKernel:
    """The compiled kernel.

    Args:
        library: Its file.
        threads: How many threads multiply at once.
    """

    def __init__(self, library: Path, threads: int) -> None:
        self._library = ctypes.CDLL(str(library))
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="prompt-kernel")

    def multiply(self, rows: torch.Tensor, matrix: PackedMatrix) -> torch.Tensor:
        """Returns rows times the matrix, each row the same whatever rows are beside it.

        Args:
            rows: fp32, of shape (rows, inputs); the result has shape (rows, outputs).
            matrix: Its groups hold 128 weights.
        """
        rows = rows.contiguous()
        count, inputs = rows.shape
        outputs, groups = matrix.scales.shape
        tiles = -(-count // _TILE)
        codes = torch.empty(tiles, groups, _TILE, _GROUP, dtype=torch.int8)
        scales, sums = torch.empty(2, tiles, groups, _TILE)
        result = torch.empty(count, outputs)
        quantized = (_pointer(codes), _pointer(scales), _pointer(sums))
        self._library.quantize_rows(_pointer(rows), _whole(count), _whole(inputs), *quantized)
        multiply = partial(
            self._library.multiply_columns,
            *quantized,
            _whole(count),
            _whole(groups),
            *(_pointer(each) for each in (matrix.packed, matrix.scales, matrix.zeros)),
            _whole(outputs),
        )
        share = -(-outputs // (self._threads * _COLUMNS_AT_ONCE)) * _COLUMNS_AT_ONCE
        columns = [(first, min(outputs, first + share)) for first in range(0, outputs, share)]
        ends = [(_whole(first), _whole(last), _pointer(result)) for first, last in columns]
        if len(ends) == 1:
            multiply(*ends[0])
        else:
            # A call of ctypes releases the interpreter's lock.
            list(self._pool.map(lambda arguments: multiply(*arguments), ends))
        return result


def _pointer(tensor: torch.Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(tensor.data_ptr())


def _whole(number: int) -> ctypes.c_int64:
    return ctypes.c_int64(number)

"""Linear layers in int4 on any CPU, by the `MatMulNBits` kernels of onnxruntime."""

import platform
from collections.abc import Mapping
from pathlib import Path

import torch
from torch.nn import functional
from typing_extensions import override

from services.gemma.four_bit.linear import FourBitLinear
from services.gemma.four_bit.onnx_graph import IN_MEMORY, OnnxGraph, OnnxSession, TensorLocation

# Weights that share a scale and a zero point. With 64 the error is smaller, and the 4B model takes 0.2 GiB
# more.
_GROUP_SIZE = 128
_MAX_CODE = 15
_MIN_SCALE = 1e-8
# Shares of a group's range that are tried: a smaller one clips the few weights at its ends, and has finer
# steps for all others.
_RANGE_SHARES = (1.0, 0.9, 0.8)
# Level 4 of `MatMulNBits` quantises the activations to eight bits, group by group: two to seven times as
# quick as fp32.
_ACCURACY_LEVEL = 4
# On x86 the kernel packs the scales with the weights when a session opens, and does not read them again.
_PACKS_SCALES = platform.machine().lower() in {"x86_64", "amd64"}


class Int4Linear(FourBitLinear):
    """Sixteen evenly spaced values over most of a group's range, zero among them.

    Files hold the buffers in the format of `MatMulNBits`; its kernel packs them anew for the CPU when a
    session opens. Inputs are fp32.

    Attributes:
        packed: The codes, two in a byte, of shape (outputs, groups, group size / 2).
        scales: fp32, of shape (outputs, groups).
        zeros: The zero points, two in a byte, of shape (outputs, groups / 2 rounded up).
        locations: Where each buffer lies in the files, by its name.
    """

    precision = "int4"
    recipe = f"int4-g{_GROUP_SIZE}"
    packed: torch.Tensor
    scales: torch.Tensor
    zeros: torch.Tensor
    locations: Mapping[str, TensorLocation]
    _session: OnnxSession

    @staticmethod
    @override
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        outputs, inputs = weight.shape
        groups = -(-inputs // _GROUP_SIZE)
        if weight.is_meta:
            return {
                "packed": weight.new_empty(outputs, groups, _GROUP_SIZE // 2, dtype=torch.uint8),
                "scales": weight.new_empty(outputs, groups, dtype=torch.float32),
                "zeros": weight.new_empty(outputs, (groups + 1) // 2, dtype=torch.uint8),
            }
        padded = functional.pad(weight.float(), (0, groups * _GROUP_SIZE - inputs))
        codes, scales, zero_points = _nearest_codes(padded.view(outputs, groups, _GROUP_SIZE))
        zero_points = functional.pad(zero_points, (0, groups % 2))
        return {"packed": _packed_pairs(codes), "scales": scales, "zeros": _packed_pairs(zero_points)}

    def add_to(self, graph: OnnxGraph, rows: str) -> str:
        """Adds the multiplication of `rows` to a graph, with the buffers; returns the result's name."""
        outputs, inputs = self.shape
        packed = graph.add_constant(self.packed, self.locations["packed"])
        # What is read for each token stays in memory: under a memory limit, pages of a file would be dropped
        # and read again.
        scales = graph.add_constant(self.scales, self.locations["scales"] if _PACKS_SCALES else IN_MEMORY)
        zeros = graph.add_constant(self.zeros)
        del self.packed, self.scales, self.zeros
        return graph.add(
            "MatMulNBits",
            rows,
            packed,
            scales,
            zeros,
            domain="com.microsoft",
            K=inputs,
            N=outputs,
            bits=4,
            block_size=_GROUP_SIZE,
            accuracy_level=_ACCURACY_LEVEL,
        )

    def open(self, folder: Path) -> None:
        """Makes it ready to multiply on its own; its `locations` are in the folder."""
        graph = OnnxGraph(rows=self.shape[1:])
        self._session = graph.open(folder, self.add_to(graph, "rows"))

    @override
    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        (result,) = self._session.run(rows=inputs.reshape(-1, self.shape[1]))
        return result.view(*inputs.shape[:-1], self.shape[0])


def _nearest_codes(groups: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Quantises groups of weights with the range share that has the least squared error.

    Args:
        groups: fp32, of shape (outputs, groups, group size).

    Returns:
        Codes from 0 to 15 of that shape, then scales and zero points of shape (outputs, groups).
    """
    # Zero lies in every range, so that a group of one sign keeps its zeros.
    least, greatest = groups.amin(-1).clamp(max=0), groups.amax(-1).clamp(min=0)
    best, best_errors = (groups, least, least), torch.full_like(least, torch.inf)
    for share in _RANGE_SHARES:
        scales = ((greatest - least) * share / _MAX_CODE).clamp(min=_MIN_SCALE)
        zero_points = (-least * share / scales).round()
        codes = ((groups / scales[..., None]).round() + zero_points[..., None]).clamp(0, _MAX_CODE)
        steps = codes - zero_points[..., None]
        # The scale that fits these codes best, by least squares.
        scales = (groups * steps).sum(-1) / (steps**2).sum(-1).clamp(min=1)
        errors = ((steps * scales[..., None] - groups) ** 2).sum(-1)
        nearer = errors < best_errors
        best_errors = torch.where(nearer, errors, best_errors)
        best = (
            torch.where(nearer[..., None], codes, best[0]),
            torch.where(nearer, scales, best[1]),
            torch.where(nearer, zero_points, best[2]),
        )
    return best[0].to(torch.uint8), best[1], best[2].to(torch.uint8)


def _packed_pairs(codes: torch.Tensor) -> torch.Tensor:
    """Packs two codes in a byte, the first in its lower half."""
    return codes[..., ::2] | codes[..., 1::2] << 4

"""Linear layers of whole numbers on any CPU, by the `MatMulNBits` kernels of onnxruntime."""

import platform
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import torch
from typing_extensions import override

from services.gemma.low_bit.linear import FourBitLinear
from services.gemma.low_bit.onnx_graph import IN_MEMORY, OnnxGraph, OnnxSession, TensorLocation

# Weights that share a scale, unless a class says otherwise. With 64 in four bits the error is smaller, and
# the 4B model takes 0.2 GiB more.
GROUP_SIZE = 128
MIN_SCALE = 1e-8
# Level 4 of `MatMulNBits` quantises the activations to eight bits, group by group: two to seven times as
# quick as fp32.
_ACCURACY_LEVEL = 4
# On x86 the kernel packs the scales with the weights when a session opens, and does not read them again.
_PACKS_SCALES = platform.machine().lower() in {"x86_64", "amd64"}


class IntegerLinear(FourBitLinear):
    """Evenly spaced values; `bits` of each code.

    Files hold the buffers in the format of `MatMulNBits`; its kernel packs them anew for the CPU when a
    session opens. Inputs are fp32.

    Attributes:
        packed: The codes, of shape (outputs, groups, group size x bits / 8).
        scales: fp32, of shape (outputs, groups).
        locations: Where each buffer lies in the files, by its name.
    """

    bits: ClassVar[int]
    group_size: ClassVar[int] = GROUP_SIZE
    packed: torch.Tensor
    scales: torch.Tensor
    locations: Mapping[str, TensorLocation]
    _session: OnnxSession

    @staticmethod
    @abstractmethod
    def dequantized(buffers: Mapping[str, torch.Tensor], inputs: int) -> torch.Tensor:
        """Returns the weight that the buffers stand for: fp32, of shape (outputs, inputs)."""

    def add_to(self, graph: OnnxGraph, rows: str) -> str:
        """Adds the multiplication of `rows` to a graph, with the buffers; returns the result's name."""
        outputs, inputs = self.shape
        packed = graph.add_constant(self.packed, self.locations["packed"])
        # What is read for each token stays in memory: under a memory limit, pages of a file would be dropped
        # and read again.
        scales = graph.add_constant(self.scales, self.locations["scales"] if _PACKS_SCALES else IN_MEMORY)
        zeros = self._add_zeros_to(graph)
        del self.packed, self.scales
        return graph.add(
            "MatMulNBits",
            rows,
            packed,
            scales,
            *zeros,
            domain="com.microsoft",
            K=inputs,
            N=outputs,
            bits=self.bits,
            block_size=self.group_size,
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

    def _add_zeros_to(self, graph: OnnxGraph) -> tuple[str, ...]:  # noqa: ARG002 - int4 has some
        """Adds the zero points; without any, the kernel takes the middle code for each group's."""
        return ()

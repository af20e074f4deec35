"""Four bits on any CPU, by the kernels of onnxruntime."""

import platform
from collections.abc import Mapping
from pathlib import Path

import torch
from torch.nn import functional

from services.gemma.four_bit.linear import FourBitLinear
from services.gemma.four_bit.onnx_graph import IN_MEMORY, Graph, Place, Session

# Smaller ones are nearer to the weights and take more memory: with 64, the 4B model takes 0.2 GiB more.
_GROUP = 128
_STEPS = 15
_LEAST_SCALE = 1e-8
# A smaller range leaves out the few numbers at its ends, in finer steps for all others.
_RANGES = (1.0, 0.9, 0.8)
# Activations are taken in eight bits, group by group: two to seven times as quick as in fp32.
_IN_EIGHT_BITS = 4
# On these the kernel packs the scales with the numbers, and does not read them again.
_PACKS_SCALES = platform.machine().lower() in {"x86_64", "amd64"}


class Int4Linear(FourBitLinear):
    """Sixteen equal steps over most of a group's range, one of them zero.

    Files hold it as `MatMulNBits` of onnxruntime takes it; its kernel packs the numbers anew when it is
    loaded, as suits the CPU.

    Attributes:
        places: Where each buffer is in the files, by its name.
    """

    precision = "int4"
    recipe = f"int4-g{_GROUP}"
    packed: torch.Tensor
    scales: torch.Tensor
    zeros: torch.Tensor
    places: Mapping[str, Place]
    _session: Session

    @staticmethod
    def quantized(weight: torch.Tensor) -> dict[str, torch.Tensor]:
        """As `FourBitLinear` says."""
        outputs, inputs = weight.shape
        count = -(-inputs // _GROUP)
        if weight.is_meta:
            return {
                "packed": weight.new_empty(outputs, count, _GROUP // 2, dtype=torch.uint8),
                "scales": weight.new_empty(outputs, count, dtype=torch.float32),
                "zeros": weight.new_empty(outputs, (count + 1) // 2, dtype=torch.uint8),
            }
        padded = functional.pad(weight.float(), (0, count * _GROUP - inputs))
        numbers, scales, zeros = _nearest(padded.view(outputs, count, _GROUP))
        zeros = functional.pad(zeros, (0, count % 2))
        return {"packed": _in_pairs(numbers), "scales": scales, "zeros": _in_pairs(zeros)}

    def add_to(self, graph: Graph, rows: str) -> str:
        """Adds the multiplication of rows to a graph, and hands the buffers over to it."""
        outputs, inputs = self.shape
        packed = graph.constant(self.packed, self.places["packed"])
        # What is read for each token is in memory: pages of a file would be dropped, and read again.
        scales = graph.constant(self.scales, self.places["scales"] if _PACKS_SCALES else IN_MEMORY)
        zeros = graph.constant(self.zeros)
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
            block_size=_GROUP,
            accuracy_level=_IN_EIGHT_BITS,
        )

    def open(self, folder: Path) -> None:
        """Makes it ready to multiply by itself; its `places` are in the folder."""
        graph = Graph(rows=self.shape[1:])
        self._session = graph.open(folder, self.add_to(graph, "rows"))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Multiplies; `inputs` is fp32.

        Raises:
            MemoryError: There is no memory for the result.
        """
        (result,) = self._session.run(rows=inputs.reshape(-1, self.shape[1]))
        return result.view(*inputs.shape[:-1], self.shape[0])


def _nearest(groups: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Numbers from 0 to 15, the scale and the zero of each group, by the range that comes nearest to it."""
    # Zero is between them, so that a group of one sign keeps its zeros.
    least, greatest = groups.amin(-1).clamp(max=0), groups.amax(-1).clamp(min=0)
    best, errors = (groups, least, least), torch.full_like(least, torch.inf)
    for share in _RANGES:
        scales = ((greatest - least) * share / _STEPS).clamp(min=_LEAST_SCALE)
        zeros = (-least * share / scales).round()
        numbers = ((groups / scales[..., None]).round() + zeros[..., None]).clamp(0, _STEPS)
        steps = numbers - zeros[..., None]
        scales = (groups * steps).sum(-1) / (steps**2).sum(-1).clamp(min=1)
        squares = ((steps * scales[..., None] - groups) ** 2).sum(-1)
        nearer = squares < errors
        errors = torch.where(nearer, squares, errors)
        best = (
            torch.where(nearer[..., None], numbers, best[0]),
            torch.where(nearer, scales, best[1]),
            torch.where(nearer, zeros, best[2]),
        )
    return best[0].to(torch.uint8), best[1], best[2].to(torch.uint8)


def _in_pairs(numbers: torch.Tensor) -> torch.Tensor:
    """Two in a byte, the first in its lower half."""
    return numbers[..., ::2] | numbers[..., 1::2] << 4

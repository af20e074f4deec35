"""Whole numbers by onnxruntime's kernel: near the weights, and the same for a row alone and among others."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import save_file
from torch import nn

from services.gemma.low_bit.int4_linear import Int4Linear
from services.gemma.low_bit.int8_linear import Int8Linear
from services.gemma.low_bit.integer_linear import IntegerLinear
from services.gemma.low_bit.onnx_graph import tensor_locations

ROOT = Path(__file__).parents[2]
# The result would take 1.5 GiB, and there are 0.2.
SHORT_OF_MEMORY = """
import pathlib, resource, sys
import torch
from tests.contract.test_gemma_int4 import opened
linear, rows = opened(torch.randn(20_000, 128), pathlib.Path(sys.argv[1])), torch.randn(20_000, 128)
linear(rows[:2])
taken = int(pathlib.Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 2 * 10**8, taken + 2 * 10**8))
try:
    linear(rows)
except MemoryError:
    print("no memory for this one;", linear(rows[:2]).shape)
"""


def opened(
    weight: torch.Tensor, folder: Path, layer_class: type[IntegerLinear] = Int4Linear
) -> IntegerLinear:
    linear = layer_class(nn.Linear(weight.shape[1], weight.shape[0], bias=False))
    buffers = layer_class.quantized(weight)
    save_file(buffers, folder / "matrix.safetensors")
    for name, buffer in buffers.items():
        linear.register_buffer(name, buffer)
    linear.locations = tensor_locations(folder)
    linear.open(folder)
    return linear


# Groups of 128: less than one, an even and an odd number of them, and some numbers beyond the last.
@pytest.mark.parametrize("inputs", [64, 256, 640, 700])
@pytest.mark.parametrize(("layer_class", "most"), [(Int4Linear, 0.11), (Int8Linear, 0.012)])
def test_it_multiplies_nearly_as_the_weights_do(
    inputs: int, layer_class: type[IntegerLinear], most: float, tmp_path: Path
) -> None:
    torch.manual_seed(3)
    weight = torch.randn(96, inputs) * torch.rand(96, 1)
    weight[0] = weight[0].abs()
    rows = torch.randn(9, inputs)
    exact, found = rows @ weight.T, opened(weight, tmp_path, layer_class)(rows)
    assert (found - exact).std() < most * exact.std()


@pytest.mark.parametrize("layer_class", [Int4Linear, Int8Linear])
def test_a_row_gets_the_same_alone_and_among_others(layer_class: type[IntegerLinear], tmp_path: Path) -> None:
    torch.manual_seed(4)
    linear, rows = opened(torch.randn(256, 384), tmp_path, layer_class), torch.randn(9, 384)
    together = linear(rows)
    for alone, among in zip(rows, together, strict=True):
        torch.testing.assert_close(linear(alone[None])[0], among, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("layer_class", [Int4Linear, Int8Linear])
def test_zeros_stay_zeros(layer_class: type[IntegerLinear], tmp_path: Path) -> None:
    weight = torch.zeros(8, 256)
    weight[1] = 1.0
    found = opened(weight, tmp_path, layer_class)(torch.ones(1, 256))[0]
    torch.testing.assert_close(found, torch.tensor([0, 256.0, 0, 0, 0, 0, 0, 0]), rtol=1e-2, atol=1e-6)


def test_out_of_memory_is_known_as_such_and_the_next_one_goes_on(tmp_path: Path) -> None:
    path = f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'protos/gen/python')]}\n"
    command = [sys.executable, "-c", path + SHORT_OF_MEMORY, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    assert said == "no memory for this one; torch.Size([2, 20000])\n"

"""Weights that were trained to lie on the grid of Q4_0 are kept as they are, and told from others."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from services.gemma.commands import MALLOC_SETTINGS, main
from services.gemma.interface.load_error import LoadError
from services.gemma.low_bit.q4_0_linear import OffGridError, Q4ZeroLinear
from services.gemma.weights.q4_0_probe import lies_on_q4_0_grid
from services.gemma.weights.quantize import quantize
from services.gemma.weights.source import HuggingFaceHub, ModelSource
from tests.contract.test_gemma_int4 import opened
from tests.contract.test_gemma_quantizing import logits, silent
from tests.fakes import tiny_gemma


def on_grid(weight: torch.Tensor, greatest: int = -8) -> torch.Tensor:
    """Rounds a weight as llama.cpp does, whose greatest of each group has the code -8, or as others do."""
    outputs, inputs = weight.shape
    padded = functional.pad(weight.float(), (0, -inputs % 32))
    groups = padded.view(outputs, -1, 32)
    ends = groups.gather(-1, groups.abs().argmax(-1, keepdim=True))
    scales = (ends / greatest).half().float()
    codes = torch.where(scales == 0, 0, groups / scales).round().clamp(-8, 7)
    return (codes * scales).flatten(1)[:, :inputs].bfloat16()


def put_on_grid(source: Path) -> dict[str, torch.Tensor]:
    """Puts all matrices of a checkpoint's layers on the grid; returns its weights."""
    weights = load_file(source / "model.safetensors")
    for name, weight in weights.items():
        if "_proj." in name and "tower" not in name:
            weights[name] = on_grid(weight)
    save_file(weights, source / "model.safetensors", metadata={"format": "pt"})
    return weights


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tiny_gemma.build(tmp_path / "tiny-gemma-it", context_tokens=512)


# A group that is not full, one of zeros, and scales of either sign.
@pytest.mark.parametrize("greatest", [-8, -7, 7, 5, 1])
@pytest.mark.parametrize("inputs", [64, 80, 320])
def test_what_lies_on_the_grid_is_kept_to_the_last_bit(inputs: int, greatest: int) -> None:
    torch.manual_seed(9)
    weight = torch.randn(300, inputs) * torch.rand(300, 1)
    weight[7] = 0
    weight = on_grid(weight, greatest)
    buffers = Q4ZeroLinear.quantized(weight)
    assert torch.equal(Q4ZeroLinear.dequantized(buffers, inputs).bfloat16(), weight)


@pytest.mark.parametrize("spoilt", [0.31, float("nan"), float("inf")])
def test_a_single_weight_off_the_grid_is_noticed(spoilt: float) -> None:
    torch.manual_seed(9)
    weight = on_grid(torch.randn(300, 64))
    weight[200, 40] = spoilt
    with pytest.raises(OffGridError):
        Q4ZeroLinear.quantized(weight)


def test_codes_beyond_seven_are_not_of_the_grid() -> None:
    weight = torch.zeros(1, 32)
    weight[0, :3] = torch.tensor([-8, 8, 3]) * 0.25
    with pytest.raises(OffGridError):
        Q4ZeroLinear.quantized(weight)


@pytest.mark.parametrize("inputs", [64, 80, 640])
def test_the_kernel_multiplies_by_the_weights_of_the_grid(inputs: int, tmp_path: Path) -> None:
    torch.manual_seed(3)
    weight = on_grid(torch.randn(96, inputs))
    rows = torch.randn(9, inputs)
    exact, found = rows @ weight.float().T, opened(weight, tmp_path, Q4ZeroLinear)(rows)
    # The activations have eight bits.
    assert (found - exact).std() < 0.01 * exact.std()


def test_a_model_of_the_grid_is_known_and_its_copy_holds_the_same_weights(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = put_on_grid(source)
    copies = tmp_path / "copies"
    monkeypatch.setenv("GEMMA_CACHE_DIR", str(copies))
    assert main(["check", str(source)]) == 0
    assert " q4_0 " in capsys.readouterr().out
    copy = quantize(source, copies, "q4_0", silent)
    buffers: dict[str, torch.Tensor] = {}
    for file in copy.folder.glob("*.safetensors"):
        buffers |= load_file(file)
    matrices = {name: weight for name, weight in weights.items() if "_proj." in name}
    assert len(matrices) == 14
    for name, weight in matrices.items():
        prefix = name.removesuffix("weight")
        own = {part: buffers[prefix + part] for part in ("packed", "scales")}
        assert torch.equal(Q4ZeroLinear.dequantized(own, weight.shape[1]).bfloat16(), weight)
    kept, original = tiny_gemma.loaded(source, GEMMA_CACHE_DIR=str(copies)), tiny_gemma.loaded(source)
    assert kept.info.precision == "q4_0"
    exact, found = logits(original), logits(kept)
    assert (found - exact).std() < 0.02 * exact.std()
    # Calibration, which loses the grid, stays there for who has less memory.
    assert quantize(source, copies, "int4h8", silent).precision == "int4h8"


def test_other_models_are_not_taken_for_one(source: Path, tmp_path: Path) -> None:
    assert not lies_on_q4_0_grid(source)
    assert not ModelSource.find(str(source), HuggingFaceHub()).dimensions.on_q4_0_grid


def test_a_vision_tower_off_the_grid_does_not_hide_the_text_on_it(tmp_path: Path) -> None:
    source = tiny_gemma.build_seeing(tmp_path / "tiny-gemma-it")
    assert not lies_on_q4_0_grid(source)
    put_on_grid(source)
    assert lies_on_q4_0_grid(source)
    assert quantize(source, tmp_path / "copies", "q4_0", silent).precision == "q4_0"


def test_one_matrix_off_the_grid_is_named(source: Path, tmp_path: Path) -> None:
    weights = put_on_grid(source)
    name = "model.layers.1.mlp.down_proj.weight"
    weights[name][3, 5] = 0.31
    save_file(weights, source / "model.safetensors", metadata={"format": "pt"})
    assert lies_on_q4_0_grid(source)
    with pytest.raises(LoadError, match=f"{name} does not lie on the grid of Q4_0: take int4h8"):
        quantize(source, tmp_path / "copies", "q4_0", silent)


@pytest.mark.parametrize(
    "damage", [b"", b"\xff" * 8, b"\x02" + bytes(7) + b"[]", b"\x04" + bytes(7) + b"true"]
)
def test_files_that_cannot_be_read_lie_on_no_grid(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(damage)
    assert not lies_on_q4_0_grid(tmp_path)


def test_off_the_grid_it_cannot_be_asked_for(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GEMMA_CACHE_DIR", str(tmp_path))
    for name, value in MALLOC_SETTINGS.items():
        monkeypatch.setenv(name, value)
    assert main(["quantize", str(source), "--precision", "q4_0"]) == 1
    said = "its weights do not lie on the grid of Q4_0: take int4h8"
    assert capsys.readouterr().err == f"{said}\n"
    with pytest.raises(LoadError, match=said):
        tiny_gemma.loaded(source, GEMMA_PRECISION="q4_0")

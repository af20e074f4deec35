"""Inputs that carry much get finer steps, and the layer computes what it did."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")

import torch
from torch import nn
from transformers import Gemma2Config, Gemma3TextConfig, GemmaConfig
from transformers.models.gemma.modeling_gemma import GemmaDecoderLayer
from transformers.models.gemma2.modeling_gemma2 import Gemma2DecoderLayer
from transformers.models.gemma3.modeling_gemma3 import Gemma3DecoderLayer

from services.gemma.low_bit.form import linear_layers
from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.input_scaling import divided_norm, input_scales
from services.gemma.low_bit.int4_linear import Int4Linear
from services.gemma.weights.quantizing_hooks import QuantizingHooks, keep_inputs
from tests.contract.test_gemma_calibration import correlated

KINDS: list[tuple[Any, Any]] = [
    (GemmaDecoderLayer, GemmaConfig),
    (Gemma2DecoderLayer, Gemma2Config),
    (Gemma3DecoderLayer, Gemma3TextConfig),
]
SIZES = {"hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 2, "head_dim": 32}


class Unrounded:
    """Buffers that hold a weight as it is, in rows that can be scaled."""

    @staticmethod
    def quantized(weight: torch.Tensor, _statistics: InputStatistics | None) -> dict[str, torch.Tensor]:
        return {"whole": weight, "scales": torch.ones(len(weight), 1)}

    @staticmethod
    def dequantized(buffers: Mapping[str, torch.Tensor], _inputs: int) -> torch.Tensor:
        return buffers["whole"] * buffers["scales"]


@pytest.mark.parametrize(("kind", "config"), KINDS)
@torch.inference_mode()
def test_a_layer_with_scaled_inputs_computes_the_same(kind: Any, config: Any) -> None:
    torch.manual_seed(10)
    settings = config(**SIZES, num_key_value_heads=1, num_hidden_layers=1, attn_implementation="eager")
    layer = kind(settings, 0)
    for each in layer.parameters():
        each.normal_(std=0.3)
    rows = torch.randn(2, 40, 64) * torch.rand(64) * 5
    rotation = (torch.ones(1, 40, 32), torch.zeros(1, 40, 32))
    wanted = layer(rows, position_embeddings=rotation)
    hooks = QuantizingHooks(layer, Unrounded)
    passed_on = layer(rows, position_embeddings=rotation)
    torch.testing.assert_close(passed_on, wanted, rtol=1e-4, atol=1e-4)
    # What the copy holds computes bit by bit what was passed on: a quantising that was killed goes on so.
    for name, linear in layer.named_modules():
        if isinstance(linear, nn.Linear):
            own = {part: hooks.buffers[f"{name}.{part}"] for part in ("whole", "scales")}
            linear.weight = nn.Parameter(Unrounded.dequantized(own, 0), requires_grad=False)
    norms = {name: each.float() for name, each in hooks.buffers.items() if name.endswith("norm.weight")}
    assert len(norms) == 1
    layer.load_state_dict(norms, strict=False)
    assert torch.equal(layer(rows, position_embeddings=rotation), passed_on)
    down = hooks.buffers["mlp.down_proj.whole"]
    assert not torch.equal(hooks.buffers["mlp.up_proj.scales"], torch.ones(96, 1))
    assert down.shape == (64, 96)


@torch.inference_mode()
def test_after_layers_that_changed_a_layer_puts_out_what_is_nearer_to_the_original() -> None:
    torch.manual_seed(15)
    kind, config = KINDS[-1]
    settings = config(**SIZES, num_key_value_heads=1, num_hidden_layers=1, attn_implementation="eager")
    layer = kind(settings, 0)
    for each in layer.parameters():
        each.normal_(std=0.3)
    original = torch.randn(8, 60, 64) * torch.rand(64) * 5
    changed = original + 0.3 * torch.randn(8, 60, 64) @ torch.randn(64, 64) / 8
    rotation = (torch.ones(1, 60, 32), torch.zeros(1, 60, 32))
    kept, handles = keep_inputs(layer)
    wanted = layer(original, position_embeddings=rotation)
    for handle in handles:
        handle.remove()
    assert set(kept) == set(linear_layers(layer))
    off = []
    for inputs in (None, dict(kept)):
        same = deepcopy(layer)
        QuantizingHooks(same, Unrounded, inputs)
        off.append((same(changed, position_embeddings=rotation) - wanted).square().mean())
    assert off[1] < 0.95 * off[0]
    # Where nothing changed, nothing is moved.
    QuantizingHooks(layer, Unrounded, kept)
    torch.testing.assert_close(layer(original, position_embeddings=rotation), wanted, rtol=1e-4, atol=1e-4)


def test_scales_follow_the_inputs_sizes_within_bounds() -> None:
    torch.manual_seed(11)
    sizes = torch.tensor([0.0, 1e-3, 0.5, 1.0, 2.0, 1e4])
    scales = input_scales(torch.randn(500, 6) * sizes)
    assert (scales.diff() >= 0).all()
    assert scales.min() >= 0.25
    assert scales.max() <= 4


def test_a_norm_divides_by_what_is_left_of_the_scales_in_bf16() -> None:
    torch.manual_seed(12)
    weight = torch.randn(64).bfloat16()
    weight[3] = -1
    divided, exact = divided_norm(weight, torch.rand(64) + 0.5, 1)
    assert exact.isfinite().all()
    assert (exact > 0).all()
    assert exact[3] == 1
    torch.testing.assert_close((1 + divided.float()) * exact, 1 + weight.float())


def test_an_error_costs_what_the_inputs_yet_to_come_cannot_make_up_for() -> None:
    torch.manual_seed(13)
    inputs = correlated(400, 48)
    statistics = InputStatistics.of_inputs(inputs)
    moments = inputs.T @ inputs / len(inputs)
    moments.diagonal().add_(0.01 * moments.diagonal().mean())
    first, last = statistics.order[0], statistics.order[-1]
    torch.testing.assert_close(
        statistics.importance[first], 1 / moments.inverse()[first, first], rtol=1e-3, atol=0
    )
    torch.testing.assert_close(statistics.importance[last], moments[last, last])


def test_columns_of_great_inputs_are_rounded_finer_once_they_are_scaled() -> None:
    torch.manual_seed(14)
    inputs = torch.randn(900, 128) * torch.cat((torch.full((8,), 20.0), torch.ones(120)))
    weight = torch.randn(64, 128)
    scales = input_scales(inputs)
    off = []
    for each in (torch.ones(128), scales):
        statistics = InputStatistics.of_inputs(inputs / each)
        found = Int4Linear.dequantized(Int4Linear.quantized(weight * each, statistics), 128) / each
        off.append(((found - weight) @ inputs.T).square().mean())
    assert off[1] < 0.8 * off[0]

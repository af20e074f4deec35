"""Quantises the matrices of one decoder layer while the calibration texts pass through it."""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle

from services.gemma.low_bit.form import linear_layers
from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.input_scaling import divided_norm, input_scales
from services.gemma.low_bit.int4_decoder_layer import NORM_OFFSETS

_GATE, _UP, _DOWN = "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"
# Gemma 2 and 3 have a norm of its own before the MLP, the first Gemma that after attention.
_NORMS_BEFORE_MLP = ("pre_feedforward_layernorm", "post_attention_layernorm")


class QuantizingHooks:
    """Quantises each linear layer of a decoder layer when its input is known, before it multiplies.

    The inputs of the MLP's matrices, which lose most, are scaled: those of the first two by the norm before
    them, those of the last by the rows of `up_proj`. What passes on is computed from what the copy will hold,
    so that a quantising that goes on later computes the same.

    Args:
        layer: A decoder layer in fp32.
        layer_class: The class of a matrix's buffers.
        original_inputs: What each linear layer gets in the original model, by its name: the weights are moved
            towards the original outputs. None if it is not known.

    Attributes:
        buffers: What the copy holds in the place of the layer's tensors, by the names in the layer.
    """

    def __init__(
        self, layer: Any, layer_class: Any, original_inputs: dict[str, torch.Tensor] | None = None
    ) -> None:
        self.buffers: dict[str, torch.Tensor] = {}
        self._original_inputs = original_inputs or {}
        self._layer = layer
        self._layer_class = layer_class
        self._norm_name = next(name for name in _NORMS_BEFORE_MLP if hasattr(layer, name))
        self._inputs: torch.Tensor | None = None
        self._scaled: torch.Tensor | None = None
        self._scales = torch.ones(())
        self._statistics: InputStatistics | None = None
        # By the names of their modules, what these got and what came out.
        self._kept: dict[str, torch.Tensor] = {}
        self._keeping = [
            self._layer.get_submodule(self._norm_name).register_forward_pre_hook(self._keep_norm_input),
            self._layer.mlp.act_fn.register_forward_hook(self._keep_activation),
        ]
        self._handles = {
            name: linear.register_forward_pre_hook(partial(self._quantize, name))
            for name, linear in linear_layers(layer).items()
        }

    def _keep_norm_input(self, _norm: nn.Module, arguments: tuple[torch.Tensor]) -> None:
        self._kept[self._norm_name] = arguments[0]

    def _keep_activation(self, _module: nn.Module, _arguments: Any, result: torch.Tensor) -> None:
        self._kept[_UP] = result

    def _quantize(
        self, name: str, linear: nn.Module, arguments: tuple[torch.Tensor]
    ) -> tuple[torch.Tensor] | None:
        (inputs,) = arguments
        original = self._original_inputs.pop(name, None)
        # Matrices that multiply the same input, such as those of queries, keys and values, share these.
        if inputs is not self._inputs:
            self._inputs, self._statistics = inputs, None
            self._scaled, self._scales = self._scaled_inputs(name, inputs)
            drift = None if original is None else (original - inputs).flatten(0, 1)
            self._statistics = InputStatistics.of_inputs(self._scaled.flatten(0, 1), drift)
        scaled, statistics = cast("torch.Tensor", self._scaled), cast("InputStatistics", self._statistics)
        weight = cast("torch.Tensor", linear.weight) * self._scales
        if statistics.drift:
            weight += statistics.drift.correction(cast("torch.Tensor", linear.weight))
        buffers = self._layer_class.quantized(weight, statistics)
        self.buffers |= {f"{name}.{buffer}": each for buffer, each in buffers.items()}
        linear.weight = weight_of_buffers(self._layer_class, buffers, weight.shape[1])
        self._handles.pop(name).remove()
        if not self._handles:
            self._inputs = self._scaled = self._statistics = None
            for handle in self._keeping:
                handle.remove()
            self._kept.clear()
        return (scaled,)

    def _scaled_inputs(self, name: str, inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Returns the inputs as the copy will compute them, and what they are divided by in it."""
        scales = input_scales(inputs.flatten(0, 1)) if name in {_GATE, _DOWN} else torch.ones(())
        if name == _GATE:
            norm = self._layer.get_submodule(self._norm_name)
            weight, scales = divided_norm(norm.weight, scales, NORM_OFFSETS[type(self._layer)])
            self.buffers[f"{self._norm_name}.weight"] = weight
            norm.weight = nn.Parameter(weight.float(), requires_grad=False)
            # Calls no hook, which would keep its input again.
            return norm.forward(self._kept.pop(self._norm_name)), scales
        if name == _DOWN:
            up = self._layer.get_submodule(_UP)
            buffers = {each: self.buffers[f"{_UP}.{each}"] for each in self._buffer_names(_UP)}
            buffers["scales"] = self.buffers[f"{_UP}.scales"] = buffers["scales"] / scales[:, None]
            up.weight = weight_of_buffers(self._layer_class, buffers, up.in_features)
            return self._kept.pop(_UP) * up(self._scaled), scales
        return inputs, scales

    def _buffer_names(self, name: str) -> list[str]:
        prefix = f"{name}."
        return [each.removeprefix(prefix) for each in self.buffers if each.startswith(prefix)]


def keep_inputs(layer: nn.Module) -> tuple[dict[str, torch.Tensor], list[RemovableHandle]]:
    """Keeps what each linear layer of a decoder layer gets in the next pass, by its name.

    Returns:
        The inputs, once the pass was made, and what ends the keeping.
    """
    kept: dict[str, torch.Tensor] = {}

    def keep(name: str, _linear: nn.Module, arguments: tuple[torch.Tensor]) -> None:
        (kept[name],) = arguments

    handles = [
        linear.register_forward_pre_hook(partial(keep, name)) for name, linear in linear_layers(layer).items()
    ]
    return kept, handles


def weight_of_buffers(layer_class: Any, buffers: Mapping[str, torch.Tensor], inputs: int) -> nn.Parameter:
    """Returns the weight that a matrix's buffers stand for, in fp32."""
    return nn.Parameter(layer_class.dequantized(buffers, inputs), requires_grad=False)

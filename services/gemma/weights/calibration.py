"""Quantises decoder layers one after the other, each on what the quantised ones before it make of texts."""

import json
from pathlib import Path
from typing import Any, cast

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import PreTrainedModel
from typing_extensions import override

from services.gemma.interface.load_error import LoadError
from services.gemma.low_bit.form import QuantizedForm, linear_layers
from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.weights.quantizing_hooks import QuantizingHooks, weight_of_buffers
from services.gemma.weights.unreadable import refused_if_unreadable

# Written for this project, in the languages that it serves: calibrated on one alone, the others get worse.
_TEXTS = Path(__file__).with_name("calibration_texts.jsonl")
# Rows of so many tokens. More of them are better and take longer, the more so the bigger the model.
_ROW_TOKENS = 256
_ROWS, _ROWS_OF_SMALL = 20, 64
_SMALL = 1_500_000_000

Tensors = dict[str, torch.Tensor]


class CalibratedPass:
    """One forward pass of the calibration texts, whose layers are quantised on the way, in their order.

    Args:
        model: On the device "meta".
        embedding: Its embedding table.
        tokens: Of the calibration texts, of shape (rows, tokens).
        form: What the layers become.
    """

    def __init__(
        self, model: PreTrainedModel, embedding: torch.Tensor, tokens: torch.Tensor, form: QuantizedForm
    ) -> None:
        decoder = cast("Any", model.model)
        self._layers, self._norm, self._form = list(decoder.layers), decoder.norm, form
        self._arguments: list[dict[str, Any]] = []
        self._hidden_states = self._embedded(decoder, embedding, tokens)

    @torch.inference_mode()
    def quantized(self, layer: int, weights: Tensors) -> Tensors:
        """Quantises the next layer.

        Args:
            layer: Its number.
            weights: Its tensors by their names in the layer.

        Returns:
            The tensors of the copy by their names in the layer.

        Raises:
            LoadError: Numbers on the way are not finite.
        """
        module = self._layers[layer]
        module.load_state_dict({name: each.float() for name, each in weights.items()}, assign=True)
        quantizing = QuantizingHooks(module, self._form.layers)
        self._run(layer)
        quantized = {f"{name}.weight" for name in linear_layers(module)}
        return {name: each for name, each in weights.items() if name not in quantized} | quantizing.buffers

    @torch.inference_mode()
    def pass_through(self, layer: int, tensors: Tensors) -> None:
        """Computes the next layer, which was quantised before: `tensors` is what `quantized` returned."""
        module = self._layers[layer]
        for name, linear in linear_layers(module).items():
            prefix = f"{name}."
            buffers = {key.removeprefix(prefix): tensors[key] for key in tensors if key.startswith(prefix)}
            linear.weight = weight_of_buffers(self._form.layers, buffers, linear.in_features)
        others = {name: each.float() for name, each in tensors.items() if name.endswith(".weight")}
        module.load_state_dict(others, assign=True, strict=False)
        self._run(layer)

    @torch.inference_mode()
    def head_statistics(self, norm: torch.Tensor) -> InputStatistics:
        """Returns the statistics of the head's inputs, after all layers.

        Args:
            norm: The weight of the norm before the head.
        """
        self._norm.weight = nn.Parameter(norm.float(), requires_grad=False)
        return InputStatistics.of_inputs(self._norm(self._hidden_states).flatten(0, 1))

    def _run(self, layer: int) -> None:
        try:
            self._hidden_states = self._layers[layer](self._hidden_states, **self._arguments[layer])
        except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]
            raise LoadError(f"layer {layer} cannot be calibrated: are its weights damaged?") from error
        # Its memory is given back.
        self._layers[layer].to("meta")

    @torch.inference_mode()
    def _embedded(self, decoder: Any, embedding: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Returns the first layer's input, and notes what the model hands to each of its layers."""
        table = decoder.embed_tokens
        table.weight = nn.Parameter(embedding, requires_grad=False)
        if hasattr(table, "scalar_embed_scale"):
            table.embed_scale = torch.tensor(table.scalar_embed_scale)
        table.register_forward_hook(lambda _module, _inputs, rows: rows.float())
        decoder.rotary_emb = type(decoder.rotary_emb)(decoder.config)
        # The model's dtype decides that of its masks.
        decoder.layers = nn.ModuleList(_ArgumentsOfLayer(self._arguments) for _ in self._layers)
        decoder.norm = nn.Identity()
        hidden_states = decoder(input_ids=tokens, use_cache=False).last_hidden_state
        table.weight = nn.Parameter(embedding.to("meta"), requires_grad=False)
        return cast("torch.Tensor", hidden_states)


class _ArgumentsOfLayer(nn.Module):
    """Stands in for a layer: notes what it is called with, and changes nothing."""

    def __init__(self, noted: list[dict[str, Any]]) -> None:
        super().__init__()
        self._noted = noted

    @override
    def forward(self, hidden_states: torch.Tensor, **arguments: Any) -> torch.Tensor:
        self._noted.append(arguments)
        return hidden_states


def calibration_rows(model: PreTrainedModel) -> int:
    """Returns on how many rows a model is calibrated."""
    return _ROWS_OF_SMALL if model.num_parameters() < _SMALL else _ROWS


def calibration_tokens(source: Path, rows: int, bos_token: int, vocab_size: int) -> torch.Tensor:
    """Cuts the calibration texts into rows, with equal parts of each language; each row begins with `<bos>`.

    Args:
        source: The folder of the model, with its tokenizer.
        rows: How many.
        bos_token: The token that begins a text.
        vocab_size: The model's.

    Raises:
        LoadError: The tokenizer is missing, damaged, or another model's.
    """
    if not (source / "tokenizer.json").is_file():
        raise LoadError("there is no tokenizer.json")
    with refused_if_unreadable("tokenizer.json"):
        tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    texts: dict[str, list[str]] = {}
    for line in _TEXTS.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        texts.setdefault(record["language"], []).append(record["text"])
    cut = []
    for of_language in texts.values():
        tokens = tokenizer.encode("\n\n".join(of_language), add_special_tokens=False).ids
        starts = range(0, len(tokens) - _ROW_TOKENS + 2, _ROW_TOKENS - 1)[: rows // len(texts)]
        cut += [[bos_token, *tokens[start : start + _ROW_TOKENS - 1]] for start in starts]
    if len(cut) != rows or max(map(max, cut)) >= vocab_size:
        raise LoadError("the tokenizer is another model's: it does not cut the calibration texts as Gemma's")
    return torch.tensor(cut)

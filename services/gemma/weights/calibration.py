"""Quantises decoder layers one after the other, each on what the quantised ones before it make of texts."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import PreTrainedModel
from transformers.cache_utils import KVSharingDict
from typing_extensions import override

from services.gemma.interface.load_error import LoadError
from services.gemma.low_bit.form import QuantizedForm, linear_layers
from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.int8_embedding import PER_LAYER_TABLE, Int8Embedding
from services.gemma.weights.quantizing_hooks import QuantizingHooks, keep_inputs, weight_of_buffers
from services.gemma.weights.stored_tensors import EMBEDDING_WEIGHT
from services.gemma.weights.unreadable import refused_if_unreadable

# Written for this project, in the languages that it serves: calibrated on one alone, the others get worse.
_TEXTS = Path(__file__).with_name("calibration_texts.jsonl")
# Rows of so many tokens. More of them are better and take longer, the more so the bigger the model.
_ROW_TOKENS = 256
_ROWS, _ROWS_OF_SMALL = 20, 64
_SMALL = 1_500_000_000
_NORM = "model.norm.weight"
PER_LAYER_PROJECTION = "model.per_layer_model_projection"
_PER_LAYER_NORM = "model.per_layer_projection_norm.weight"

Tensors = dict[str, torch.Tensor]


class CalibratedPass:
    """One forward pass of the calibration texts, whose layers are quantised on the way, in their order.

    Args:
        model: On the device "meta".
        tensor: Returns a tensor of its checkpoint in bf16, by its name in the model.
        tokens: Of the calibration texts, of shape (rows, tokens).
        form: What the layers become.

    Attributes:
        projection: The buffers of the projection to the per-layer embeddings; none if the model has none.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tensor: Callable[[str], torch.Tensor],
        tokens: torch.Tensor,
        form: QuantizedForm,
    ) -> None:
        decoder = cast("Any", model.model)
        self.projection: Tensors = {}
        # Asked before the layers are taken out, which are most of it.
        small = is_small(model)
        self._layers, self._norm, self._form = list(decoder.layers), decoder.norm, form
        self._tensor = tensor
        # In the order of the layers; they share the dictionary of keys and values that some of them share.
        self._arguments: list[tuple[tuple[Any, ...], dict[str, Any]]] = []
        self._hidden_states = self._embedded(decoder, tokens)
        self._original = _OriginalPass(self._hidden_states) if small else None

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
        inputs = self._original_inputs(layer, weights)
        quantizing = QuantizingHooks(module, self._form.layers, inputs)
        self._run(layer)
        quantized = {f"{name}.weight" for name in linear_layers(module)}
        return {name: each for name, each in weights.items() if name not in quantized} | quantizing.buffers

    @torch.inference_mode()
    def pass_through(self, layer: int, weights: Tensors, tensors: Tensors) -> None:
        """Computes the next layer, which was quantised before.

        Args:
            layer: Its number.
            weights: Its tensors by their names in the layer.
            tensors: What `quantized` returned for them.
        """
        self._original_inputs(layer, weights)
        module = self._layers[layer]
        linears = linear_layers(module)
        for name, linear in linears.items():
            prefix = f"{name}."
            buffers = {key.removeprefix(prefix): tensors[key] for key in tensors if key.startswith(prefix)}
            linear.weight = weight_of_buffers(self._form.layers, buffers, linear.in_features)
        others = {
            name: each.float() for name, each in tensors.items() if name.rpartition(".")[0] not in linears
        }
        module.load_state_dict(others, assign=True, strict=False)
        self._run(layer)

    @torch.inference_mode()
    def head_statistics(self) -> InputStatistics:
        """Returns the statistics of the head's inputs, after all layers."""
        self._norm.weight = nn.Parameter(self._tensor(_NORM).float(), requires_grad=False)
        with _refused_if_damaged("the head"):
            return InputStatistics.of_inputs(self._norm(self._hidden_states).flatten(0, 1))

    def _original_inputs(self, layer: int, weights: Tensors) -> Tensors | None:
        """Loads a layer's weights; returns what its linear layers get in the original model, if known."""
        module = self._layers[layer]
        module.load_state_dict({name: each.float() for name, each in weights.items()}, assign=True)
        return self._original.run(module, *self._arguments[layer]) if self._original else None

    def _run(self, layer: int) -> None:
        positional, named = self._arguments[layer]
        with _refused_if_damaged(f"layer {layer}"):
            self._hidden_states = self._layers[layer](self._hidden_states, *positional, **named)
        # Its memory is given back.
        self._layers[layer].to("meta")

    @torch.inference_mode()
    def _embedded(self, decoder: Any, tokens: torch.Tensor) -> torch.Tensor:
        """Returns the first layer's input, and notes what the model hands to each of its layers."""
        table, embedding = decoder.embed_tokens, self._tensor(EMBEDDING_WEIGHT)
        table.weight = nn.Parameter(embedding, requires_grad=False)
        if hasattr(table, "scalar_embed_scale"):
            table.embed_scale = torch.tensor(table.scalar_embed_scale)
        table.register_forward_hook(lambda _module, _inputs, rows: rows.float())
        decoder.rotary_emb = type(decoder.rotary_emb)(decoder.config)
        if isinstance(getattr(decoder, "embed_tokens_per_layer", None), nn.Embedding):
            self._quantize_per_layer_inputs(decoder, tokens)
        # The model's dtype decides that of its masks.
        decoder.layers = nn.ModuleList(_ArgumentsOfLayer(self._arguments) for _ in self._layers)
        decoder.norm = nn.Identity()
        hidden_states = decoder(input_ids=tokens, use_cache=False).last_hidden_state
        table.weight = nn.Parameter(embedding.to("meta"), requires_grad=False)
        return cast("torch.Tensor", hidden_states)

    def _quantize_per_layer_inputs(self, decoder: Any, tokens: torch.Tensor) -> None:
        """Makes what Gemma 4 gives each layer of a token be computed from what the copy will hold."""
        inputs = decoder.embed_tokens(tokens).flatten(0, 1)
        weight = self._tensor(f"{PER_LAYER_PROJECTION}.weight").float()
        layer_class = self._form.linear_class(PER_LAYER_PROJECTION)
        with _refused_if_damaged(PER_LAYER_PROJECTION):
            self.projection = layer_class.quantized(weight, InputStatistics.of_inputs(inputs))
        decoder.per_layer_model_projection.weight = weight_of_buffers(
            layer_class, self.projection, weight.shape[1]
        )
        norm = self._tensor(_PER_LAYER_NORM).float()
        decoder.per_layer_projection_norm.weight = nn.Parameter(norm, requires_grad=False)
        table = self._tensor(f"{PER_LAYER_TABLE}.weight")
        decoder.embed_tokens_per_layer = _RowsOfTokens(
            decoder.embed_tokens_per_layer, table, tokens, len(self._layers)
        )


@contextmanager
def _refused_if_damaged(part: str) -> Iterator[None]:
    """Names the part of a model whose inputs are no finite numbers."""
    try:
        yield
    except torch.linalg.LinAlgError as error:  # type: ignore[attr-defined]
        raise LoadError(f"{part} cannot be calibrated: are its weights damaged?") from error


class _OriginalPass:
    """The same pass through the original layers.

    Args:
        hidden_states: The first layer's input.
    """

    def __init__(self, hidden_states: torch.Tensor) -> None:
        self._hidden_states = hidden_states
        # What layers of Gemma 4 share is not what the quantised ones share.
        self._shared = KVSharingDict()

    def run(self, layer: nn.Module, positional: tuple[Any, ...], named: dict[str, Any]) -> Tensors:
        """Computes the next layer; returns what each of its linear layers got, by its name."""
        own = {"shared_kv_states": self._shared} if "shared_kv_states" in named else {}
        inputs, handles = keep_inputs(layer)
        self._hidden_states = layer(self._hidden_states, *positional, **(named | own))
        for handle in handles:
            handle.remove()
        return inputs


class _ArgumentsOfLayer(nn.Module):
    """Stands in for a layer: notes what it is called with, and changes nothing."""

    def __init__(self, noted: list[tuple[tuple[Any, ...], dict[str, Any]]]) -> None:
        super().__init__()
        self._noted = noted

    @override
    def forward(self, hidden_states: torch.Tensor, *positional: Any, **named: Any) -> torch.Tensor:
        self._noted.append((positional, named))
        return hidden_states


class _RowsOfTokens(nn.Module):
    """A table of per-layer embeddings as a copy holds it, of which it has the rows of some tokens.

    Args:
        embedding: transformers' own, on the device "meta".
        table: Its rows; they are mapped, and those of the tokens are read.
        tokens: The only ones that are looked up.
        layers: How many layers share a row.
    """

    def __init__(
        self, embedding: nn.Embedding, table: torch.Tensor, tokens: torch.Tensor, layers: int
    ) -> None:
        super().__init__()
        self._tokens = torch.unique(tokens)
        self._embedding = Int8Embedding(embedding, layers)
        self._embedding.output_type = torch.float32
        for name, each in Int8Embedding.quantized(table[self._tokens], layers).items():
            setattr(self._embedding, name, each)

    @override
    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        rows: torch.Tensor = self._embedding(torch.searchsorted(self._tokens, ids))
        return rows


def is_small(model: PreTrainedModel) -> bool:
    """Returns whether there is time to calibrate a model on more rows, and against its original layers."""
    return model.num_parameters() < _SMALL


def calibration_rows(model: PreTrainedModel) -> int:
    """Returns on how many rows a model is calibrated."""
    return _ROWS_OF_SMALL if is_small(model) else _ROWS


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

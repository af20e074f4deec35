"""Quantises a model, some rows at a time: it takes little more memory than one layer does."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from safetensors.torch import load_file, save_file
from transformers import PretrainedConfig, PreTrainedModel

from services.gemma.fit.recipes import RECIPES
from services.gemma.interface.load_error import LoadError
from services.gemma.low_bit.form import QuantizedForm, linear_layers, quantized_form
from services.gemma.low_bit.gptq import InputStatistics
from services.gemma.low_bit.int4_decoder_layer import refuse_unknown_layers
from services.gemma.low_bit.int8_embedding import PER_LAYER_TABLE, Int8Embedding
from services.gemma.low_bit.q4_0_linear import OffGridError
from services.gemma.low_bit.transformers_quantizer import QUANT_METHOD, per_layer_table
from services.gemma.weights.calibration import (
    PER_LAYER_PROJECTION,
    CalibratedPass,
    Tensors,
    calibration_rows,
    calibration_tokens,
)
from services.gemma.weights.quantized_checkpoint import CheckpointWriter, QuantizedCheckpoint, copy_file
from services.gemma.weights.stored_tensors import (
    EMBEDDING_WEIGHT,
    HEAD_WEIGHT,
    described_model,
    opened,
    refuse_other_tensors,
    stored_tensors,
    text_config,
)
from services.gemma.weights.tensor_file import write_by_rows

# Rows of one read: a slice of a file costs the same, long or short.
_ROWS_PER_READ = 4096
# Rows of the per-layer embeddings, which are longer.
_TABLE_ROWS_PER_READ = 512
# Rows that are quantised at once: few fit the CPU's caches.
_ROWS_PER_BLOCK = 256
_LAYER = re.compile(r"model\.layers\.(\d+)\.")
_TABLE = f"{PER_LAYER_TABLE}.weight"
_INDEX = "model.safetensors.index.json"


class ReportProgress(Protocol):
    """Tells whoever waits how far the work is."""

    def __call__(self, written: int, files: int, /) -> object:
        """Reports that so many of so many files are written."""


def quantize(
    source: Path, cache: Path, precision: str, report_progress: ReportProgress
) -> QuantizedCheckpoint:
    """Writes the quantised copy of a model, if it does not exist.

    Args:
        source: The folder of the model.
        cache: The folder of the copies.
        precision: "int8", "int4h8", "int4", "q4_0" or "nf4".
        report_progress: Is called after each file.

    Raises:
        LoadError: The model is not whole, cannot be computed in that precision, or the disk is full.
    """
    form = quantized_form(precision)
    config = text_config(source)
    recipe = RECIPES[precision]
    copy = QuantizedCheckpoint.of_source(cache, source, recipe)
    if copy.exists:
        return copy
    model = described_model(config)
    if form.is_integer:
        refuse_unknown_layers(model)
    checkpoint = _SourceCheckpoint(source, model)
    tokens = None
    if form.calibrated:
        rows = calibration_rows(model)
        tokens = calibration_tokens(source, rows, config.bos_token_id, config.vocab_size)
    writer = CheckpointWriter(copy, source.name, recipe)
    calibrated = None
    if tokens is not None:
        calibrated = CalibratedPass(model, checkpoint.tensor, tokens, form)
    for number, (name, keys) in enumerate(checkpoint.files.items(), start=1):
        layer = _LAYER.match(keys[0])
        if not writer.has(name):
            writer.write(name, *_file(checkpoint, keys, form, calibrated))
        elif layer and calibrated:
            weights = _without(layer[0], {key: checkpoint.tensor(key) for key in keys})
            written = _without(layer[0], load_file(writer.folder / name))
            calibrated.pass_through(int(layer[1]), weights, written)
        report_progress(number, len(checkpoint.files))
    for name, save in _small_files(source, config, precision, checkpoint, writer.folder).items():
        writer.write(name, save, 0)
    writer.finish()
    return copy


def _file(
    checkpoint: "_SourceCheckpoint", keys: list[str], form: QuantizedForm, calibrated: CalibratedPass | None
) -> tuple[Callable[[Path], object], int]:
    """Returns how to write one file of the copy, and how many bytes its tensors have."""
    if keys == [_TABLE]:
        return checkpoint.table_file()
    tensors = _quantized_file(checkpoint, keys, form, calibrated)
    save = partial(save_file, tensors, metadata={"format": "pt"})
    return save, sum(each.nbytes for each in tensors.values())


def _quantized_file(
    checkpoint: "_SourceCheckpoint", keys: list[str], form: QuantizedForm, calibrated: CalibratedPass | None
) -> Tensors:
    """Returns the tensors of one file of the copy: a layer's, or one of the others."""
    layer, statistics = _LAYER.match(keys[0]), None
    if calibrated and layer:
        weights = {key: checkpoint.tensor(key) for key in keys}
        quantized = calibrated.quantized(int(layer[1]), _without(layer[0], weights))
        return {layer[0] + name: each for name, each in quantized.items()}
    if calibrated and keys == [f"{PER_LAYER_PROJECTION}.weight"]:
        return {f"{PER_LAYER_PROJECTION}.{name}": each for name, each in calibrated.projection.items()}
    if calibrated and keys == [HEAD_WEIGHT] and form.head is form.layers:
        statistics = calibrated.head_statistics()
    return checkpoint.quantized(keys, form, statistics)


def _without(prefix: str, tensors: Tensors) -> Tensors:
    return {name.removeprefix(prefix): each for name, each in tensors.items()}


class _SourceCheckpoint:
    """The source's tensors by their names in the text model.

    Attributes:
        files: The tensors of each file of the copy: a layer's, or one of the others.
    """

    def __init__(self, folder: Path, model: PreTrainedModel) -> None:
        self._quantizable = {f"{name}.weight" for name in linear_layers(model)}
        self._layers = model.config.num_hidden_layers
        table = per_layer_table(model)
        self._table = Int8Embedding(table, self._layers) if table else None
        self._stored = stored_tensors(folder)
        refuse_other_tensors(model, self._stored)
        if model.config.tie_word_embeddings:
            self._stored[HEAD_WEIGHT] = self._stored[EMBEDDING_WEIGHT]
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for name in model.state_dict():
            layer = _LAYER.match(name)
            groups[layer[1] if layer else name].append(name)
        self.files = {
            f"model-{number:05}-of-{len(groups):05}.safetensors": names
            for number, names in enumerate(groups.values(), start=1)
        }

    def tensor(self, name: str) -> torch.Tensor:
        """Returns a tensor in bf16. One that is stored so is mapped, not read."""
        with opened(self._stored[name].file) as tensors:
            return cast("torch.Tensor", tensors.get_tensor(self._stored[name].key)).bfloat16()

    def table_file(self) -> tuple[Callable[[Path], object], int]:
        """Returns how to write the file of the per-layer embeddings, and how many bytes its tensors have."""
        if self._table is None:
            raise LoadError(f"{_TABLE} belongs to another model")
        buffers = dict(self._table.named_buffers(PER_LAYER_TABLE))
        save = partial(write_by_rows, tensors=buffers, blocks=self._table_blocks())
        return save, sum(each.nbytes for each in buffers.values())

    def _table_blocks(self) -> Iterator[dict[str, torch.Tensor]]:
        """Yields the buffers of the per-layer embeddings, some rows at a time: they take gigabytes."""
        with opened(self._stored[_TABLE].file) as tensors:
            stored = tensors.get_slice(self._stored[_TABLE].key)
            for at in range(0, stored.get_shape()[0], _TABLE_ROWS_PER_READ):
                buffers = Int8Embedding.quantized(stored[at : at + _TABLE_ROWS_PER_READ], self._layers)
                yield {f"{PER_LAYER_TABLE}.{name}": rows for name, rows in buffers.items()}

    def quantized(self, names: list[str], form: QuantizedForm, statistics: InputStatistics | None) -> Tensors:
        """Quantises some rows at a time: the buffers of linear layers, all others in bf16.

        Args:
            names: The tensors of one file of the copy.
            form: Of the copy.
            statistics: Of the linear layer's inputs, if it is calibrated.
        """
        result = {}
        for name in names:
            with opened(self._stored[name].file) as tensors:
                stored = tensors.get_slice(self._stored[name].key)
                if name not in self._quantizable:
                    result[name] = stored[:].bfloat16()
                    continue
                rows = stored.get_shape()[0]
                layer_class = form.linear_class(name.removesuffix(".weight"))
                device = layer_class.quantizing_device()
                reads = (stored[at : at + _ROWS_PER_READ].to(device) for at in range(0, rows, _ROWS_PER_READ))
                # GPTQ cuts the rows itself.
                rows_per_block = _ROWS_PER_BLOCK if statistics is None else _ROWS_PER_READ
                blocks = (block for each in reads for block in each.split(rows_per_block))
                try:
                    parts = [layer_class.quantized(block, statistics) for block in blocks]
                except OffGridError as error:
                    raise LoadError(f"{name} does not lie on the grid of Q4_0: take int4h8") from error
            for buffer in parts[0]:
                whole = torch.cat([part[buffer] for part in parts])
                result[name.removesuffix("weight") + buffer] = whole.cpu()
        return result

    def index(self, folder: Path) -> dict[str, Any]:
        """Returns the index of the copy's safetensors files, which are written."""
        weights: dict[str, str] = {}
        for file in self.files:
            with opened(folder / file) as tensors:
                weights |= dict.fromkeys(tensors.keys(), file)
        return {"metadata": {}, "weight_map": weights}


def _small_files(
    source: Path, config: PretrainedConfig, precision: str, checkpoint: _SourceCheckpoint, written: Path
) -> dict[str, Callable[[Path], object]]:
    """Returns how to write the copy's other files, by name: its config and index, and the source's own."""
    config.tie_word_embeddings = False
    config.quantization_config = {"quant_method": QUANT_METHOD, "precision": precision}
    texts = {"config.json": config.to_json_string(), _INDEX: json.dumps(checkpoint.index(written))}
    others = [*source.glob("*.json"), *source.glob("*.jinja")]
    files = {each.name: copy_file(each) for each in others if not each.name.endswith(".index.json")}
    return files | {name: _text(text) for name, text in texts.items()}


def _text(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")

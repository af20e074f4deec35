"""Makes the quantised copy of a model, some rows at a time: it takes little more memory than a layer does."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, PretrainedConfig

from services.gemma.four_bit.linear import FourBitLinear
from services.gemma.four_bit.transformers_quantizer import METHOD, linear, matrices
from services.gemma.scheduler.local_model import LoadError
from services.gemma.weights.checkpoint import refuse_wrong_keys, text_key
from services.gemma.weights.quantized_checkpoint import Copy, Writer, copy_file

# A slice of a file costs the same, big or small; what is made of it fits the caches better in small pieces.
_ROWS = 4096
_AT_ONCE = 256
_LAYER = re.compile(r"model\.layers\.(\d+)\.")
_HEAD, _EMBEDDING = "lm_head.weight", "model.embed_tokens.weight"
_INDEX = "model.safetensors.index.json"

Progress = Callable[[int, int], None]


def quantize(source: Path, cache: Path, precision: str, progress: Progress) -> Copy:
    """Writes the copy, if it is not there.

    Args:
        source: The folder of the model.
        cache: The folder of the copies.
        precision: "int4" or "nf4".
        progress: Is told how many of how many files are written.

    Raises:
        LoadError: The model is not whole, or the disk is full.
    """
    form = linear(precision)
    recipe = form.recipe
    copy = Copy.place(cache, source, recipe)
    if copy.is_there:
        return copy
    try:
        config = AutoConfig.from_pretrained(source, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise LoadError("the folder holds no model that transformers can read without remote code") from error
    config = config.get_text_config()
    checkpoint = _Checkpoint(source, config)
    writer = Writer(copy, source.name, recipe)
    for number, (name, keys) in enumerate(checkpoint.files.items(), start=1):
        if not writer.has(name):
            tensors = checkpoint.quantized(keys, form)
            size = sum(each.nbytes for each in tensors.values())
            writer.write(name, partial(save_file, tensors, metadata={"format": "pt"}), size)
        progress(number, len(checkpoint.files))
    for name, save in _small_files(source, config, precision, checkpoint, writer.folder).items():
        writer.write(name, save, 0)
    writer.finish()
    return copy


class _Checkpoint:
    """The source's tensors by their names in the text model, and the files of the copy they go to."""

    def __init__(self, folder: Path, config: PretrainedConfig) -> None:
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)  # type: ignore[no-untyped-call]
        self._matrices = {f"{name}.weight" for name in matrices(model)}
        self._stored: dict[str, tuple[Path, str]] = {}
        shapes: dict[str, tuple[int, ...]] = {}
        for file in sorted(folder.glob("*.safetensors")):
            with _opened(file) as tensors:
                for key in tensors.keys():  # noqa: SIM118 - it is no mapping
                    if name := text_key(key):
                        self._stored[name] = file, key
                        shapes[name] = tuple(tensors.get_slice(key).get_shape())
        if config.tie_word_embeddings and _EMBEDDING in shapes:
            self._stored[_HEAD], shapes[_HEAD] = self._stored[_EMBEDDING], shapes[_EMBEDDING]
        wanted = {name: tuple(each.shape) for name, each in model.state_dict().items()}
        reshaped = {name for name in wanted.keys() & shapes.keys() if wanted[name] != shapes[name]}
        refuse_wrong_keys(wanted.keys() - shapes.keys(), reshaped, shapes.keys() - wanted.keys())
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for name in wanted:
            layer = _LAYER.match(name)
            groups[layer[1] if layer else name].append(name)
        self.files = {
            f"model-{number:05}-of-{len(groups):05}.safetensors": names
            for number, names in enumerate(groups.values(), start=1)
        }

    def quantized(self, names: list[str], form: type[FourBitLinear]) -> dict[str, torch.Tensor]:
        """The tensors of one file of the copy."""
        result = {}
        for name in names:
            file, key = self._stored[name]
            with _opened(file) as tensors:
                stored = tensors.get_slice(key)
                if name not in self._matrices:
                    result[name] = stored[:].bfloat16()
                    continue
                rows = stored.get_shape()[0]
                slices = (stored[at : at + _ROWS].to(form.quantizes_on()) for at in range(0, rows, _ROWS))
                parts = [form.quantized(some) for each in slices for some in each.split(_AT_ONCE)]
            for buffer in parts[0]:
                whole = torch.cat([part[buffer] for part in parts])
                result[name.removesuffix("weight") + buffer] = whole.cpu()
        return result

    def index(self, folder: Path) -> dict[str, Any]:
        """Which file holds which tensor, once they are written."""
        weights: dict[str, str] = {}
        for file in self.files:
            with _opened(folder / file) as tensors:
                weights |= dict.fromkeys(tensors.keys(), file)
        return {"metadata": {}, "weight_map": weights}


def _small_files(
    source: Path, config: PretrainedConfig, precision: str, checkpoint: _Checkpoint, written: Path
) -> dict[str, Callable[[Path], object]]:
    config.tie_word_embeddings = False
    config.quantization_config = {"quant_method": METHOD, "precision": precision}
    texts = {"config.json": config.to_json_string(), _INDEX: json.dumps(checkpoint.index(written))}
    others = [*source.glob("*.json"), *source.glob("*.jinja")]
    files = {each.name: copy_file(each) for each in others if not each.name.endswith(".index.json")}
    return files | {name: _text(text) for name, text in texts.items()}


def _text(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text, encoding="utf-8")


def _opened(file: Path) -> Any:
    try:
        return safe_open(file, "pt")
    except SafetensorError as error:
        raise LoadError(f"{file.name} is damaged: download the model again") from error

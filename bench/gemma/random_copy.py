"""Writes a copy in four bits of random numbers, where a checkpoint in bf16 would take hours to quantise.

It takes as much memory and time as a copy of real weights; there is no model behind it.
"""

import json
import math
import re
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

from bench.gemma.weights import describe
from services.gemma.fit.recipes import RECIPES
from services.gemma.low_bit.int8_embedding import PER_LAYER_TABLE
from services.gemma.low_bit.transformers_quantizer import QUANT_METHOD, replace_modules
from services.gemma.weights.quantized_checkpoint import CheckpointWriter, QuantizedCheckpoint, copy_file
from services.gemma.weights.tensor_file import write_by_rows

_PRECISION = "int4"
_SPREAD = 0.02
# Codes are evenly spread from -8 to 7 around their zero.
_ZEROS, _SCALE = 0x88, _SPREAD / 4.6
_LAYER = re.compile(r"model\.layers\.(\d+)\.")
_TABLE_CODES, _TABLE_SCALES = f"{PER_LAYER_TABLE}.codes", f"{PER_LAYER_TABLE}.scales"
_TABLE_ROWS = 8192


def write_random_copy(cache: Path, shape: str) -> tuple[Path, Path]:
    """Writes it once; returns the folder that stands for the model's, and that of the copies."""
    source, copies = cache / f"gemma-copy-{shape}-it", cache / "copies"
    if not source.is_dir():
        describe(source, shape)
        # What a copy is found by.
        save_file({"nothing": torch.zeros(1)}, source / "model.safetensors")
    copy = QuantizedCheckpoint.of_source(copies, source, RECIPES[_PRECISION])
    if not copy.exists:
        _write(copy, source)
    return source, copies


def _write(copy: QuantizedCheckpoint, source: Path) -> None:
    config: Any = AutoConfig.from_pretrained(source)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)  # type: ignore[no-untyped-call]
        replace_modules(model, _PRECISION)
    files: defaultdict[str, dict[str, torch.Tensor]] = defaultdict(dict)
    for name, tensor in model.state_dict().items():
        layer = _LAYER.match(name)
        files[layer[1] if layer else name.rpartition(".")[0]][name] = tensor
    writer = CheckpointWriter(copy, source.name, RECIPES[_PRECISION])
    index: dict[str, str] = {}
    torch.manual_seed(0)
    for number, tensors in enumerate(files.values(), start=1):
        file = f"model-{number:05}-of-{len(files):05}.safetensors"
        index |= dict.fromkeys(tensors, file)
        if writer.has(file):
            continue
        if _TABLE_CODES in tensors:
            rows = len(tensors[_TABLE_CODES])
            blocks = (
                {name: _random(name, each[:_TABLE_ROWS]) for name, each in tensors.items()}
                for _ in range(0, rows, _TABLE_ROWS)
            )
            save = partial(write_by_rows, tensors=tensors, blocks=blocks)
        else:
            numbers = {name: _random(name, each) for name, each in tensors.items()}
            save = partial(save_file, numbers, metadata={"format": "pt"})
        writer.write(file, save, sum(each.nbytes for each in tensors.values()))
    config.tie_word_embeddings = False
    config.quantization_config = {"quant_method": QUANT_METHOD, "precision": _PRECISION}
    texts = {
        "config.json": config.to_json_string(),
        "model.safetensors.index.json": json.dumps({"metadata": {}, "weight_map": index}),
    }
    for each in (*source.glob("*.json"), *source.glob("*.jinja")):
        if each.name not in texts:
            writer.write(each.name, copy_file(each), 0)
    for name, text in texts.items():
        writer.write(name, partial(_write_text, text), 0)
    writer.finish()


def _random(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """Returns numbers for a tensor of the copy, of the shape and type of one on the device "meta"."""
    shape = tensor.shape
    if name.endswith(".zeros"):
        return torch.full(shape, _ZEROS, dtype=torch.uint8)
    if name == _TABLE_SCALES:
        return torch.full(shape, _SPREAD / 64)
    if name.endswith(".scales"):
        return torch.full(shape, _SCALE)
    if tensor.dtype in {torch.uint8, torch.int8}:
        words = torch.randint(-(2**63), 2**63 - 1, (math.ceil(tensor.numel() / 8),))
        return words.view(tensor.dtype)[: tensor.numel()].view(shape)
    if tensor.dim() == 1:
        return torch.ones(shape, dtype=tensor.dtype)
    return torch.randn(shape[1]).mul_(_SPREAD).bfloat16().expand(shape).contiguous()


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8")

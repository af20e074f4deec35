"""Writes a safetensors file whose tensors are too big to be whole in memory."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

_TYPES = {torch.int8: "I8", torch.float32: "F32", torch.bfloat16: "BF16"}
# The header's length comes first, in so many bytes, little-endian. Data begin at a multiple of it.
_LENGTH_BYTES = 8


def write_by_rows(
    path: Path, tensors: Mapping[str, torch.Tensor], blocks: Iterable[Mapping[str, torch.Tensor]]
) -> None:
    """Writes tensors block by block.

    Args:
        path: The file's.
        tensors: On the device "meta": their shapes and types alone matter.
        blocks: The next rows of each tensor, by its name; together all of them.

    Raises:
        OSError: The disk is full.
    """
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    offsets, start = {}, 0
    for name, tensor in tensors.items():
        end = start + tensor.nbytes
        header[name] = {
            "dtype": _TYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
        offsets[name], start = start, end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % _LENGTH_BYTES)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(_LENGTH_BYTES, "little"))
        file.write(text)
        data = file.tell()
        for block in blocks:
            for name, rows in block.items():
                file.seek(data + offsets[name])
                file.write(rows.contiguous().view(torch.uint8).numpy().data)
                offsets[name] += rows.nbytes

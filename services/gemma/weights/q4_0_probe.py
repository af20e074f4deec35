"""Tells by a few weights whether a model's lie on the grid of Q4_0, before torch is imported."""

import json
from collections.abc import Iterator
from pathlib import Path

from services.gemma.low_bit.q4_0_grid import Q4_0_GROUP_SIZE, bf16_values, fit_grid

# A matrix that every layer of a Gemma has, and towers, which lie on no grid, too: one that does is enough.
# Whether all do is seen when they are quantised.
_MATRIX = ".q_proj.weight"
_WEIGHTS = 64 * Q4_0_GROUP_SIZE
_BF16_BYTES = 2
_GROUP_BYTES = _BF16_BYTES * Q4_0_GROUP_SIZE
# A safetensors file begins with the length of its JSON header, in so many bytes, little-endian.
_LENGTH_BYTES = 8
# The format's own limit.
_MAX_HEADER_BYTES = 100_000_000


def lies_on_q4_0_grid(folder: Path) -> bool:
    """Looks at the first weights of one matrix after the other. What cannot be read lies on no grid."""
    try:
        return any(map(_is_on_grid, _first_weights(folder)))
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, RecursionError):
        # Whoever reads the weights says what is wrong with them.
        return False


def _first_weights(folder: Path) -> Iterator[bytes]:
    """Yields the first groups of each such matrix in bf16."""
    for file in sorted(folder.glob("*.safetensors")):
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(_LENGTH_BYTES), "little")
            header = json.loads(opened.read(min(length, _MAX_HEADER_BYTES)))
            for name, entry in dict(header).items():
                if name.endswith(_MATRIX) and entry["dtype"] == "BF16":
                    opened.seek(_LENGTH_BYTES + length + entry["data_offsets"][0])
                    # Groups do not reach from one row into the next.
                    yield opened.read(_BF16_BYTES * min(_WEIGHTS, entry["shape"][1]))


def _is_on_grid(data: bytes) -> bool:
    groups = bf16_values(data[: len(data) // _GROUP_BYTES * _GROUP_BYTES]).reshape(-1, Q4_0_GROUP_SIZE)
    return bool(groups.any() and fit_grid(groups).on_grid.all())

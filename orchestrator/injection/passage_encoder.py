"""Puts a passage of English or Korean text, and the most doubtful part of it, into numbers.

The encoder is multilingual-e5-small, a transformer, with what was learned of passages that steer whoever
assesses a work added to it.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from orchestrator.injection.passage_encoder_files import (
    BEGIN,
    END,
    LAYER_COUNT,
    LAYERS,
    SIZE,
    TABLE,
    Arrays,
    Floats,
    made_of,
    write,
)
from orchestrator.injection.pieces import PieceSplitter

_HEADS = 12
_HEAD_SIZE = SIZE // _HEADS
# More of a passage is not read. Where its part is further on, reading begins so much before the part.
_MOST_PIECES = 192
_BEFORE_THE_PART = 48
_EPSILON = np.float32(1e-12)
# Of a larger one the exponential has no number of 32 bits.
_LARGEST_EXPONENT = np.float32(80)


class PassageEncoder:
    """The encoder: its table, and its other arrays, as `passage_encoder_files` makes them."""

    def __init__(self, table: NDArray[np.int8], arrays: Arrays) -> None:
        self._table = table
        self._arrays = arrays
        self._splitter = PieceSplitter(
            arrays["pieces"].tobytes().decode().split("\n"),
            arrays["scores"].tolist(),
            float(arrays["unknown_score"]),
        )

    @classmethod
    def load(cls) -> "PassageEncoder":
        """Returns the encoder of the files, on one thread from now on; they are made if `make` did not.

        Raises:
            RuntimeError: They have to be made, and the package is not there.
        """
        # A text is too short to be shared out among threads, which would wait for each other.
        threadpool_limits(limits=1)
        arrays = _read_layers() if TABLE.exists() and LAYERS.exists() else {}
        if str(arrays.get("made_of")) != made_of():
            write()
            arrays = _read_layers()
        # The system reads of the table what is looked up.
        return cls(np.load(TABLE, mmap_mode="r"), arrays)

    def pieces(self, passage: str, part: str) -> tuple[Sequence[int], Sequence[bool]]:
        """Returns the pieces of a folded passage that are read, and whether each is of the part.

        Without a part in what is read, all of them are.
        """
        numbers, is_of_part = self._splitter.pieces(passage, part)
        places = [place for place, marked in enumerate(is_of_part) if marked] or [0]
        # The part comes whole if it can, from its beginning on if it cannot.
        first = min(places[0], max(places[0] - _BEFORE_THE_PART, places[-1] + 1 - _MOST_PIECES))
        first = max(min(first, len(numbers) - _MOST_PIECES), 0)
        read = slice(first, first + _MOST_PIECES)
        marked = is_of_part[read] if any(is_of_part[read]) else [True] * len(numbers[read])
        return [BEGIN, *numbers[read], END], [not any(marked), *marked, False]

    def numbers(self, passage: str, part: str) -> Floats:
        """Returns 768 numbers: the means over the passage and over its part."""
        numbers, is_of_part = self.pieces(passage, part)
        rows = self._rows(numbers)
        return np.concatenate([rows.mean(axis=0), rows[np.array(is_of_part)].mean(axis=0)])

    def _rows(self, numbers: Sequence[int]) -> Floats:
        arrays = self._arrays
        table = self._table[numbers] * arrays["table_scale"][numbers, None]
        rows = self._normalised(table + arrays["positions"][: len(numbers)], "eln")
        for layer in range(LAYER_COUNT):
            attended = self._product(self._attended(rows, f"l{layer}"), f"l{layer}_ao")
            rows = self._normalised(rows + attended, f"l{layer}_aln")
            inner = _gelu(self._product(rows, f"l{layer}_fi"))
            rows = self._normalised(rows + self._product(inner, f"l{layer}_fo"), f"l{layer}_oln")
        return rows

    def _attended(self, rows: Floats, layer: str) -> Floats:
        """Returns what each piece takes of the others, by twelve heads."""
        query, key, value = (
            self._product(rows, f"{layer}_{name}").reshape(-1, _HEADS, _HEAD_SIZE).transpose(1, 0, 2)
            for name in "qkv"
        )
        likeness = query @ key.transpose(0, 2, 1) / np.sqrt(np.float32(_HEAD_SIZE))
        share = np.exp(likeness - likeness.max(axis=2, keepdims=True))
        taken: Floats = share @ value / share.sum(axis=2, keepdims=True)
        return taken.transpose(1, 0, 2).reshape(len(rows), SIZE)

    def _product(self, rows: Floats, name: str) -> Floats:
        arrays = self._arrays
        product: Floats = (
            rows @ arrays[name].astype(np.float32) * arrays[f"{name}_scale"] + arrays[f"{name}_b"]
        )
        return product

    def _normalised(self, rows: Floats, name: str) -> Floats:
        centred = rows - rows.mean(axis=1, keepdims=True)
        spread = np.sqrt(np.einsum("ij,ij->i", centred, centred) / SIZE + _EPSILON)
        gain, bias = self._arrays[f"{name}_w"], self._arrays[f"{name}_b"]
        normalised: Floats = centred / spread[:, None] * gain + bias
        return normalised


def _read_layers() -> Arrays:
    with np.load(LAYERS) as layers:
        return {name: layers[name] for name in layers.files}


def _gelu(values: Floats) -> Floats:
    """Returns each value by the share of a Gaussian below it, nearly (https://arxiv.org/abs/1606.08415)."""
    cubic = values + np.float32(0.044715) * (values * values * values)
    exponent = np.float32(-2 * math.sqrt(2 / math.pi)) * cubic
    result: Floats = values / (1 + np.exp(np.minimum(exponent, _LARGEST_EXPONENT)))
    return result

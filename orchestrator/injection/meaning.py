"""Weighs the meaning of a passage that is doubtful by its words: does it steer whoever assesses the work?

A network of one layer reads the numbers that the sentence encoder gives the passage, and those of the part of
it that is most doubtful. `python -m bench.injection.learn` learned its weights.
"""

import functools
from dataclasses import dataclass
from importlib import resources

import numpy as np

from orchestrator.injection.sentence_encoder import Floats, SentenceEncoder

WEIGHTS = "meaning_weights.npz"


@dataclass(frozen=True, slots=True)
class MeaningWeights:
    """The weights of the network.

    Attributes:
        hidden: From the numbers of a passage and of its part to the layer.
        hidden_bias: What is added there.
        output: From the layer to the log odds.
        bias: What is added to these.
    """

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    bias: float

    def logit(self, numbers: Floats) -> Floats:
        """Returns what the meaning adds to the log odds, for each row of numbers."""
        layer = np.maximum(numbers @ self.hidden + self.hidden_bias, 0)
        logits: Floats = layer @ self.output + self.bias
        return logits


def load_meaning() -> None:
    """Loads what the meaning takes, so that the first doubtful passage does not wait for it."""
    meaning_logit("", "")


def meaning_logit(passage: str, part: str) -> float:
    """Returns what the meaning adds to the log odds of a folded passage, given its most doubtful part."""
    whole = _encoder().embedding(passage)
    most_doubtful = whole if part == passage else _encoder().embedding(part)
    return float(_weights().logit(np.concatenate([whole, most_doubtful])))


@functools.cache
def _encoder() -> SentenceEncoder:
    return SentenceEncoder()


@functools.cache
def _weights() -> MeaningWeights:
    with resources.files(__package__).joinpath(WEIGHTS).open("rb") as file, np.load(file) as arrays:
        return MeaningWeights(
            hidden=arrays["hidden"].astype(np.float32),
            hidden_bias=arrays["hidden_bias"].astype(np.float32),
            output=arrays["output"].astype(np.float32),
            bias=float(arrays["bias"]),
        )

"""Weighs the meaning of a passage that is doubtful by its words: does it steer whoever assesses the work?

A layer reads the numbers that the passage encoder gives the passage and the part of it that is most doubtful.
`python -m bench.injection.learn` learned its weights and what is added to the encoder's.
"""

import functools
from dataclasses import dataclass

import numpy as np

from orchestrator.injection.passage_encoder import PassageEncoder
from orchestrator.injection.passage_encoder_files import WEIGHTS, Arrays, Floats


@dataclass(frozen=True, slots=True)
class MeaningLayer:
    """The layer after the encoder.

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

    @classmethod
    def of(cls, weights: Arrays) -> "MeaningLayer":
        """Returns the layer of learned weights."""
        return cls(
            hidden=weights["hidden"].astype(np.float32),
            hidden_bias=weights["hidden_bias"].astype(np.float32),
            output=weights["output"].astype(np.float32),
            bias=float(weights["bias"]),
        )

    def logit(self, numbers: Floats) -> float:
        """Returns what the meaning adds to the log odds, given the encoder's numbers."""
        layer = np.maximum(numbers @ self.hidden + self.hidden_bias, 0)
        return float(layer @ self.output) + self.bias


def load_meaning() -> None:
    """Loads what the meaning takes, so that the first doubtful passage does not wait for it."""
    meaning_logit("", "")


def meaning_logit(passage: str, part: str) -> float:
    """Returns what the meaning adds to the log odds of a folded passage, given its most doubtful part."""
    return _layer().logit(_encoder().numbers(passage, part))


@functools.cache
def _encoder() -> PassageEncoder:
    return PassageEncoder.load()


@functools.cache
def _layer() -> MeaningLayer:
    with np.load(WEIGHTS) as weights:
        return MeaningLayer.of(weights)

"""Learns the network that weighs the meaning of doubtful passages, for `python -m bench.injection.learn`."""

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.corpora import ESSAYS
from bench.injection.corpus import LabelledPassage, LabelledText
from orchestrator.injection.classifier import DOUBT, logit
from orchestrator.injection.meaning import MeaningWeights
from orchestrator.injection.sentence_encoder import SIZE, Floats, SentenceEncoder

# The log odds of a passage are lowered by this much, because a flagged honest work costs more than a missed
# attack.
_MARGIN = 2.5
# The weight of a text in the loss: its passages share it. Each passage of a work has one of its own.
_TEXT, _WORK = 3.0, 4.0
_LAYER = 64
_EPOCHS, _BATCH = 8, 256
_LEARNING_RATE, _DECAY = 2e-3, 0.01
# What is left out at random: of the numbers and of the layer.
_DROPPED, _DROPPED_OF_LAYER = 0.1, 0.3
_SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True, slots=True)
class _Example:
    passage: str
    part: str
    is_attack: bool
    weight: float


def learn_meaning(corpus: Sequence[LabelledText], words: Mapping[str, float]) -> MeaningWeights:
    """Fits the network by Adam, with what is left out at random. `words` are the weights of words."""
    # What does not ship has no say, so that the weights come out the same without it.
    shipped = (text for text in corpus if text.written_for != ESSAYS.stem)
    examples = [example for text in shipped for example in _examples(text, words)]
    numbers = np.stack([numbers_of(each.passage, each.part) for each in examples])
    label = np.array([each.is_attack for each in examples], np.float32)
    weight = np.array([each.weight for each in examples], np.float32)
    middle, spread = numbers.mean(axis=0), numbers.std(axis=0) + _SMALLEST_SPREAD
    hidden, hidden_bias, output, bias = _fit((numbers - middle) / spread, label, weight)
    hidden /= spread[:, None]
    return MeaningWeights(hidden, hidden_bias - middle @ hidden, output, float(bias) - _MARGIN)


def judged_logit(
    passages: Iterable[LabelledPassage], words: Mapping[str, float], meaning: MeaningWeights
) -> float:
    """Returns the highest log odds of some passages, by their words and their meaning."""
    highest = -np.inf
    for passage in passages:
        odds, part = _most_doubtful(passage, words)
        if odds > DOUBT:
            highest = max(highest, odds + float(meaning.logit(numbers_of(passage.text, part))))
    return highest


def numbers_of(passage: str, part: str) -> Floats:
    """Returns what the network reads of a folded passage."""
    return np.concatenate([_embedding(passage), _embedding(part)])


@functools.cache
def _embedding(folded: str) -> Floats:
    return _encoder().embedding(folded)


@functools.cache
def _encoder() -> SentenceEncoder:
    return SentenceEncoder()


def _examples(text: LabelledText, words: Mapping[str, float]) -> Iterator[_Example]:
    is_attack = text.source == "attack"
    counted = [each for each in text.passages if each.is_labelled or not is_attack]
    for passage in counted:
        weight = _WORK if text.source == "work" else _TEXT / len(counted)
        yield _Example(passage.text, _most_doubtful(passage, words)[1], is_attack, weight)


def _most_doubtful(passage: LabelledPassage, words: Mapping[str, float]) -> tuple[float, str]:
    return max((logit(window, words), text) for window, text in passage.windows)


def _fit(numbers: Floats, label: Floats, weight: Floats) -> list[Floats]:
    generator = np.random.default_rng(0)
    size = (2 * SIZE, _LAYER)
    hidden = generator.uniform(-1, 1, size).astype(np.float32) / np.sqrt(np.float32(2 * SIZE))
    output = generator.uniform(-1, 1, _LAYER).astype(np.float32) / np.sqrt(np.float32(_LAYER))
    weights = [hidden, np.zeros(_LAYER, np.float32), output, np.zeros((), np.float32)]
    means, squares = [np.zeros_like(each) for each in weights], [np.zeros_like(each) for each in weights]
    batches = -(-len(label) // _BATCH)
    for step in range(_EPOCHS * batches):
        if step % batches == 0:
            order = generator.permutation(len(label))
        rows = order[step % batches * _BATCH :][:_BATCH]
        gradients = _gradients(weights, numbers[rows], label[rows], weight[rows], generator)
        # The rate rises and falls, so that neither the first steps nor the last ones decide.
        share = (step + 1) / (_EPOCHS * batches)
        rate = _LEARNING_RATE * min(share / 0.3, (1 - share) / 0.7)
        for index, gradient in enumerate(gradients):
            means[index] += 0.1 * (gradient - means[index])
            squares[index] += 0.001 * (gradient**2 - squares[index])
            spread = np.sqrt(squares[index] / (1 - 0.999 ** (step + 1))) + 1e-8
            change = means[index] / (1 - 0.9 ** (step + 1)) / spread
            weights[index] -= rate * (change + _DECAY * weights[index])
    return weights


def _gradients(
    weights: Sequence[Floats], numbers: Floats, label: Floats, weight: Floats, generator: np.random.Generator
) -> list[Floats]:
    hidden, hidden_bias, output, bias = weights
    numbers = numbers * _kept(numbers.shape, _DROPPED, generator)
    layer = numbers @ hidden + hidden_bias
    kept = _kept(layer.shape, _DROPPED_OF_LAYER, generator) * (layer > 0)
    layer = layer * kept
    logits = layer @ output + bias
    error = weight * (1 / (1 + np.exp(-logits)) - label) / len(label)
    back = np.outer(error, output) * kept
    return [numbers.T @ back, back.sum(axis=0), layer.T @ error, error.sum()]


def _kept(shape: tuple[int, ...], dropped: float, generator: np.random.Generator) -> Floats:
    kept = generator.random(shape, np.float32) >= np.float32(dropped)
    return kept.astype(np.float32) / np.float32(1 - dropped)

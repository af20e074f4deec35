"""Learns to weigh the meaning of doubtful passages, for `python -m bench.injection.learn`."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as functions

from bench.corpora import ESSAYS
from bench.injection.corpus import LabelledPassage, LabelledText
from bench.injection.passage_network import PassageNetwork, Pieces
from orchestrator.injection.classifier import DOUBT, logit
from orchestrator.injection.meaning import MeaningLayer
from orchestrator.injection.passage_encoder import PassageEncoder
from orchestrator.injection.passage_encoder_files import Arrays, changed, in_eight_bits, packaged_encoder

# The log odds of a passage are lowered by this much, because a flagged honest work costs more than a missed
# attack.
_MARGIN = 2.0
# The weight of a text in the loss, and of each passage of a work.
_TEXT, _WORK = 3.0, 4.0
_EPOCHS = 3
# A batch has at most so many pieces, those included that fill shorter passages up.
_BATCH = 3_000
# Of what is added to the encoder, and of the layer after it.
_LEARNING_RATES = 1e-3, 2e-3
_DECAY = 0.01
_WARM_UP = 0.1
_LARGEST_GRADIENT = 1.0
# Passages of nearly the same length are shuffled.
_NEARLY = 6.0
_BATCHES_TOLD = 100


@dataclass(frozen=True, slots=True)
class _Example:
    pieces: Pieces
    is_attack: bool
    is_of_work: bool

    @property
    def weight(self) -> float:
        return _WORK if self.is_of_work else _TEXT


class MeaningJudge:
    """Judges passages by their words and what was learned of their meaning."""

    def __init__(self, words: Mapping[str, float], meaning: Arrays) -> None:
        packaged = packaged_encoder()
        self._encoder = PassageEncoder(*in_eight_bits(packaged, changed(packaged.layers, meaning)))
        self._layer = MeaningLayer.of(meaning)
        self._words = words

    def logit(self, passages: Iterable[LabelledPassage]) -> float:
        """Returns the highest log odds of some passages."""
        highest = -np.inf
        for passage in passages:
            odds, part = _most_doubtful(passage, self._words)
            if odds > DOUBT:
                meaning = self._layer.logit(self._encoder.numbers(passage.text, part))
                highest = max(highest, odds + meaning)
        return float(highest)


def learn_meaning(corpus: Sequence[LabelledText], words: Mapping[str, float]) -> Arrays:
    """Fits the network by Adam, given the weights of words; returns what `meaning_weights.npz` holds."""
    torch.manual_seed(0)
    generator = np.random.default_rng(0)
    packaged = packaged_encoder()
    network = PassageNetwork(packaged)
    encoder = PassageEncoder(*in_eight_bits(packaged, packaged.layers))
    # What does not ship has no say, so that the weights come out the same without it.
    shipped = (text for text in corpus if text.written_for != ESSAYS.stem)
    texts = [list(_examples(text, words, encoder)) for text in shipped]
    encoder_rate, layer_rate = _LEARNING_RATES
    after = [*network.hidden.parameters(), *network.output.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": network.learned.parameters(), "lr": encoder_rate, "weight_decay": 0.0},
            {"params": after, "lr": layer_rate, "weight_decay": _DECAY},
        ]
    )
    epochs = [_batches(_of_an_epoch(texts, generator), generator) for _ in range(_EPOCHS)]
    batches = [batch for epoch in epochs for batch in epoch]
    mean_weight = np.mean([each.weight for batch in batches for each in batch])
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: _share_of_rate((step + 1) / (len(batches) + 1))
    )
    network.train()
    started, losses = time.monotonic(), []
    for step, batch in enumerate(batches, start=1):
        label = torch.tensor([float(each.is_attack) for each in batch])
        weight = torch.tensor([each.weight / mean_weight for each in batch], dtype=torch.float32)
        odds = network([each.pieces for each in batch])
        loss = functions.binary_cross_entropy_with_logits(odds, label, weight)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no annotation of it
        torch.nn.utils.clip_grad_norm_(network.learned.parameters(), _LARGEST_GRADIENT)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % _BATCHES_TOLD == 0:
            minutes = (time.monotonic() - started) / 60
            recent = np.mean(losses[-_BATCHES_TOLD:])
            print(f"batch {step} of {len(batches)}, loss {recent:.3f}, {minutes:.0f} min", flush=True)
    return network.weights(_MARGIN)


def _share_of_rate(share: float) -> float:
    """Returns the share of the learning rates: they rise, so that the first steps do not decide, and fall."""
    return min(share / _WARM_UP, (1 - share) / (1 - _WARM_UP))


def _examples(text: LabelledText, words: Mapping[str, float], encoder: PassageEncoder) -> Iterator[_Example]:
    is_attack = text.source == "attack"
    for passage in text.passages:
        if passage.is_labelled or not is_attack:
            pieces = encoder.pieces(passage.text, _most_doubtful(passage, words)[1])
            yield _Example(pieces, is_attack, text.source == "work")


def _of_an_epoch(texts: Sequence[Sequence[_Example]], generator: np.random.Generator) -> Iterator[_Example]:
    """Yields the passages of a work, and one of those of each other text."""
    for examples in texts:
        if examples and not examples[0].is_of_work:
            yield examples[int(generator.integers(len(examples)))]
        else:
            yield from examples


def _batches(examples: Iterable[_Example], generator: np.random.Generator) -> list[list[_Example]]:
    """Returns the examples in batches of about one length, these in any order."""
    by_length = sorted(
        ((len(each.pieces[0]) + _NEARLY * generator.random(), each) for each in examples),
        key=lambda pair: pair[0],
    )
    batches: list[list[_Example]] = [[]]
    longest = 0
    for _, each in by_length:
        longest = max(longest, len(each.pieces[0]))
        if longest * (len(batches[-1]) + 1) > _BATCH:
            batches.append([])
            longest = len(each.pieces[0])
        batches[-1].append(each)
    generator.shuffle(batches)
    return batches


def _most_doubtful(passage: LabelledPassage, words: Mapping[str, float]) -> tuple[float, str]:
    return max((logit(window, words), text) for window, text in passage.windows)

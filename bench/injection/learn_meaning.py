"""Learns to weigh the meaning of doubtful passages, for `python -m bench.injection.learn`."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as functions

from bench.corpora import ESSAYS
from bench.injection.corpus import LabelledPassage, LabelledText
from bench.injection.passage_network import PassageNetwork, Pieces
from orchestrator.injection.classifier import DOUBT, logit
from orchestrator.injection.meaning import MeaningLayer
from orchestrator.injection.passage_encoder import PassageEncoder
from orchestrator.injection.passage_encoder_files import (
    UNKNOWN,
    Arrays,
    changed,
    in_eight_bits,
    packaged_encoder,
)

# The log odds of a passage are lowered by this much, because a flagged honest work costs more than a missed
# attack.
_MARGIN = 1.0
# The weight of a text in the loss, and of each passage of a work.
_TEXT, _WORK = 3.0, 4.0
_EPOCHS = 3
# Of the passages of works and harmless texts that words hardly doubt, so that the encoder will hardly read
# them, a share is learned from: all down to these log odds, fewer below, and at least so many.
_ALL_ABOVE, _FEWER_WITHIN, _LEAST_SHARE = -2.0, 2.0, 0.2
# The share of the pieces that are replaced by an unknown one, so that no single one decides.
_UNKNOWN_SHARE = 0.06
# A batch has at most so many pieces, those included that fill shorter passages up.
_BATCH = 3_000
# Of what is added to the encoder, and of the layer after it, and of both where learning goes on.
_LEARNING_RATES = 1e-3, 2e-3
_LATER_RATES = 5e-4, 5e-4
_DECAY = 0.01
_WARM_UP = 0.1
_LARGEST_GRADIENT = 1.0
# Passages of nearly the same length are shuffled.
_NEARLY = 6.0
_BATCHES_TOLD = 100


@dataclass(frozen=True, slots=True)
class _Example:
    pieces: Pieces
    odds: float
    is_attack: bool
    is_of_work: bool

    @property
    def weight(self) -> float:
        return _WORK if self.is_of_work else _TEXT

    @property
    def share(self) -> float:
        """How probable it is that it is learned from in an epoch."""
        return 1.0 if self.is_attack else max(1 + (self.odds - _ALL_ABOVE) / _FEWER_WITHIN, _LEAST_SHARE)


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


def learn_meaning(
    corpus: Sequence[LabelledText], words: Mapping[str, float], start: Arrays | None = None
) -> Arrays:
    """Fits the network by Adam, given the weights of words; returns what `meaning_weights.npz` holds.

    From such weights as a start it goes on for one epoch.
    """
    torch.manual_seed(0)
    generator = np.random.default_rng(0)
    packaged = packaged_encoder()
    network = PassageNetwork(packaged)
    encoder = PassageEncoder(*in_eight_bits(packaged, packaged.layers))
    # What does not ship has no say, so that the weights come out the same without it.
    shipped = (text for text in corpus if text.written_for != ESSAYS.stem)
    texts = [list(_examples(text, words, encoder)) for text in shipped]
    if start:
        network.start_from(start, _MARGIN)
    encoder_rate, layer_rate = _LATER_RATES if start else _LEARNING_RATES
    after = [*network.hidden.parameters(), *network.output.parameters()]
    optimizer = torch.optim.AdamW(
        [
            {"params": network.learned.parameters(), "lr": encoder_rate, "weight_decay": 0.0},
            {"params": after, "lr": layer_rate, "weight_decay": _DECAY},
        ]
    )
    epochs = [_batches(_of_an_epoch(texts, generator), generator) for _ in range(1 if start else _EPOCHS)]
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
            odds, part = _most_doubtful(passage, words)
            yield _Example(encoder.pieces(passage.text, part), odds, is_attack, text.source == "work")


def _of_an_epoch(texts: Sequence[Sequence[_Example]], generator: np.random.Generator) -> Iterator[_Example]:
    """Yields passages of a work, and at most one of those of each other text."""
    for examples in texts:
        drawn = examples
        if examples and not examples[0].is_of_work:
            drawn = [examples[int(generator.integers(len(examples)))]]
        for each in drawn:
            if generator.random() < each.share:
                yield replace(each, pieces=_with_unknown(each.pieces, generator))


def _with_unknown(pieces: Pieces, generator: np.random.Generator) -> Pieces:
    """Replaces some pieces, but not the first and the last one, which every passage has."""
    numbers, is_of_part = np.array(pieces[0]), pieces[1]
    is_replaced = generator.random(len(numbers)) < _UNKNOWN_SHARE
    numbers[1:-1][is_replaced[1:-1]] = UNKNOWN
    return numbers.tolist(), is_of_part


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

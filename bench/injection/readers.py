"""Measures what of steering and of honest texts a panel flags, of which a large language model is a reader.

    python -m bench.injection.readers

`bench/data/steering_readers.jsonl` holds what the model said of a sample of the texts that are kept apart,
under the instruction of before and that of now: suspected or not. Of each label the texts that the
classifier flags and those that it does not were drawn apart, so each counts for as many as there are of its
kind. A panel is so many families that all say what the model said, and none of which a passage moves.
"""

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.corpora import (
    KOREAN_PARAGRAPHS,
    ORDINARY_WORKS_APART,
    SHORT_ANSWERS,
    STEERING_READERS,
    require,
    texts,
)
from bench.injection.rates import KEPT_APART, log_odds, log_odds_of_work, steering_texts
from orchestrator.injection.readers import log_odds_needed

_LABELS = ("direct", "subtle", "harmless", "work", "real")
_MOST_FAMILIES = 3


@dataclass(frozen=True, slots=True)
class _Said:
    """What the model said of one text, and how many texts it stands for."""

    suspected: bool
    log_odds: float
    count: float


def main() -> None:
    """Prints the shares, each after the number of texts that the model has read."""
    require([STEERING_READERS, ORDINARY_WORKS_APART, KOREAN_PARAGRAPHS, SHORT_ANSWERS])
    odds = _log_odds()
    rows = [json.loads(line) for line in STEERING_READERS.read_text(encoding="utf-8").splitlines()]
    readings: defaultdict[tuple[str, int], dict[str, bool]] = defaultdict(dict)
    for row in rows:
        readings[row["instruction"], row["reader"]][row["id"]] = row["suspected"]
    columns = ["classifier", "model", *(f"with {count}" for count in range(1, _MOST_FAMILIES + 1))]
    print(f"{'':26}{''.join(f'{each:>12}' for each in columns)}")
    for (instruction, reader), suspected in sorted(readings.items()):
        for label in _LABELS:
            said = _weighted(odds[label], suspected)
            shares = "".join(f"{share:12.1%}" for share in _shares(said))
            print(f"{instruction:7}{reader:2} {label:9}{len(said):5}  {shares}")


def _log_odds() -> Mapping[str, Mapping[str, float]]:
    """Returns those of every text that is kept apart by its name, minus infinity if it is not flagged."""
    odds: dict[str, dict[str, float]] = {label: {} for label in _LABELS}
    for name in KEPT_APART:
        for each in steering_texts(name):
            odds[each.label][each.id] = log_odds(each)
    for label, files in (("work", [ORDINARY_WORKS_APART]), ("real", [KOREAN_PARAGRAPHS, SHORT_ANSWERS])):
        for file in files:
            odds[label] |= {name: log_odds_of_work(text) for name, text in texts(file).items()}
    return odds


def _weighted(odds: Mapping[str, float], suspected: Mapping[str, bool]) -> list[_Said]:
    said = []
    for flagged in (True, False):
        stratum = {name for name, each in odds.items() if (each > -math.inf) == flagged}
        read = sorted(stratum & suspected.keys())
        said += [_Said(suspected[name], odds[name], len(stratum) / len(read)) for name in read]
    return said


def _shares(said: Sequence[_Said]) -> list[float]:
    """Returns the shares that the classifier flags, that the model does, and that 1 to 3 families leave."""
    total = math.fsum(each.count for each in said)

    def share(flags: Sequence[bool]) -> float:
        return math.fsum(each.count for each, flag in zip(said, flags, strict=True) if flag) / total

    return [
        share([each.log_odds > -math.inf for each in said]),
        share([each.suspected for each in said]),
        *(
            share([each.suspected or each.log_odds > log_odds_needed(count) for each in said])
            for count in range(1, _MOST_FAMILIES + 1)
        ),
    ]


if __name__ == "__main__":
    main()

"""Stores what the classifier sees of the essays, for those who have not fetched them.

    python -m bench.injection.essay_features

The command writes the file from the essays. For each segment the file holds the length, the patterns that
occur in it, and those of its words that occur in an attack, without their order. No other word can get a
weight, so the weights come out the same. Write the file again after attacks were added: it lacks the words
that only they use.
"""

import gzip
from collections.abc import Iterator
from itertools import chain

from bench.corpora import DATA, ESSAYS, require, texts
from bench.injection.segments import attack_texts, segments_of
from orchestrator.injection.classifier import TextSegment

FILE = DATA / "l2_essays_dev.features.gz"
_END_OF_ESSAY = "\n\n"


def read() -> Iterator[list[TextSegment]]:
    """Yields the segments of each essay. They have no place in a text."""
    for essay in gzip.decompress(FILE.read_bytes()).decode().split(_END_OF_ESSAY):
        yield [_parsed(line) for line in essay.splitlines()]


def main() -> None:
    """Writes the file."""
    require([ESSAYS])
    attacks = (segments_of(attack) for attack in attack_texts())
    kept = frozenset(chain.from_iterable(each.features for each in chain.from_iterable(attacks)))
    essays = ("\n".join(_line(each, kept) for each in segments_of(text)) for text in texts(ESSAYS).values())
    # Without a time in it the file is the same each time.
    FILE.write_bytes(gzip.compress(_END_OF_ESSAY.join(essays).encode(), mtime=0))


def _line(segment: TextSegment, kept: frozenset[str]) -> str:
    features = sorted(each for each in segment.features if each in kept or each.isupper())
    return "\t".join([str(segment.length), *features])


def _parsed(line: str) -> TextSegment:
    length, *features = line.split("\t")
    return TextSegment(start=0, end=0, features=frozenset(features), length=int(length))


if __name__ == "__main__":
    main()

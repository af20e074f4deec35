"""What the classifier sees of the essays, for those who have not fetched them.

    python -m bench.injection.essay_features

The command writes the file from the essays. For each sentence it holds the length, the signs that it shows,
and those of its words that occur in an attack, without their order: no other word can get a weight, so the
weights come out the same. A word that occurs only in attacks that were added since is missing until the file
is written again.
"""

import gzip
from collections.abc import Iterator, Sequence
from itertools import chain

from bench.corpora import DATA, ESSAYS, require, texts
from bench.injection.passages import attack_lines, passages_of
from orchestrator.injection.classifier import Passage

FILE = DATA / "l2_essays_dev.features.gz"
_END_OF_ESSAY = "\n\n"


def read() -> Iterator[list[Passage]]:
    """The passages of each essay. They have no place in a text."""
    for essay in gzip.decompress(FILE.read_bytes()).decode().split(_END_OF_ESSAY):
        yield [_parsed(line) for line in essay.splitlines()]


def main() -> None:
    """Writes the file."""
    require([ESSAYS])
    words = frozenset(
        chain.from_iterable(each.shows for _, attack in attack_lines() for each in passages_of(attack))
    )
    essays = [
        "\n".join(
            _line(each, sorted(filter(lambda feature: feature in words or feature.isupper(), each.shows)))
            for each in passages_of(text)
        )
        for text in texts(ESSAYS).values()
    ]
    # Without a time in it the file is the same each time.
    FILE.write_bytes(gzip.compress(_END_OF_ESSAY.join(essays).encode(), mtime=0))


def _line(passage: Passage, features: Sequence[str]) -> str:
    return "\t".join([str(passage.length), *features])


def _parsed(line: str) -> Passage:
    length, *features = line.split("\t")
    return Passage(0, 0, frozenset(features), int(length))


if __name__ == "__main__":
    main()

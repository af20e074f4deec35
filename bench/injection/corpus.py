"""What is learned from: attacks and harmless texts by their kind, and real works."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.corpora import ESSAYS, KOREAN_PARAGRAPHS, SHORT_ANSWERS, texts
from bench.injection import essay_features
from bench.injection.passages import HERE, attack_lines, passages_of, read_kinds
from orchestrator.injection.classifier import Passage, Window, windows

_PLACES_PER_ATTACK = 2
_LINES_PER_ESSAY = 10
# Clean windows are many, most of them far from any doubt.
_ATTACK, _HARMLESS, _ALONE, _WORK = 5.0, 2.0, 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """The windows of a text; `kind` is held out as a whole, `source` says what the text is."""

    kind: str
    source: str
    windows: Sequence[Window]
    weight: float


def works() -> list[Text]:
    """The real works, which hold no attack."""
    return [Text(kind, "work", list(windows(found)), _WORK) for kind, found in _real_works()]


def attacks(seed: int = 7) -> list[Text]:
    """The attacks, each at two places of real works."""
    generator = random.Random(seed)  # noqa: S311  # it repeats itself
    hosts = [found for _, found in _real_works()]
    return [
        Text(kind, "attack", _inserted(passages_of(attack), generator.choice(hosts), generator), _ATTACK)
        for kind, attack in attack_lines()
        for _ in range(_PLACES_PER_ATTACK)
    ]


def _real_works() -> Iterator[tuple[str, list[Passage]]]:
    """The passages of each work, after the name of the file that it is from."""
    essays = map(passages_of, texts(ESSAYS).values()) if ESSAYS.exists() else essay_features.read()
    yield from ((KOREAN_PARAGRAPHS.stem, passages_of(text)) for text in texts(KOREAN_PARAGRAPHS).values())
    yield from ((ESSAYS.stem, found) for found in essays)
    yield from ((SHORT_ANSWERS.stem, passages_of(text)) for text in texts(SHORT_ANSWERS).values())


def harmless() -> list[Text]:
    """Sentences that an attack could be taken for: in essays of one kind each, and alone."""
    return [
        each
        for language in ("en", "ko")
        for kind, lines in read_kinds(HERE / f"clean_{language}.txt").items()
        for pair in _in_essays_and_alone(kind, lines)
        for each in pair
    ]


def held_out() -> list[tuple[Text, Text]]:
    """Harmless paragraphs that nothing is learned from: each in an essay of ten, and alone."""
    lines = (HERE / "held_out_clean.txt").read_text(encoding="utf-8").splitlines()
    return list(_in_essays_and_alone("held out", lines))


def _in_essays_and_alone(kind: str, lines: Sequence[str]) -> Iterator[tuple[Text, Text]]:
    for start in range(0, len(lines), _LINES_PER_ESSAY):
        essay = [passages_of(line) for line in lines[start : start + _LINES_PER_ESSAY]]
        every = list(windows([each for found in essay for each in found]))
        first = 0
        for found in essay:
            within = _within(every, first, first + len(found))
            yield (
                Text(kind, "harmless", within, _HARMLESS),
                Text(kind, "harmless", list(windows(found)), _ALONE),
            )
            first += len(found)


def _within(every: Iterable[Window], start: int, end: int) -> list[Window]:
    return [each for each in every if start <= each.first and each.first + each.count <= end]


def _inserted(attack: Sequence[Passage], host: Sequence[Passage], generator: random.Random) -> list[Window]:
    """The windows within an attack that stands at the head, in the midst or, mostly, at the end of a work."""
    at = generator.choice([0, len(host), len(host), generator.randrange(len(host) + 1)])
    return _within(windows([*host[:at], *attack, *host[at:]]), at, at + len(attack))

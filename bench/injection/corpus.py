"""What is learned from: attacks and harmless texts by their kind, and real works."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.evaluate.works import WORKS, texts
from chorus.feedback.v1 import submission_pb2
from orchestrator.injection.classifier import Passage, Window, passages, windows
from orchestrator.submission.reading import read_submission

_HERE = Path(__file__).parent
_PLACES_PER_ATTACK = 2
_LINES_PER_ESSAY = 10
# Clean windows are many, most of them far from any doubt.
_ATTACK, _HARMLESS, _ALONE, _WORK = 5.0, 2.0, 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Text:
    """The windows of a text; `kind` is held out as a whole, `source` says what the text is."""

    kind: str
    source: str
    text: str
    windows: Sequence[Window]
    weight: float


def works() -> list[Text]:
    """The real works, which hold no attack."""
    return [Text(name, "work", text, list(windows(_passages(text))), _WORK) for name, text in _real_works()]


def attacks(seed: int = 7) -> list[Text]:
    """The attacks, each at two places of real works."""
    generator = random.Random(seed)  # noqa: S311  # it repeats itself
    hosts = [_passages(text) for _, text in _real_works()]
    return [
        Text(
            kind, "attack", attack, _inserted(_passages(attack), generator.choice(hosts), generator), _ATTACK
        )
        for language in ("en", "ko")
        for kind, lines in read_kinds(_HERE / f"attacks_{language}.txt").items()
        for attack in lines
        for _ in range(_PLACES_PER_ATTACK)
    ]


def _real_works() -> Iterator[tuple[str, str]]:
    for path in WORKS:
        for text in texts(path).values():
            if text.strip():
                yield path.stem, text


def harmless() -> list[Text]:
    """Sentences that an attack could be taken for: in essays of one kind each, and alone."""
    return [
        each
        for language in ("en", "ko")
        for kind, lines in read_kinds(_HERE / f"clean_{language}.txt").items()
        for pair in _in_essays_and_alone(kind, lines)
        for each in pair
    ]


def held_out() -> list[tuple[Text, Text]]:
    """Harmless paragraphs that nothing is learned from: each in an essay of ten, and alone."""
    lines = (_HERE / "held_out_clean.txt").read_text(encoding="utf-8").splitlines()
    return list(_in_essays_and_alone("held out", lines))


def read_kinds(path: Path) -> dict[str, list[str]]:
    r"""The lines of a file under their headings, "# kind"; \n stands for a new line."""
    kinds: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            lines = kinds.setdefault(line.removeprefix("# "), [])
        elif line:
            lines.append(line.replace("\\n", "\n"))
    return kinds


def _in_essays_and_alone(kind: str, lines: Sequence[str]) -> Iterator[tuple[Text, Text]]:
    for start in range(0, len(lines), _LINES_PER_ESSAY):
        essay = [(line, _passages(line)) for line in lines[start : start + _LINES_PER_ESSAY]]
        every = list(windows([each for _, found in essay for each in found]))
        first = 0
        for line, found in essay:
            within = _within(every, first, first + len(found))
            yield (
                Text(kind, "harmless", line, within, _HARMLESS),
                Text(kind, "harmless", line, list(windows(found)), _ALONE),
            )
            first += len(found)


def _within(every: Iterable[Window], start: int, end: int) -> list[Window]:
    return [each for each in every if start <= each.first and each.first + each.count <= end]


def _inserted(attack: Sequence[Passage], host: Sequence[Passage], generator: random.Random) -> list[Window]:
    """The windows within an attack that stands at the head, in the midst or, mostly, at the end of a work."""
    at = generator.choice([0, len(host), len(host), generator.randrange(len(host) + 1)])
    return _within(windows([*host[:at], *attack, *host[at:]]), at, at + len(attack))


def _passages(text: str) -> list[Passage]:
    reading = read_submission(submission_pb2.Submission(text=text))
    return list(passages(reading.folding, reading.sentences))

"""The corpus that the classifier learns from: attacks and harmless texts by their kind, and real works."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.evaluate.works import WORKS, texts
from chorus.feedback.v1 import submission_pb2
from orchestrator.injection.classifier import SegmentWindow, TextSegment, segment_windows, text_segments
from orchestrator.submission.reading import read_submission

_HERE = Path(__file__).parent
_HOSTS_PER_ATTACK = 2
_LINES_PER_ESSAY = 10
# The weight of one window in the loss. Clean windows are many, and most of them are far from any doubt.
_ATTACK, _HARMLESS, _ALONE, _WORK = 5.0, 2.0, 1.0, 1.0


@dataclass(frozen=True, slots=True)
class LabelledText:
    """The windows of a text.

    Attributes:
        kind: What is held out as a whole.
        source: What the text is: "attack", "harmless" or "work".
        text: The text.
        windows: The windows that are learned from or classified.
        weight: How much each of the windows counts in the loss.
    """

    kind: str
    source: str
    text: str
    windows: Sequence[SegmentWindow]
    weight: float


def works() -> list[LabelledText]:
    """Returns the real works, which hold no attack."""
    return [
        LabelledText(name, "work", text, list(segment_windows(_segments(text))), _WORK)
        for name, text in _real_works()
    ]


def attacks(seed: int = 7) -> list[LabelledText]:
    """Returns the attacks, each inserted into two real works."""
    generator = random.Random(seed)  # noqa: S311  # it repeats itself
    hosts = [_segments(text) for _, text in _real_works()]
    return [
        LabelledText(
            kind, "attack", attack, _inserted(_segments(attack), generator.choice(hosts), generator), _ATTACK
        )
        for language in ("en", "ko")
        for kind, lines in read_kinds(_HERE / f"attacks_{language}.txt").items()
        for attack in lines
        for _ in range(_HOSTS_PER_ATTACK)
    ]


def _real_works() -> Iterator[tuple[str, str]]:
    for path in WORKS:
        for text in texts(path).values():
            if text.strip():
                yield path.stem, text


def harmless() -> list[LabelledText]:
    """Returns sentences that could be taken for an attack: in essays of one kind each, and alone."""
    return [
        each
        for language in ("en", "ko")
        for kind, lines in read_kinds(_HERE / f"clean_{language}.txt").items()
        for pair in _in_essays_and_alone(kind, lines)
        for each in pair
    ]


def held_out() -> list[tuple[LabelledText, LabelledText]]:
    """Returns harmless paragraphs that nothing is learned from: each in an essay of ten, and alone."""
    lines = (_HERE / "held_out_clean.txt").read_text(encoding="utf-8").splitlines()
    return list(_in_essays_and_alone("held out", lines))


def read_kinds(path: Path) -> dict[str, list[str]]:
    r"""Returns the lines of a file by their headings, "# kind". In a line, \n stands for a new line."""
    kinds: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            lines = kinds.setdefault(line.removeprefix("# "), [])
        elif line:
            lines.append(line.replace("\\n", "\n"))
    return kinds


def _in_essays_and_alone(kind: str, lines: Sequence[str]) -> Iterator[tuple[LabelledText, LabelledText]]:
    for start in range(0, len(lines), _LINES_PER_ESSAY):
        essay = [(line, _segments(line)) for line in lines[start : start + _LINES_PER_ESSAY]]
        windows = list(segment_windows([each for _, segments in essay for each in segments]))
        first = 0
        for line, segments in essay:
            within = _within(windows, first, first + len(segments))
            yield (
                LabelledText(kind, "harmless", line, within, _HARMLESS),
                LabelledText(kind, "harmless", line, list(segment_windows(segments)), _ALONE),
            )
            first += len(segments)


def _within(windows: Iterable[SegmentWindow], start: int, end: int) -> list[SegmentWindow]:
    return [each for each in windows if start <= each.first and each.first + each.count <= end]


def _inserted(
    attack: Sequence[TextSegment], host: Sequence[TextSegment], generator: random.Random
) -> list[SegmentWindow]:
    """Returns the windows within an attack that is put before, into or, mostly, after a work."""
    at = generator.choice([0, len(host), len(host), generator.randrange(len(host) + 1)])
    return _within(segment_windows([*host[:at], *attack, *host[at:]]), at, at + len(attack))


def _segments(text: str) -> list[TextSegment]:
    reading = read_submission(submission_pb2.Submission(text=text))
    return list(text_segments(reading.folded, reading.sentences))

"""The corpus that the classifier learns from: attacks and harmless texts by their kind, and real works."""

import functools
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.corpora import ESSAYS, KOREAN_PARAGRAPHS, SHORT_ANSWERS, texts
from bench.injection import essay_features
from bench.injection.rates import steering_texts
from bench.injection.segments import HERE, attack_lines, read_kinds, segments_of
from orchestrator.injection.classifier import SegmentWindow, TextSegment, segment_windows

_HOSTS_PER_ATTACK = 2
_LINES_PER_ESSAY = 10
# The weight of one window in the loss. Clean windows are many, and most of them are far from any doubt.
_ATTACK, _HARMLESS, _ALONE, _PARAGRAPH, _WORK = 5.0, 2.0, 1.0, 4.0, 1.0


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
    windows: Sequence[SegmentWindow]
    weight: float


def works() -> list[LabelledText]:
    """Returns the real works, which hold no attack."""
    return [
        LabelledText(kind, "work", list(segment_windows(segments)), _WORK) for kind, segments in _real_works()
    ]


def attacks(seed: int = 7) -> list[LabelledText]:
    """Returns the attacks, each inserted into two real works."""
    generator = random.Random(seed)  # noqa: S311  # it repeats itself
    hosts = [segments for _, segments in _real_works()]
    return [
        LabelledText(
            kind, "attack", _inserted(segments_of(attack), generator.choice(hosts), generator), _ATTACK
        )
        for kind, attack in attack_lines()
        for _ in range(_HOSTS_PER_ATTACK)
    ]


@functools.cache
def _real_works() -> Sequence[tuple[str, list[TextSegment]]]:
    """Returns the segments of each work, after the name of the file that it is from."""
    essays = map(segments_of, texts(ESSAYS).values()) if ESSAYS.exists() else essay_features.read()
    return (
        *((KOREAN_PARAGRAPHS.stem, segments_of(text)) for text in texts(KOREAN_PARAGRAPHS).values()),
        *((ESSAYS.stem, segments) for segments in essays),
        *((SHORT_ANSWERS.stem, segments_of(text)) for text in texts(SHORT_ANSWERS).values()),
    )


def harmless() -> list[LabelledText]:
    """Returns sentences that could be taken for an attack: in essays of one kind each, and alone."""
    return [
        each
        for language in ("en", "ko")
        for kind, lines in read_kinds(HERE / f"clean_{language}.txt").items()
        for pair in _in_essays_and_alone(kind, lines)
        for each in pair
    ]


def near_topic(seed: int = 11) -> list[LabelledText]:
    """Returns harmless paragraphs that ask, thank or speak of marks: each alone, and in a real work."""
    generator = random.Random(seed)  # noqa: S311  # it repeats itself
    hosts = [segments for _, segments in _real_works()]
    paragraphs = [
        (f"near the topic, {kind}", line)
        for language in ("en", "ko")
        for kind, lines in read_kinds(HERE / f"near_topic_{language}.txt").items()
        for line in lines
    ]
    texts_ = []
    paragraphs += [
        (f"{each.label}, {each.genre}", each.text)
        for each in steering_texts("dev")
        if each.label == "harmless"
    ]
    for kind, text in paragraphs:
        segments = segments_of(text)
        texts_.append(LabelledText(kind, "harmless", list(segment_windows(segments)), _PARAGRAPH))
        within = _inserted(segments, generator.choice(hosts), generator)
        texts_.append(LabelledText(kind, "harmless", within, _ALONE))
    return texts_


def held_out() -> list[tuple[LabelledText, LabelledText]]:
    """Returns harmless paragraphs that nothing is learned from: each in an essay of ten, and alone."""
    lines = (HERE / "held_out_clean.txt").read_text(encoding="utf-8").splitlines()
    return list(_in_essays_and_alone("held out", lines))


def _in_essays_and_alone(kind: str, lines: Sequence[str]) -> Iterator[tuple[LabelledText, LabelledText]]:
    for start in range(0, len(lines), _LINES_PER_ESSAY):
        essay = [segments_of(line) for line in lines[start : start + _LINES_PER_ESSAY]]
        windows = list(segment_windows([each for segments in essay for each in segments]))
        first = 0
        for segments in essay:
            within = _within(windows, first, first + len(segments))
            yield (
                LabelledText(kind, "harmless", within, _HARMLESS),
                LabelledText(kind, "harmless", list(segment_windows(segments)), _ALONE),
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

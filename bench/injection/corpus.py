"""The corpus that the classifier learns from: attacks and harmless texts by their sets, and whole works."""

import functools
import hashlib
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.corpora import ESSAYS, KOREAN_PARAGRAPHS, ORDINARY_WORKS, SHORT_ANSWERS, texts
from bench.injection import essay_features
from bench.injection.segments import HERE, learned_texts, segments_of
from orchestrator.injection.classifier import SegmentWindow, TextSegment, segment_windows

_LINES_PER_ESSAY = 10
_SYLLABLE = re.compile("[가-힣]")
# The weight of a text in the loss: its windows share it. Each window of a work has one of its own.
_ATTACK, _ALONE, _IN_A_WORK, _WORK_WINDOW = 5.0, 4.0, 1.0, 2.0
# What the harmless sentences weigh that were written first, of which many are alike, alone or not.
_CLEAN_SENTENCE = 1.5


@dataclass(frozen=True, slots=True)
class LabelledText:
    """The windows of a text.

    Attributes:
        written_for: The set that it was written for, or the name of the file that a work is from.
        source: What the text is: "attack", "harmless" or "work".
        group: The label and the language, to count by.
        windows: The windows that are learned from or classified.
        weight: How much the text counts in the loss. Each window of a work counts so much.
        is_measured: Whether it counts where it is left out: of a harmless text only what stands alone does.
    """

    written_for: str
    source: str
    group: str
    windows: Sequence[SegmentWindow]
    weight: float
    is_measured: bool = True


def works() -> list[LabelledText]:
    """Returns the works, which hold no attack."""
    return [
        LabelledText(name, "work", f"clean work {name}", list(segment_windows(segments)), _WORK_WINDOW)
        for name, _, segments in _read_works()
    ]


@functools.cache
def _read_works() -> Sequence[tuple[str, str, list[TextSegment]]]:
    """Returns the segments of each work, after the name of the file that it is from, and its language."""
    essays = map(segments_of, texts(ESSAYS).values()) if ESSAYS.exists() else essay_features.read()
    return (
        *((ESSAYS.stem, "en", segments) for segments in essays),
        *(
            (file.stem, "ko" if _SYLLABLE.search(text) else "en", segments_of(text))
            for file in (KOREAN_PARAGRAPHS, SHORT_ANSWERS, ORDINARY_WORKS)
            for text in texts(file).values()
        ),
    )


def written() -> list[LabelledText]:
    """Returns the attacks, each in a work of its language, and the harmless texts, each alone, too."""
    hosts: dict[str, list[list[TextSegment]]] = {"en": [], "ko": []}
    for _, language, segments in _read_works():
        hosts[language].append(segments)
    labelled = []
    for name, language, label, text in learned_texts():
        # The text alone decides where it stands, so another text does not move it.
        generator = random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311  # it repeats itself
        segments = segments_of(text)
        within = _inserted(segments, generator.choice(hosts[language]), generator)
        group = f"{label} {language}"
        if label != "harmless":
            labelled.append(LabelledText(name, "attack", group, within, _ATTACK))
            continue
        alone = list(segment_windows(segments))
        for windows, usual in ((alone, _ALONE), (within, _IN_A_WORK)):
            weight = _CLEAN_SENTENCE if name == "clean" else usual
            labelled.append(LabelledText(name, "harmless", group, windows, weight, windows is alone))
    return labelled


def held_out() -> list[tuple[LabelledText, LabelledText]]:
    """Returns harmless paragraphs that nothing is learned from: each in an essay of ten, and alone."""
    lines = (HERE / "held_out_clean.txt").read_text(encoding="utf-8").splitlines()
    return list(_in_essays_and_alone(lines))


def _in_essays_and_alone(lines: Sequence[str]) -> Iterator[tuple[LabelledText, LabelledText]]:
    for start in range(0, len(lines), _LINES_PER_ESSAY):
        essay = [segments_of(line) for line in lines[start : start + _LINES_PER_ESSAY]]
        windows = list(segment_windows([each for segments in essay for each in segments]))
        first = 0
        for segments in essay:
            within = _within(windows, first, first + len(segments))
            alone = list(segment_windows(segments))
            yield (
                LabelledText("held out", "harmless", "in an essay", within, 1.0),
                LabelledText("held out", "harmless", "alone", alone, 1.0),
            )
            first += len(segments)


def _within(windows: Iterable[SegmentWindow], start: int, end: int) -> list[SegmentWindow]:
    return [each for each in windows if start <= each.first and each.first + each.count <= end]


def _inserted(
    passage: Sequence[TextSegment], host: Sequence[TextSegment], generator: random.Random
) -> list[SegmentWindow]:
    """Returns the windows within a passage that is put before, into or, mostly, after a work."""
    at = generator.choice([0, len(host), len(host), generator.randrange(len(host) + 1)])
    return _within(segment_windows([*host[:at], *passage, *host[at:]]), at, at + len(passage))

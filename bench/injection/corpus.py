"""The corpus that the classifier learns from: attacks and harmless texts by their sets, and whole works."""

import functools
import hashlib
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bench.corpora import ESSAYS, KOREAN_PARAGRAPHS, ORDINARY_WORKS, SHORT_ANSWERS, texts
from bench.injection import essay_features
from bench.injection.segments import HERE, learned_texts, segments_of
from orchestrator.injection.classifier import SegmentWindow, TextSegment, segment_windows
from orchestrator.injection.passages import passages_with_windows, text_of

_LINES_PER_ESSAY = 10
_SYLLABLE = re.compile("[가-힣]")
# The weight of a text in the loss: its windows share it. Each window of a work has one of its own.
_ATTACK, _ALONE, _IN_A_WORK, _WORK_WINDOW = 5.0, 4.0, 1.0, 2.0
# What the harmless sentences weigh that were written first, of which many are alike, alone or not.
_CLEAN_SENTENCE = 1.5
# A passage is taken for an attack's only if this share of its segments is the attack's.
_LEAST_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class LabelledPassage:
    """A passage, as `orchestrator.injection.passages` reads it.

    Attributes:
        text: Its folded text.
        windows: The windows in it, each before its folded text.
        share: How much of it is of the labelled text.
        is_apart: Whether the text has paragraphs of its own there.
    """

    text: str
    windows: Sequence[tuple[SegmentWindow, str]]
    share: float
    is_apart: bool

    @property
    def is_labelled(self) -> bool:
        """Whether its label is that of the text."""
        return self.share >= _LEAST_SHARE


@dataclass(frozen=True, slots=True)
class LabelledText:
    """The windows of a text.

    Attributes:
        written_for: The set that it was written for, or the name of the file that a work is from.
        source: What the text is: "attack", "harmless" or "work".
        group: The label and the language, to count by.
        windows: The windows whose words are learned from.
        weight: How much the text counts in the loss. Each window of a work counts so much.
        passages: What is read for its meaning: what overlaps the text where it stands, as a paragraph of its
            own or within one. Those of an essay are unknown where the essays are.
        is_measured: Whether it counts where it is left out: of a harmless text only what stands alone does.
    """

    written_for: str
    source: str
    group: str
    windows: Sequence[SegmentWindow]
    weight: float
    passages: Sequence[LabelledPassage] = ()
    is_measured: bool = True


def works() -> list[LabelledText]:
    """Returns the works, which hold no attack."""
    labelled = []
    for name, _, segments in _read_works():
        windows = list(segment_windows(segments))
        has_text = any(each.text for each in segments)
        passages = _labelled_passages(segments, windows, 0, len(segments)) if has_text else ()
        labelled.append(LabelledText(name, "work", f"clean work {name}", windows, _WORK_WINDOW, passages))
    return labelled


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
    for name, language, segments in _read_works():
        if name != ESSAYS.stem:
            hosts[language].append(segments)
    labelled = []
    for name, language, label, text in learned_texts():
        # The text alone decides where it stands, so another text does not move it.
        generator = random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311  # it repeats itself
        segments = segments_of(text)
        windows, passages = _inserted(segments, generator.choice(hosts[language]), generator)
        group = f"{label} {language}"
        if label != "harmless":
            labelled.append(LabelledText(name, "attack", group, windows, _ATTACK, passages))
            continue
        alone = list(segment_windows(segments))
        passages_alone = _labelled_passages(segments, alone, 0, len(segments))
        clean = _CLEAN_SENTENCE if name == "clean" else 0.0
        labelled += [
            LabelledText(name, "harmless", group, alone, clean or _ALONE, passages_alone),
            LabelledText(name, "harmless", group, windows, clean or _IN_A_WORK, passages, is_measured=False),
        ]
    return labelled


def held_out() -> list[tuple[LabelledText, LabelledText]]:
    """Returns harmless paragraphs that nothing is learned from: each in an essay of ten, and alone."""
    lines = (HERE / "held_out_clean.txt").read_text(encoding="utf-8").splitlines()
    return list(_in_essays_and_alone(lines))


def _in_essays_and_alone(lines: Sequence[str]) -> Iterator[tuple[LabelledText, LabelledText]]:
    for start in range(0, len(lines), _LINES_PER_ESSAY):
        essay = [segments_of(line) for line in lines[start : start + _LINES_PER_ESSAY]]
        whole = [replace(each, paragraph=2 * number) for number, line in enumerate(essay) for each in line]
        windows = list(segment_windows(whole))
        first = 0
        for segments in essay:
            last = first + len(segments)
            alone = list(segment_windows(segments))
            in_essay = _labelled_passages(whole, windows, first, last)
            by_itself = _labelled_passages(segments, alone, 0, len(segments))
            yield (
                LabelledText("held out", "harmless", "in an essay", [], 1.0, in_essay),
                LabelledText("held out", "harmless", "alone", [], 1.0, by_itself),
            )
            first = last


def _inserted(
    passage: Sequence[TextSegment], host: Sequence[TextSegment], generator: random.Random
) -> tuple[list[SegmentWindow], list[LabelledPassage]]:
    """Returns the windows within a passage that is put before, into or, mostly, after a work.

    The passages are those of the passage as paragraphs of its own, and as the end of the work's paragraph.
    """
    at = generator.choice([0, len(host), len(host), generator.randrange(len(host) + 1)])
    end = at + len(passage)
    passages: list[LabelledPassage] = []
    windows: list[SegmentWindow] = []
    beside = host[max(at - 1, 0)].paragraph
    for is_apart in (True, False):
        numbers = [(1, each.paragraph) if is_apart else (0, beside) for each in passage]
        order = [*((0, each.paragraph) for each in host[:at]), *numbers]
        order += [(2 if is_apart else 0, each.paragraph) for each in host[at:]]
        together = [
            replace(each, paragraph=number)
            for each, number in zip([*host[:at], *passage, *host[at:]], _renumbered(order), strict=True)
        ]
        windows = windows or list(segment_windows(together))
        passages += _labelled_passages(together, windows, at, end, is_apart=is_apart)
    within = [each for each in windows if at <= each.first and each.first + each.count <= end]
    return within, passages


def _renumbered(parts: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Yields paragraphs' numbers that grow, given each one's part of the text and its number there.

    Between parts is an empty line.
    """
    number, before = 0, (0, 0)
    for part in parts:
        if part != before:
            number += 1 if part == (before[0], before[1] + 1) else 2
        before = part
        yield number


def _labelled_passages(
    segments: Sequence[TextSegment],
    windows: Sequence[SegmentWindow],
    start: int,
    end: int,
    *,
    is_apart: bool = True,
) -> list[LabelledPassage]:
    """Returns the passages that overlap the segments from `start` to `end`."""
    labelled = []
    for (first, last), within in passages_with_windows(segments, windows):
        share = (min(last, end) - max(first, start)) / (last - first)
        if share > 0:
            texts_of = [(each, text_of(segments, (each.first, each.first + each.count))) for each in within]
            labelled.append(LabelledPassage(text_of(segments, (first, last)), texts_of, share, is_apart))
    return labelled

"""Flags the passages that try to steer whoever assesses a submission.

What is doubtful by its words is read for its meaning. A passage is a paragraph, or some sentences of a long
one, or of lines.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from orchestrator.injection.classifier import SegmentWindow, TextSegment, doubtful_windows, text_segments
from orchestrator.injection.meaning import meaning_logit
from orchestrator.submission.reading import SubmissionReading
from orchestrator.submission.reading_threads import Checkpoint, going_on

# A longer paragraph is read in overlapping passages of so many segments, which start at every step.
_LENGTH, _STEP = 5, 2
# So many passages of a submission are read, those first that are most doubtful; the rest is not flagged.
_MOST_READ = 12
# Each segment of a window has to raise its logit by this much, or it is no part of the demand.
_SEGMENT_PENALTY = 2.0

Span = tuple[int, int]
"""The index of the first segment and that after the last one."""


def steering_spans(
    reading: SubmissionReading, check: Checkpoint = going_on
) -> Iterator[tuple[int, int, float]]:
    """Yields the spans of the visible text that seem to try to steer whoever assesses it.

    After the start and the end come the log odds that it does, of its likeliest part.
    """
    segments = list(text_segments(reading, check, weighted=True))
    flagged: dict[int, float] = {}
    judged = _judged(segments, doubtful_windows(segments, check), check)
    ranked = [(logit, window) for logit, window in judged if logit > 0]
    for logit, window in sorted(ranked, key=_least_demand):
        indices = range(window.first, window.first + window.count)
        if flagged.keys().isdisjoint(indices):
            flagged |= dict.fromkeys(indices, logit)
    for first in sorted(flagged):
        if first - 1 not in flagged:
            last = next(index for index in count(first) if index + 1 not in flagged)
            log_odds = max(flagged[index] for index in range(first, last + 1))
            yield segments[first].start, segments[last].end, log_odds


def _least_demand(judged: tuple[float, SegmentWindow]) -> tuple[float, int]:
    logit, window = judged
    return _SEGMENT_PENALTY * window.count - logit, window.first


def _judged(
    segments: Sequence[TextSegment], doubtful: Sequence[tuple[float, SegmentWindow]], check: Checkpoint
) -> Iterator[tuple[float, SegmentWindow]]:
    """Yields the windows of what is read, each after its log odds by its words and the passage's meaning."""
    logits = {(window.first, window.count): logit for logit, window in doubtful}

    def words(window: SegmentWindow) -> float:
        return logits[window.first, window.count]

    passages = [
        (span, windows, max(windows, key=words))
        for span, windows in passages_with_windows(segments, [window for _, window in doubtful])
    ]
    passages.sort(key=lambda each: (-words(each[2]), each[0]))
    for span, windows, best in passages[:_MOST_READ]:
        check()
        meaning = meaning_logit(
            text_of(segments, span), text_of(segments, (best.first, best.first + best.count))
        )
        for window in windows:
            yield words(window) + meaning, window


def passages_with_windows(
    segments: Sequence[TextSegment], windows: Iterable[SegmentWindow]
) -> Iterator[tuple[Span, list[SegmentWindow]]]:
    """Yields the passages that hold any of the windows, with these. A window across paragraphs is in none."""
    by_first: defaultdict[int, list[SegmentWindow]] = defaultdict(list)
    for window in windows:
        by_first[window.first].append(window)
    for first, end in _passages(segments):
        within = [
            window
            for index in range(first, end)
            for window in by_first.get(index, ())
            if index + window.count <= end
        ]
        if within:
            yield (first, end), within


def text_of(segments: Sequence[TextSegment], span: Span) -> str:
    """Returns the folded text of some segments."""
    return " ".join(each.text for each in segments[slice(*span)])


def _passages(segments: Sequence[TextSegment]) -> Iterator[Span]:
    for first, end in _paragraphs(segments):
        for start in range(first, max(end - _LENGTH + _STEP, first + 1), _STEP):
            yield start, min(start + _LENGTH, end)


def _paragraphs(segments: Sequence[TextSegment]) -> Iterator[Span]:
    """Yields the paragraphs; those of one segment without an empty line between them are one, like a list."""
    sizes = Counter(each.paragraph for each in segments)
    first = 0
    for index in range(1, len(segments) + 1):
        before = segments[index - 1].paragraph
        number = segments[index].paragraph if index < len(segments) else None
        is_list = number == before + 1 and sizes[before] == sizes[number] == 1
        if number != before and not is_list:
            yield first, index
            first = index

"""Finds the passages of a submission that seem to steer the models. They are flagged, never blocked."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from chorus.feedback.v1 import feedback_pb2
from orchestrator.injection.hidden_text import hidden_spans
from orchestrator.injection.passages import steering_spans
from orchestrator.injection.rules import ruled_spans
from orchestrator.submission.reading import SubmissionReading
from orchestrator.submission.reading_threads import Checkpoint, going_on


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A passage that seems to steer the models.

    Attributes:
        passage: Where it stands.
        log_odds: How likely that is by the classifier; infinite for what a rule found, and hidden text.
    """

    passage: feedback_pb2.Anchor
    log_odds: float


def suspected_injections(
    reading: SubmissionReading, check: Checkpoint = going_on
) -> tuple[feedback_pb2.Anchor, ...]:
    """Returns the passages that a rule or the classifier flags, and hidden text, in order.

    A long text takes up to three seconds of processor time, with checkpoints in between.
    """
    return tuple(each.passage for each in suspicions(reading, check))


def suspicions(reading: SubmissionReading, check: Checkpoint = going_on) -> tuple[Suspicion, ...]:
    """Returns the same passages, each with how likely it is that it steers."""
    visible = reading.visible
    found = {
        visible.received_span(start, end): log_odds for start, end, log_odds in _flagged_spans(reading, check)
    }
    found |= {visible.widened_to_clusters(*span): math.inf for span in hidden_spans(reading.text)}
    return tuple(
        Suspicion(
            feedback_pb2.Anchor(
                start=start, end=end, quote=reading.text[start:end], match=feedback_pb2.Anchor.MATCH_EXACT
            ),
            log_odds,
        )
        for (start, end), log_odds in sorted(found.items())
    )


def _flagged_spans(reading: SubmissionReading, check: Checkpoint) -> Iterator[tuple[int, int, float]]:
    """Yields what the rules and the classifier flag in the visible text, without overlaps."""
    ruled = list(ruled_spans(reading.folded, reading.sentences))
    spans = [(*span, math.inf) for span in ruled]
    for start, end, log_odds in steering_spans(reading, check):
        # What a rule found in it is sure, whichever of the two spans is shown.
        is_ruled = any(first < end and last > start for first, last in ruled)
        spans.append((start, end, math.inf if is_ruled else log_odds))
    reached = 0
    for start, end, log_odds in sorted(spans):
        if end > reached:
            yield max(start, reached), end, log_odds
            reached = end

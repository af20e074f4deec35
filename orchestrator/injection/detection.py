"""Finds the passages of a submission that seem to steer the models. They are flagged, never blocked."""

from collections.abc import Iterator

from chorus.feedback.v1 import feedback_pb2
from orchestrator.injection.hidden_text import hidden_spans
from orchestrator.injection.passages import steering_spans
from orchestrator.injection.rules import ruled_spans
from orchestrator.submission.reading import SubmissionReading
from orchestrator.submission.reading_threads import Checkpoint, going_on


def suspected_injections(
    reading: SubmissionReading, check: Checkpoint = going_on
) -> tuple[feedback_pb2.Anchor, ...]:
    """Returns the passages that a rule or the classifier flags, and hidden text, in order.

    A long text takes up to three seconds of processor time, with checkpoints in between.
    """
    visible = reading.visible
    spans = [visible.received_span(*span) for span in _flagged_spans(reading, check)]
    spans += [visible.widened_to_clusters(*span) for span in hidden_spans(reading.text)]
    return tuple(
        feedback_pb2.Anchor(
            start=start, end=end, quote=reading.text[start:end], match=feedback_pb2.Anchor.MATCH_EXACT
        )
        for start, end in sorted(set(spans))
    )


def _flagged_spans(reading: SubmissionReading, check: Checkpoint) -> Iterator[tuple[int, int]]:
    """Yields what the rules and the classifier flag in the visible text, without overlaps."""
    reached = 0
    ruled = ruled_spans(reading.folded, reading.sentences)
    for start, end in sorted((*ruled, *steering_spans(reading, check))):
        if end > reached:
            yield max(start, reached), end
            reached = end

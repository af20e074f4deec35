"""Passages that speak to the models instead of the reader. They are flagged, never blocked."""

from collections.abc import Sequence

from chorus.feedback.v1 import feedback_pb2
from orchestrator.work.guard import ReadingCopy
from orchestrator.work.sentences import Sentence


def suspected_injections(
    text: str, copy: ReadingCopy, sentences: Sequence[Sentence]
) -> tuple[feedback_pb2.Anchor, ...]:
    """Where the text, as received, seems to try to steer the models."""
    return ()

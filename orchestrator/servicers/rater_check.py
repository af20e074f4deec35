"""What is wrong with what a person says about a feedback: the name, the texts, the passages."""

from collections.abc import Iterator

from google.protobuf import message

from chorus.feedback.v1 import feedback_pb2
from modelkit.generate_request import Violation
from orchestrator.review.request_check import MAX_TEXT

MAX_RATER = 64
# Of one text that a person writes, in code points.
MAX_SAID = 4000
# Of one request.
MAX_SAID_BYTES = 1024 * 1024
MAX_EVIDENCE = 20


def rater_violations(field: str, rater: str) -> Iterator[Violation]:
    """Yields what is wrong with a pseudonym."""
    if not 1 <= len(rater) <= MAX_RATER:
        yield field, f"not 1 to {MAX_RATER} characters"


def size_violations(field: str, said: message.Message) -> Iterator[Violation]:
    """Yields a violation if it is too much at once."""
    if said.ByteSize() > MAX_SAID_BYTES:
        yield field, f"{said.ByteSize()} bytes, more than {MAX_SAID_BYTES}"


def text_violations(field: str, text: str) -> Iterator[Violation]:
    """Yields what is wrong with a text of a person's own."""
    if len(text) > MAX_SAID:
        yield field, f"{len(text)} code points, more than {MAX_SAID}"


def anchor_violations(field: str, anchor: feedback_pb2.Anchor) -> Iterator[Violation]:
    """Yields what is wrong with the shape of a place.

    Whether the submission says so there is not checked: its text is not stored.
    """
    if not 0 <= anchor.start < anchor.end <= MAX_TEXT:
        yield field, f"{anchor.start} to {anchor.end} is no place in a submission"
    elif len(anchor.quote) != anchor.end - anchor.start:
        yield (
            f"{field}.quote",
            f"{len(anchor.quote)} code points, but the place has {anchor.end - anchor.start}",
        )
    if anchor.match not in feedback_pb2.Anchor.Match.values():
        yield f"{field}.match", f"{anchor.match} is no Match"


def with_match(anchor: feedback_pb2.Anchor) -> None:
    """Says of a place that a person named that it is exact, unless it says otherwise."""
    anchor.match = anchor.match or feedback_pb2.Anchor.MATCH_EXACT

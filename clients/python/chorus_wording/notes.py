"""Words a point of a feedback as a note, and the scale of a criterion."""

from collections.abc import Mapping

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from chorus_documents.writing.returned_work import Note, Remark
from chorus_wording import phrases
from chorus_wording.words import NoteWords


def note_of(point: feedback_pb2.Point, text: str, titles: Mapping[str, str], wording: NoteWords) -> Note:
    """Words a point as a note; without the text, its quotation stands alone."""
    heading = phrases.polarity(point, wording)
    if criterion := titles.get(point.criterion_id, point.criterion_id):
        heading = f"{heading} · {criterion}"
    said = [
        Remark(label, words)
        for label, words in (
            ("", point.observation),
            (wording.why, point.reason),
            (wording.next_step, point.next_step),
            (wording.rewrite, point.suggested_rewrite),
        )
        if words
    ]
    anchor = point.anchor
    if not text:
        return Note(heading, None, None, anchor.quote, said)
    # A quotation is shown only where the text holds it.
    if anchor.quote and text[anchor.start : anchor.end] == anchor.quote:
        return Note(heading, anchor.start, anchor.end, anchor.quote, said)
    return Note(heading, None, None, "", said)


def scale_of(criterion: submission_pb2.Criterion | None) -> str:
    """Returns the lowest and the highest level of a criterion; empty: it is not known."""
    levels = [each.score for each in criterion.levels] if criterion else []
    return f"{min(levels):g}–{max(levels):g}" if levels else ""

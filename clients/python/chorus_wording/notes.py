"""Words a point of a feedback as a note, and the scale of a criterion."""

from collections.abc import Mapping

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from chorus_documents.writing.returned_work import Note, Remark
from chorus_wording import phrases
from chorus_wording.words import NoteWords


def note_of(point: feedback_pb2.Point, text: str, titles: Mapping[str, str], wording: NoteWords) -> Note:
    """Words a point as a note; without the text, its quotation stands alone."""
    kind = phrases.polarity(point, wording)
    criterion = titles.get(point.criterion_id, point.criterion_id)
    heading = f"{kind} · {criterion}" if criterion else kind
    # How important praise is says nothing to its reader.
    is_praise = point.polarity == feedback_pb2.POLARITY_STRENGTH
    importance = "" if is_praise else wording.severities.get(point.severity, "")
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
    start: int | None = None
    end: int | None = None
    quote = anchor.quote
    if text:
        # A quotation is shown only where the text holds it.
        if quote and text[anchor.start : anchor.end] == quote:
            start, end = anchor.start, anchor.end
        else:
            quote = ""
    return Note(heading, start, end, quote, said, kind, criterion, importance)


def scale_of(criterion: submission_pb2.Criterion | None) -> str:
    """Returns the lowest and the highest level of a criterion; empty: it is not known."""
    levels = [each.score for each in criterion.levels] if criterion else []
    return f"{min(levels):g}–{max(levels):g}" if levels else ""

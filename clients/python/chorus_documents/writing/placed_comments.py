"""Words the comments of a work, and finds where in its file each goes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chorus_documents.document import Refusal, UnreadableDocument
from chorus_documents.sources import Place
from chorus_documents.writing.returned_work import Note, ReturnedWork
from chorus_documents.writing.visible import visible


@dataclass(frozen=True, slots=True)
class PlacedComment:
    """What a comment says, and the first and the last character that it is about."""

    text: str
    first: Place
    last: Place


def placed_comments(work: ReturnedWork, places: Sequence[Place | None]) -> list[PlacedComment]:
    """Returns a comment for each note, and one with the scores.

    What is about the whole work, or about words that no comment can be put on, goes to the first line.

    Args:
        work: What is said.
        places: Where each character of the work's text is in the file; None: nowhere.

    Raises:
        UnreadableDocument: The file holds no character that a comment can be put on.
    """
    first_line = [place for place in places[: len(work.text.partition("\n")[0])] if place]
    elsewhere = first_line or [place for place in places if place]
    if not elsewhere:
        raise UnreadableDocument(Refusal.NO_TEXT)
    placed = []
    for note, text in _texts(work):
        within = places[note.start : note.end] if note and note.start is not None else ()
        found = [place for place in within if place] or elsewhere
        # What follows a paragraph in the text, such as a box, may lie within it in the file.
        placed.append(PlacedComment(visible(text), min(found), max(found)))
    return placed


def _texts(work: ReturnedWork) -> Iterator[tuple[Note | None, str]]:
    """Yields what each comment says, and the note that it is of."""
    labels = work.labels
    for note in work.notes:
        lines = [note.heading]
        if note.start is None:
            lines[0] += f" ({labels.whole_work})"
        lines += (f"{each.label}: {each.text}" if each.label else each.text for each in note.said)
        yield note, "\n".join(lines)
    if work.scores:
        rows = (
            f"{each.criterion}: {each.score} ({each.scale}){f' - {each.reason}' if each.reason else ''}"
            for each in work.all_scores()
        )
        yield None, "\n".join((labels.scores, *rows))

"""Writes what is given back in Markdown."""

import re
from collections.abc import Iterator

from chorus_documents.writing.marked_text import MarkedSegment, paragraphs
from chorus_documents.writing.returned_work import Note, ReturnedWork
from chorus_documents.writing.visible import visible

# Characters that are markup anywhere, and such as are markup where a line begins.
_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~]")
_FIRST = re.compile(r"^(\s*\d*)([#+=-]|(?<=\d)[.)](?=\s|$))")
_SPACE = re.compile(r"\s+")


def escaped(text: str) -> str:
    """Escapes a text of one line, so that Markdown shows it as it is."""
    return _FIRST.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", visible(text)))


def markdown(work: ReturnedWork) -> str:
    """Returns the document. In the text, brackets with a note's number stand around its passage."""
    return "\n\n".join(filter(None, _parts(work))) + "\n"


def _parts(work: ReturnedWork) -> Iterator[str]:
    labels = work.labels
    yield f"# {labels.feedback}: {_line(work.title)}"
    for paragraph in paragraphs(work.text, work.passages()):
        yield "\\\n".join("".join(map(_segment, line)).strip() for line in paragraph.lines)
    if work.notes:
        yield "---"
    for number, note in enumerate(work.notes, start=1):
        yield from _note(number, note, work)
    if work.scores:
        yield f"## {labels.scores}"
        head = (labels.criterion, labels.score, labels.scale, labels.reason)
        rows = [
            head,
            ("---",) * len(head),
            *(
                (_line(each.criterion), each.score, each.scale, _line(each.reason))
                for each in work.all_scores()
            ),
        ]
        yield "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _note(number: int, note: Note, work: ReturnedWork) -> Iterator[str]:
    yield f"### {number}. {_line(note.heading)}"
    yield f"> {_line(note.quote)}" if note.quote else f"*{work.labels.whole_work}*"
    for each in note.said:
        yield f"**{each.label}:** {_line(each.text)}" if each.label else _line(each.text)


def _segment(segment: MarkedSegment) -> str:
    opening = "".join(f"\\[{each}: " for each in segment.opening)
    closing = "\\]" * len(segment.closing)
    return f"{opening}{escaped(segment.text)}{closing}"


def _line(text: str) -> str:
    return escaped(_SPACE.sub(" ", text).strip())

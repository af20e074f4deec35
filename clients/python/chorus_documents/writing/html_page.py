"""Writes what is given back as a page in HTML, in one file that needs no other and runs no script."""

from collections.abc import Iterator
from html import escape
from itertools import chain

from chorus_documents.writing.marked_text import MarkedParagraph, MarkedSegment, paragraphs
from chorus_documents.writing.returned_work import Note, ReturnedWork
from chorus_documents.writing.visible import visible

_STYLE = """
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  word-break: keep-all; overflow-wrap: anywhere; color: #1a1a1a; background: #fff }
mark { background: #fff3b0; color: inherit }
sup { font-weight: bold }
section.note { border-left: .25rem solid #6b7280; padding-left: 1rem; margin: 1rem 0; break-inside: avoid }
blockquote { margin: 0; font-style: italic }
p.said { white-space: pre-line }
table { border-collapse: collapse }
th, td { border: 1px solid #9ca3af; padding: .25rem .5rem; text-align: left; vertical-align: top }
@media (prefers-color-scheme: dark) {
  body { background: #16181d; color: #e8e8e8 }
  mark { background: #5b4a00 }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html(work: ReturnedWork) -> str:
    """Returns the document."""
    labels = work.labels
    title = f"{_shown(labels.feedback)}: {_shown(work.title)}"
    head = (
        f'<!DOCTYPE html>\n<html lang="{escape(labels.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
    )
    body = chain(
        (_paragraph(each) for each in paragraphs(work.text, work.passages())),
        (_note(number, note, work) for number, note in enumerate(work.notes, start=1)),
        _scores(work),
    )
    return "\n".join((head, *body, "</body>\n</html>\n"))


def _paragraph(paragraph: MarkedParagraph) -> str:
    lines = ("".join(map(_segment, line)) for line in paragraph.lines)
    return f"<p>{'<br>'.join(lines)}</p>"


def _segment(segment: MarkedSegment) -> str:
    if not segment.points:
        return _shown(segment.text)
    numbers = "".join(f'<sup><a href="#n{each}">{each}</a></sup>' for each in segment.closing)
    return f"<mark>{_shown(segment.text)}</mark>{numbers}"


def _note(number: int, note: Note, work: ReturnedWork) -> str:
    quote = f"<blockquote>{_shown(note.quote)}</blockquote>" if note.quote else _whole(work)
    said = "".join(
        f'<p class="said">{f"<b>{_shown(each.label)}:</b> " if each.label else ""}{_shown(each.text)}</p>'
        for each in note.said
    )
    heading = f"<h2>{number}. {_shown(note.heading)}</h2>"
    return f'<section class="note" id="n{number}">{heading}{quote}{said}</section>'


def _whole(work: ReturnedWork) -> str:
    return f"<p><i>{_shown(work.labels.whole_work)}</i></p>"


def _scores(work: ReturnedWork) -> Iterator[str]:
    if not work.scores:
        return
    labels = work.labels
    yield f"<h2>{_shown(labels.scores)}</h2>"
    yield "<table>"
    head = (labels.criterion, labels.score, labels.scale, labels.reason)
    yield _row("th", head)
    for each in work.all_scores():
        yield _row("td", (each.criterion, each.score, each.scale, each.reason))
    yield "</table>"


def _row(cell: str, texts: tuple[str, ...]) -> str:
    return f"<tr>{''.join(f'<{cell}>{_shown(each)}</{cell}>' for each in texts)}</tr>"


def _shown(text: str) -> str:
    return escape(visible(text))

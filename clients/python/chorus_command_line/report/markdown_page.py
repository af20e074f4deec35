"""Writes reports in Markdown."""

from collections.abc import Iterator, Sequence

from chorus_command_line.report.page import PointNote, ReportPage, ScoreRow, SummaryLine
from chorus_command_line.screen import quoted
from chorus_documents.writing.markdown import escaped
from chorus_documents.writing.marked_text import MarkedSegment

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def markdown(pages: Sequence[ReportPage]) -> str:
    """Returns the document. In the text, brackets with a point's number stand around its passage."""
    return "\n\n".join(part for page in pages for part in _page(page) if part) + "\n"


def _page(page: ReportPage) -> Iterator[str]:
    words, labels = page.words, page.words.note.labels
    yield f"# {labels.feedback}: {escaped(page.name)}"
    if page.task:
        yield f"**{words.task}:** {escaped(page.task)}"
    yield escaped(page.readers)
    if page.summary:
        author = f" ({escaped(page.author)})" if page.author else ""
        yield f"## {words.summary}{author}"
        yield "\n".join(map(_sentence, page.summary))
    yield f"## {words.text}"
    for paragraph in page.paragraphs:
        yield "\\\n".join("".join(map(_segment, line)).strip() for line in paragraph.lines)
    yield f"## {words.points_heading}" if page.notes else page.no_points
    for note in page.notes.values():
        yield from _note(note, page)
    if page.scores or page.unjudged:
        yield f"## {labels.scores}"
        yield from _scores(page)
    if page.injections:
        yield f"## {words.injections_heading}"
        yield "\n".join(
            f"- {words.note.quotation.format(text=escaped(quoted(each)))}" for each in page.injections
        )
        yield words.injections_note
        yield words.injections_confirmed if page.injections_confirmed else words.injections_unconfirmed
    yield "---"
    yield from _ending(page)


def _sentence(sentence: SummaryLine) -> str:
    rests_on = f" ({', '.join(sentence.numbers)})" if sentence.numbers else ""
    # A bare plus would begin a list within the list.
    mark = "\\+" if sentence.is_praise else "→"
    return f"- {mark} {escaped(sentence.text)}{rests_on}"


def _segment(segment: MarkedSegment) -> str:
    opening = "".join(f"\\[{each.translate(_SUPERSCRIPT)}" for each in segment.opening)
    closing = "".join(f"\\]{each.translate(_SUPERSCRIPT)}" for each in reversed(segment.closing))
    return f"{opening}{escaped(segment.text)}{closing}"


def _note(note: PointNote, page: ReportPage) -> Iterator[str]:
    words = page.words.note
    yield f"### {note.number}. {escaped(note.heading)}{escaped(note.about)}"
    yield f"> {escaped(quoted(note.quote))}" if note.quote else f"*{words.labels.whole_work}*"
    yield escaped(note.observation)
    said = ((words.why, note.reason), (words.next_step, note.next_step), (words.rewrite, note.rewrite))
    yield "\n".join(f"- **{label}:** {escaped(text)}" for label, text in said if text)
    yield f"*{escaped(note.who)}*"


def _scores(page: ReportPage) -> Iterator[str]:
    words = page.words
    head = (words.note.labels.criterion, words.note.labels.score, words.range, words.agreement)
    if not page.scores:
        yield words.nothing_scored
        return
    rows = (head, ["---"] * len(head), *map(_score, page.scores))
    yield "\n".join(f"| {' | '.join(row)} |" for row in rows)
    if page.unjudged:
        yield f"**{words.not_scored}:** {', '.join(map(escaped, page.unjudged))}"
    yield f"**{words.total}:** {page.total}"


def _score(score: ScoreRow) -> Sequence[str]:
    scale = f" ({score.scale})" if score.scale else ""
    return escaped(score.title), score.score, f"{score.range}{scale}", score.agreement


def _ending(page: ReportPage) -> Iterator[str]:
    words = page.words
    yield f"**{words.panel}:** {page.panel}"
    if page.missing:
        yield f"**{words.missing}:** {', '.join(map(escaped, page.missing))}"
    yield f"**{words.feedback_id}:** {escaped(page.feedback_id)}"

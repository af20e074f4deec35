"""Writes reports in Markdown."""

import re
from collections.abc import Iterator, Sequence

from chorus_command_line.report.marked_text import MarkedSegment
from chorus_command_line.report.page import PointNote, ReportPage, ScoreRow, SummaryLine
from chorus_command_line.screen import quoted, safe

# Characters that are markup anywhere, and such as are markup where a line begins.
_SPECIAL = re.compile(r"[\\`*_\[\]<>&|~]")
_FIRST = re.compile(r"^(\s*\d*)([#+=-]|(?<=\d)[.)](?=\s|$))")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def markdown(pages: Sequence[ReportPage]) -> str:
    """Returns the document. In the text, brackets with a point's number stand around its passage."""
    return "\n\n".join(part for page in pages for part in _page(page) if part) + "\n"


def _page(page: ReportPage) -> Iterator[str]:
    words = page.words
    yield f"# {words.report}: {_shown(page.name)}"
    if page.task:
        yield f"**{words.task}:** {_shown(page.task)}"
    yield _shown(page.readers)
    if page.summary:
        author = f" ({_shown(page.author)})" if page.author else ""
        yield f"## {words.summary}{author}"
        yield "\n".join(map(_sentence, page.summary))
    yield f"## {words.text}"
    for paragraph in page.paragraphs:
        yield "\\\n".join("".join(map(_segment, line)).strip() for line in paragraph.lines)
    yield f"## {words.points_heading}" if page.notes else page.no_points
    for note in page.notes.values():
        yield from _note(note, page)
    if page.scores or page.unjudged:
        yield f"## {words.scores_heading}"
        yield from _scores(page)
    if page.injections:
        yield f"## {words.injections_heading}"
        yield "\n".join(f"- {words.quotation.format(text=_shown(quoted(each)))}" for each in page.injections)
        yield words.injections_note
        yield words.injections_confirmed if page.injections_confirmed else words.injections_unconfirmed
    yield "---"
    yield from _ending(page)


def _sentence(sentence: SummaryLine) -> str:
    rests_on = f" ({', '.join(sentence.numbers)})" if sentence.numbers else ""
    # A bare plus would begin a list within the list.
    mark = "\\+" if sentence.is_praise else "→"
    return f"- {mark} {_shown(sentence.text)}{rests_on}"


def _segment(segment: MarkedSegment) -> str:
    opening = "".join(f"\\[{each.translate(_SUPERSCRIPT)}" for each in segment.opening)
    closing = "".join(f"\\]{each.translate(_SUPERSCRIPT)}" for each in reversed(segment.closing))
    return f"{opening}{_shown(segment.text)}{closing}"


def _note(note: PointNote, page: ReportPage) -> Iterator[str]:
    words = page.words
    yield f"### {note.number}. {_shown(note.heading)}{_shown(note.about)}"
    yield f"> {_shown(quoted(note.quote))}" if note.quote else f"*{words.whole_text}*"
    yield _shown(note.observation)
    said = ((words.why, note.reason), (words.next_step, note.next_step), (words.rewrite, note.rewrite))
    yield "\n".join(f"- **{label}:** {_shown(text)}" for label, text in said if text)
    yield f"*{_shown(note.who)}*"


def _scores(page: ReportPage) -> Iterator[str]:
    words = page.words
    head = (words.criterion, words.score, words.range, words.agreement)
    if page.scores:
        rows = (head, ["---"] * len(head), *map(_score, page.scores))
        yield "\n".join(f"| {' | '.join(row)} |" for row in rows)
    if page.unjudged:
        yield f"**{words.not_scored}:** {', '.join(map(_shown, page.unjudged))}"
    yield f"**{words.total}:** {page.total}"


def _score(score: ScoreRow) -> Sequence[str]:
    scale = f" ({score.scale})" if score.scale else ""
    return _shown(score.title), score.score, f"{score.range}{scale}", score.agreement


def _ending(page: ReportPage) -> Iterator[str]:
    words = page.words
    yield f"**{words.panel}:** {page.panel}"
    if page.missing:
        yield f"**{words.missing}:** {', '.join(map(_shown, page.missing))}"
    yield f"**{words.feedback_id}:** {_shown(page.feedback_id)}"


def _shown(text: str) -> str:
    """Escapes a text, so that Markdown shows it as it is."""
    return _FIRST.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", safe(text)))

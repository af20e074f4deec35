"""Checks how a text is divided into paragraphs."""

from collections.abc import Iterator

from services.proofreader.finding import MODERATE, STRENGTH, Finding
from services.proofreader.parsed_text import ParsedParagraph, ParsedText
from services.proofreader.reading import Reading

_MANY_SENTENCES = 10
_MOST_IN_ONE_PARAGRAPH = 12
_WELL_DIVIDED = range(3, 10)
_MAX_LONG = 2


def paragraphs(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds a long text without paragraphs and overlong paragraphs; praises a text that is well divided."""
    reading.check()
    body = submission.body()
    sentences = sum(len(each.sentences) for each in body)
    if len(body) == 1 and sentences >= _MANY_SENTENCES:
        values = {"sentences": str(sentences)}
        # No sentence of the text is what this is about.
        yield Finding("paragraph_none", "paragraph_focus", 0, 0, severity=MODERATE, values=values)
        return
    overlong = [each for each in body if len(each.sentences) > _MOST_IN_ONE_PARAGRAPH]
    for each in overlong[:_MAX_LONG]:
        opening = each.sentences[0]
        values = {"sentences": str(len(each.sentences))}
        yield Finding("paragraph_long", "paragraph_focus", opening.start, opening.end, values=values)
    if len(body) >= min(_WELL_DIVIDED) and all(_is_well_filled(each) for each in body):
        yield Finding("paragraph_clear", "paragraph_focus", 0, 0, polarity=STRENGTH)


def _is_well_filled(paragraph: ParsedParagraph) -> bool:
    return len(paragraph.sentences) in _WELL_DIVIDED

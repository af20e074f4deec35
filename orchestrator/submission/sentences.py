"""Splits a text into sentences."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex
from sentencex import get_sentence_boundaries

from modelkit.language import primary_subtag
from orchestrator.submission.korean_sentences import korean_starts
from orchestrator.submission.reading_threads import Checkpoint, going_on

# An empty line ends a sentence, whatever stands before it.
_PARAGRAPH = regex.compile(r"\S(?:.*?\S)??(?=\s*\n\s*\n|\s*\Z)", regex.DOTALL)
# Of thousands of quotation marks the time to find sentences grows with the square.
_MAX_PASSAGE = 5_000


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """A sentence's half-open range in the visible text, without the white space around it."""

    start: int
    end: int


def split_sentences(text: str, language_code: str, check: Checkpoint = going_on) -> tuple[SentenceSpan, ...]:
    """Returns the sentences in order. Together they hold everything but the white space between them."""
    language = primary_subtag(language_code)
    return tuple(_sentences(text, language, check))


def _sentences(text: str, language: str, check: Checkpoint) -> Iterator[SentenceSpan]:
    for paragraph in _PARAGRAPH.finditer(text):
        check()
        # The splitters may drop a character between two sentences, so only the starts are taken from them.
        starts = [start for start in _starts(text, *paragraph.span(), language) if start > paragraph.start()]
        for start, end in zip([paragraph.start(), *starts], [*starts, paragraph.end()], strict=True):
            sentence = text[start:end]
            if not sentence.isspace():
                yield SentenceSpan(
                    start + len(sentence) - len(sentence.lstrip()), start + len(sentence.rstrip())
                )


def _starts(text: str, start: int, end: int, language: str) -> Iterator[int]:
    starts = _starts_by_punctuation(text, start, end, language)
    return korean_starts(text, start, end, starts) if language == "ko" else starts


def _starts_by_punctuation(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Yields where sentences start after `start`, passage by passage."""
    while start < end:
        passage = text[start : min(end, start + _MAX_PASSAGE)]
        boundaries = get_sentence_boundaries(language, passage)
        starts = [start + each["start_index"] for each in boundaries if each["start_index"]]
        if start + len(passage) == end:
            yield from starts
            return
        # Where the last sentence starts depends on what follows, so it is read again, with the one before it.
        sure = starts[:-1] or starts
        yield from sure
        start = sure[-1] if sure else start + len(passage)

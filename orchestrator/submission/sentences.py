"""Splits a text into sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import regex
from sentencex import get_sentence_boundaries

from modelkit.language import primary_subtag
from orchestrator.submission.korean_sentences import korean_starts
from orchestrator.submission.reading_threads import Checkpoint, going_on

_SPACES = regex.compile(r"\s{2,}")
_LINE_BREAKS = 2
# After a capital letter, sentencex 1.0.32 takes the space before a full stop for one byte, and panics.
_WIDE_SPACE = regex.compile(r"[^\S\x00-\x7f](?=\.)")
# The time to find sentences grows with the cube of the quotation marks and brackets in a passage, so that one
# with as many of them ends there.
_MAX_PASSAGE = 5_000
_MAX_MARKS = 400
_MARK = regex.compile(r"[\p{Pi}\p{Pf}\p{Ps}\p{Pe}\"']")


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
    for first, last in _paragraphs(text):
        check()
        # The splitters may drop a character between two sentences, so only the starts are taken from them.
        starts = [start for start in _starts(text, first, last, language, check) if start > first]
        for start, end in zip([first, *starts], [*starts, last], strict=True):
            sentence = text[start:end]
            if not sentence.isspace():
                yield SentenceSpan(
                    start + len(sentence) - len(sentence.lstrip()), start + len(sentence.rstrip())
                )


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yields what is between empty lines: one ends a sentence, whatever stands before it."""
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    for spaces in _SPACES.finditer(text, start, end):
        if text.count("\n", *spaces.span()) >= _LINE_BREAKS:
            yield start, spaces.start()
            start = spaces.end()
    if start < end:
        yield start, end


def _starts(text: str, start: int, end: int, language: str, check: Checkpoint) -> Iterator[int]:
    starts = _starts_by_punctuation(text, start, end, language, check)
    return korean_starts(text, start, end, starts) if language == "ko" else starts


def _starts_by_punctuation(
    text: str, start: int, end: int, language: str, check: Checkpoint
) -> Iterator[int]:
    """Yields where sentences start after `start`, passage by passage."""
    while start < end:
        check()
        passage = text[start : _passage_end(text, start, end)]
        boundaries = get_sentence_boundaries(language, _WIDE_SPACE.sub(" ", passage))
        starts = [start + each["start_index"] for each in boundaries if each["start_index"]]
        if start + len(passage) == end:
            yield from starts
            return
        # Where the last sentence starts depends on what follows, so it is read again, with the one before it.
        sure = starts[:-1] or starts
        yield from sure
        start = sure[-1] if sure else start + len(passage)


def _passage_end(text: str, start: int, end: int) -> int:
    """Returns where a passage ends that is short enough to be read at once."""
    end = min(end, start + _MAX_PASSAGE)
    beyond = next(islice(_MARK.finditer(text, start, end), _MAX_MARKS, None), None)
    return end if beyond is None else beyond.start()

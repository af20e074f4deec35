"""Finds punctuation that is wrong in Korean and English alike."""

import re
from collections.abc import Iterator

from services.proofreader.finding import Finding
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading

_WORD = r"[^\W\d_]"
# The pattern of a fault, its wording, and what replaces the match.
_RULES = (
    (re.compile(rf"(?<={_WORD}) +([.,;!?])(?=\s|$)"), "punctuation_space_before", r"\1"),
    (
        re.compile(rf"(?<={_WORD}{{3}})([,;!?])(?={_WORD}{{2}})(?!라[고는며])"),
        "punctuation_space_after",
        r"\1 ",
    ),
    (re.compile(r"(?<=[a-z]{3})(\.)(?=[A-Z][a-z])"), "punctuation_space_after", r"\1 "),
    (re.compile(r"(?<=[가-힣]다)(\.)(?=[가-힣]{2})(?!라[고는며])"), "punctuation_space_after", r"\1 "),
    (re.compile(r"(?<![.,!?])([,;])\1+(?![.,!?])|(?<!\.)\.\.(?!\.)"), "punctuation_double", ""),
)
_ADDRESS_OR_CODE = re.compile(r"[=/\\_@<>{}\d]")
_MAX_EACH = 2
# What is longer without a space is no word with its punctuation.
_LONGEST_WORD = 100
_MANY_SENTENCES = 3


def punctuation(submission: ParsedText, reading: Reading) -> Iterator[Finding]:
    """Finds spaces on the wrong side of a mark, doubled marks, and a last sentence without its mark."""
    text = submission.text
    for pattern, wording, replacement in _RULES:
        reading.check()
        matches = (each for each in pattern.finditer(text) if _is_prose(submission, each))
        for found, _ in zip(matches, range(_MAX_EACH), strict=False):
            start, end = _with_words(text, found.start(), found.end())
            mark = found.expand(replacement) if replacement else found.group()[0]
            rewrite = text[start : found.start()] + mark + text[found.end() : end]
            yield Finding(
                wording, "punctuation", start, end, values={"quote": text[start:end]}, rewrite=rewrite
            )
    yield from _unfinished(submission)


def _is_prose(submission: ParsedText, found: re.Match[str]) -> bool:
    if not submission.is_own(found.start(), found.end()):
        return False
    start, end = _with_words(submission.text, found.start(), found.end())
    return end - start <= _LONGEST_WORD and not _ADDRESS_OR_CODE.search(submission.text, start, end)


def _unfinished(submission: ParsedText) -> Iterator[Finding]:
    """Yields the last sentence if it has no mark in a text whose other sentences end in one."""
    sentences = submission.sentences
    if len(sentences) < _MANY_SENTENCES or not submission.is_own(sentences[-1].start, sentences[-1].end):
        return
    marked = [each.text[-1:] in ".!?…\"'”’)」』" for each in sentences]
    last = sentences[-1]
    if all(marked[:-1]) and not marked[-1] and last.text[-1:].isalpha():
        yield Finding("punctuation_unfinished", "punctuation", last.start, last.end, rewrite=last.text + ".")


def _with_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widens a range to the words that it touches, or to more than any word has."""
    first, last = max(0, start - _LONGEST_WORD), min(len(text), end + _LONGEST_WORD)
    while start > first and not text[start - 1].isspace():
        start -= 1
    while end < last and not text[end].isspace():
        end += 1
    return start, end

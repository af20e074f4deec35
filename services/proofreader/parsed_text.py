"""Parses the text under review into sentences, paragraphs and quotations, as the rules read it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from modelkit.language import detect_language, primary_subtag
from services.proofreader.quoted_spans import QuotedSpans, quoted_spans

# No text has a sentence of a longer number.
_MARKER = re.compile(r"\[S(\d{1,7})\] ")
_SENTENCE_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’」』)\]]*+(?!\S)")
_PARAGRAPH = re.compile(r"\S(?:.*\S)?")
_CLOSING_MARKS = ".!?…\"'”’)"


@dataclass(frozen=True, slots=True)
class ParsedSentence:
    """A half-open range of the text.

    Attributes:
        id: Its number in the request, such as "S12"; "" where it has none.
    """

    id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class ParsedParagraph:
    """A line of the text that is not empty, with the sentences that begin in it."""

    start: int
    end: int
    sentences: tuple[ParsedSentence, ...]


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A text without the numbers of its sentences.

    Attributes:
        language: "ko", "en" or "other".
        quoted: What is not the author's own words.
    """

    text: str
    language: str
    sentences: tuple[ParsedSentence, ...]
    paragraphs: tuple[ParsedParagraph, ...]
    quoted: QuotedSpans

    @classmethod
    def read(cls, numbered: str, language_code: str = "") -> "ParsedText":
        """Parses a text whose sentences may be preceded by their numbers, "[S1] ", "[S2] " and so on.

        Args:
            numbered: The text with its numbers.
            language_code: Trusted if it is given; else the language is detected.
        """
        text, starts = _without_markers(numbered)
        sentences = tuple(_numbered(text, starts) if starts else _unnumbered(text))
        return cls(
            text=text,
            language=_language(text, language_code),
            sentences=sentences,
            paragraphs=tuple(_paragraphs(text, sentences)),
            quoted=quoted_spans(text),
        )

    def is_own(self, start: int, end: int) -> bool:
        """Returns whether the range holds the author's own words: no quotation, address, citation or code."""
        return not self.quoted.touch(start, end)

    def body(self) -> list[ParsedParagraph]:
        """Returns the author's own paragraphs that end in a mark, as no title or heading does."""
        return [
            each
            for each in self.paragraphs
            if self.text[each.end - 1] in _CLOSING_MARKS and self.is_own(each.start, each.start + 1)
        ]

    def sentence_ids(self, start: int, end: int) -> list[str]:
        """Returns the numbers of the sentences that a range touches."""
        first = bisect_right(self.sentences, start, key=lambda each: each.end)
        last = bisect_left(self.sentences, end, key=lambda each: each.start)
        return [each.id for each in self.sentences[first:last] if each.id]


def _without_markers(numbered: str) -> tuple[str, list[int]]:
    pieces: list[str] = []
    starts: list[int] = []
    length = end = 0
    for marker in _MARKER.finditer(numbered):
        # The author wrote whatever else looks like a number.
        if int(marker[1]) != len(starts) + 1:
            continue
        piece = numbered[end : marker.start()]
        pieces.append(piece)
        length += len(piece)
        starts.append(length)
        end = marker.end()
    return "".join((*pieces, numbered[end:])), starts


def _numbered(text: str, starts: list[int]) -> Iterator[ParsedSentence]:
    for number, (start, limit) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True), start=1):
        sentence = text[start:limit].rstrip()
        yield ParsedSentence(f"S{number}", start, start + len(sentence), sentence)


def _unnumbered(text: str) -> Iterator[ParsedSentence]:
    """Yields the sentences of each line: they end after a mark that white space follows."""
    for line in _PARAGRAPH.finditer(text):
        start = line.start()
        for found in _SENTENCE_END.finditer(text, start, line.end()):
            # A single mark at the beginning ends nothing.
            if found.end() > start + 1:
                yield ParsedSentence("", start, found.end(), text[start : found.end()])
                start = _next_word(text, found.end(), line.end())
        if start < line.end():
            yield ParsedSentence("", start, line.end(), text[start : line.end()])


def _next_word(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _paragraphs(text: str, sentences: tuple[ParsedSentence, ...]) -> Iterator[ParsedParagraph]:
    starts = [each.start for each in sentences]
    for line in _PARAGRAPH.finditer(text):
        inside = slice(bisect_left(starts, line.start()), bisect_left(starts, line.end()))
        yield ParsedParagraph(line.start(), line.end(), sentences[inside])


def _language(text: str, language_code: str) -> str:
    primary = primary_subtag(language_code or detect_language(text))
    return primary if primary in {"ko", "en"} else "other"

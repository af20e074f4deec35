"""Cuts a text where points begin and end, so that their marks may overlap."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

# A line, with its end outside of the group.
_LINE = re.compile(r"([^\r\n]*)(?:\r\n?|\n|\Z)")


@dataclass(frozen=True, slots=True, order=True)
class PointSpan:
    """The half-open range of code points that a point is about, without white space at its ends."""

    start: int
    end: int
    point: str

    @classmethod
    def of(cls, text: str, start: int, end: int, point: str) -> "PointSpan | None":
        """Returns the range without the white space around it, or None if nothing is left."""
        said = text[start:end]
        start += len(said) - len(said.lstrip())
        kept = text[start:end].rstrip()
        return cls(start, start + len(kept), point) if kept else None


@dataclass(frozen=True, slots=True)
class MarkedSegment:
    """A piece of a line, throughout which the same points are marked.

    Attributes:
        points: The numbers of the points that are marked.
        opening: Those of them whose range begins with it.
        closing: Those of them whose range ends with it.
    """

    text: str
    points: Sequence[str] = ()
    opening: Sequence[str] = ()
    closing: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MarkedParagraph:
    """Lines with no empty one between them, and the points whose ranges begin there."""

    lines: Sequence[Sequence[MarkedSegment]]
    points: Sequence[str]


def paragraphs(text: str, spans: Sequence[PointSpan]) -> Iterator[MarkedParagraph]:
    """Yields the text's paragraphs in their order, without line ends and empty lines."""
    lines: list[Sequence[MarkedSegment]] = []
    for match in _LINE.finditer(text):
        if match[1].strip():
            lines.append(tuple(_segments(text, match.start(1), match.end(1), spans)))
        elif lines:
            yield _paragraph(lines)
            lines = []
    if lines:
        yield _paragraph(lines)


def _paragraph(lines: Sequence[Sequence[MarkedSegment]]) -> MarkedParagraph:
    return MarkedParagraph(lines, [point for line in lines for segment in line for point in segment.opening])


def _segments(text: str, start: int, end: int, spans: Sequence[PointSpan]) -> Iterator[MarkedSegment]:
    here = [each for each in spans if each.start < end and each.end > start]
    edges = {start, end, *(each.start for each in here), *(each.end for each in here)}
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    for left, right in pairwise(cuts):
        covering = [each for each in here if each.start <= left and each.end >= right]
        yield MarkedSegment(
            text[left:right],
            points=[each.point for each in covering],
            opening=[each.point for each in covering if each.start == left],
            closing=[each.point for each in covering if each.end == right],
        )

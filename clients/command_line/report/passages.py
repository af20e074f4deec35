"""A text cut where points begin and end, so that marks may overlap."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

# A line, and the end of it.
_LINE = re.compile(r"([^\r\n]*)(?:\r\n?|\n|\Z)")


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """Where a point stands: a half-open range of code points, no white space at its ends."""

    start: int
    end: int
    point: str

    @classmethod
    def of(cls, text: str, start: int, end: int, point: str) -> "Passage | None":
        """The passage without the white space around it; None if nothing is left."""
        said = text[start:end]
        start += len(said) - len(said.lstrip())
        kept = text[start:end].rstrip()
        return cls(start, start + len(kept), point) if kept else None


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a line that lies in the same passages throughout.

    Attributes:
        points: Whose passages it lies in.
        opening: Whose passages begin with it.
        closing: Whose passages end with it.
    """

    text: str
    points: Sequence[str] = ()
    opening: Sequence[str] = ()
    closing: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines with no empty one between them, and the points whose passages begin there."""

    lines: Sequence[Sequence[Segment]]
    points: Sequence[str]


def paragraphs(text: str, passages: Sequence[Passage]) -> Iterator[Paragraph]:
    """The text's paragraphs in their order; line ends and empty lines are left out."""
    lines: list[Sequence[Segment]] = []
    for match in _LINE.finditer(text):
        if match[1].strip():
            lines.append(tuple(_segments(text, match.start(1), match.end(1), passages)))
        elif lines:
            yield _paragraph(lines)
            lines = []
    if lines:
        yield _paragraph(lines)


def _paragraph(lines: Sequence[Sequence[Segment]]) -> Paragraph:
    return Paragraph(lines, [point for line in lines for segment in line for point in segment.opening])


def _segments(text: str, start: int, end: int, passages: Sequence[Passage]) -> Iterator[Segment]:
    here = [each for each in passages if each.start < end and each.end > start]
    edges = {start, end, *(each.start for each in here), *(each.end for each in here)}
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    for left, right in pairwise(cuts):
        covering = [each for each in here if each.start <= left and each.end >= right]
        yield Segment(
            text[left:right],
            points=[each.point for each in covering],
            opening=[each.point for each in covering if each.start == left],
            closing=[each.point for each in covering if each.end == right],
        )

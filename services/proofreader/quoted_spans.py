"""Finds what is not the author's own words: no rule corrects its spelling or style.

Each pattern reads a text of any form in time that grows with its length alone. What it looks for begins where
something like it cannot have begun before, ends within a bound or on the same line, and is not read twice.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_QUOTED = re.compile(
    r"""
    https?://\S+ | www\.\S+                                                # addresses
    | (?<![^\s@])[^\s@]++@[^\s@]+\.\w++ | (?<![\w-])(?<![\w-]\.)[\w-]++(?:\.[\w-]++)++/\S*
    | ```.*?``` | `[^`\n]++`                                               # code
    | “[^“”]{1,1500}+” | "[^"\n]{1,1500}+" | «[^«»]{1,1500}+»              # quotations
    | ‘[^‘’\n]{1,300}+’ | (?<!\w)'[^'\n]{1,300}+'(?:(?!\w)|(?=[가-힣]))
    | 「[^「」]{1,300}+」 | 『[^『』]{1,300}+』 | 《[^《》]{1,300}+》 | 〈[^〈〉]{1,300}+〉
    | <[^<>\n]{1,300}+>
    | \([^()]{0,200}\b(?:1[5-9]|20)\d\d[^()]{0,100}+\)                      # citations
    """,
    re.VERBOSE | re.DOTALL,
)
# One entry of a list of references, wherever it stands.
_REFERENCE = re.compile(
    r"^[^\S\n]*+(?:\d++\.\s?)?[^\S\n]*+[A-Z][\w’'-]++,\s[A-Z]\.[^\n]*\((?:1[5-9]|20)\d\d[^\n]*+$"
    r"|^(?=[^\n]*doi\.org/|(?>[^\n]*?\bRetrieved\b)[^\n]* from )[^\n]*+$",
    re.MULTILINE,
)
_REFERENCES = re.compile(
    r"^[^\S\n]*+(?:references|bibliography|works cited|참고\s?문헌)[^\S\n]*+:?[^\S\n]*+$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class QuotedSpans:
    """Half-open ranges of a text, in order and without overlaps."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> "QuotedSpans":
        """Joins those that overlap."""
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(spans):
            if ends and start < ends[-1]:
                ends[-1] = max(ends[-1], end)
            else:
                starts.append(start)
                ends.append(end)
        return cls(tuple(starts), tuple(ends))

    def touch(self, start: int, end: int) -> bool:
        """Returns whether any of them holds a part of `[start, end)`."""
        place = bisect_right(self.ends, start)
        return place < len(self.starts) and self.starts[place] < end


def quoted_spans(text: str) -> QuotedSpans:
    """Returns the ranges of addresses, code, quotations, citations and lists of references."""
    return QuotedSpans.of(_spans(text))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    references = _REFERENCES.search(text)
    end = references.start() if references else len(text)
    for pattern in (_QUOTED, _REFERENCE):
        for found in pattern.finditer(text, 0, end):
            yield found.span()
    if references:
        yield end, len(text)

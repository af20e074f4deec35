"""Extracts what a person sees of a text: composed, and without invisible characters."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from orchestrator.submission.reading_threads import Checkpoint, going_on

# Zero-width, bidi, tag and filler characters, variation selectors, and the controls that are not white space.
_INVISIBLE = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB[\p{Cc}--[\t\n\v\f\r\x85]]]", regex.VERSION1
)
# A pair of regional indicators is matched first, because `\X` alone counts all those before each of them.
_GRAPHEME_CLUSTER = regex.compile(r"\p{RI}{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*|\X")
# No two of these characters are of one cluster, whatever their order.
_SINGLE_CHARACTERS = regex.compile(r"[\p{GCB=Other}\p{GCB=LV}\p{GCB=LVT}\p{GCB=LF}\p{GCB=Control}]*+")
# Nobody writes a longer cluster, and thousands of marks take minutes to be put in order.
_MAX_CLUSTER_LENGTH = 64
# So many clusters are read between two checkpoints, in some milliseconds.
_CLUSTERS_A_STEP = 1_000


@dataclass(frozen=True, slots=True)
class VisibleText:
    """The text that models and rules read, and where each of its characters came from.

    Attributes:
        text: The visible text.
        starts: For each of its characters, where what it came from starts in the text as received.
        ends: For each of its characters, where what it came from ends there.
        cluster_offsets: Where the grapheme clusters of the text as received start, and its length.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    cluster_offsets: Sequence[int]

    @classmethod
    def of(cls, text: str, check: Checkpoint = going_on) -> "VisibleText":
        """Extracts the visible text of a text as received."""
        cluster_offsets = _cluster_offsets(text, check)
        if _INVISIBLE.search(text) is None and unicodedata.is_normalized("NFC", text):
            return cls(text, range(len(text)), range(1, len(text) + 1), cluster_offsets)
        offsets = [offset for offset, character in enumerate(text) if _INVISIBLE.match(character) is None]
        check()
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        # Composition never crosses a cluster, so each cluster is composed by itself.
        seen = "".join(text[offset] for offset in offsets)
        for start, end in _clusters(seen, check):
            composed = unicodedata.normalize("NFC", seen[start:end])
            pieces.append(composed)
            starts += [offsets[start]] * len(composed)
            ends += [offsets[end - 1] + 1] * len(composed)
        return cls("".join(pieces), starts, ends, cluster_offsets)

    def received_span(self, start: int, end: int) -> tuple[int, int]:
        """Returns where `[start, end)` is in the text as received, in whole grapheme clusters."""
        return self.widened_to_clusters(self.starts[start], self.ends[end - 1])

    def widened_to_clusters(self, start: int, end: int) -> tuple[int, int]:
        """Widens a span of the text as received to whole grapheme clusters."""
        first = bisect_right(self.cluster_offsets, start) - 1
        last = bisect_left(self.cluster_offsets, end)
        return self.cluster_offsets[first], self.cluster_offsets[last]


def strip_invisible(text: str) -> str:
    """Returns the text composed (NFC) and without invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", text)
    if unicodedata.is_normalized("NFC", text):
        return text
    return "".join(unicodedata.normalize("NFC", text[start:end]) for start, end in _clusters(text))


def _cluster_offsets(text: str, check: Checkpoint) -> Sequence[int]:
    if _SINGLE_CHARACTERS.fullmatch(text):
        return range(len(text) + 1)
    return [0, *(end for _, end in _clusters(text, check))]


def _clusters(text: str, check: Checkpoint = going_on) -> Iterator[tuple[int, int]]:
    for number, match in enumerate(_GRAPHEME_CLUSTER.finditer(text)):
        if number % _CLUSTERS_A_STEP == 0:
            check()
        for start in range(match.start(), match.end(), _MAX_CLUSTER_LENGTH):
            yield start, min(start + _MAX_CLUSTER_LENGTH, match.end())

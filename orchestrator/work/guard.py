"""A copy that is safe to read: composed, and free of what a person could not see."""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import regex

# Zero-width, bidi, tag and filler characters, variation selectors, and controls that are no white space.
_INVISIBLE = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB[\p{Cc}--[\t\n\v\f\r\x85]]]", regex.VERSION1
)
# Tag characters spell out text that nobody sees, except in the flags of regions; so can a long run of other
# invisible characters, which no writer needs.
_HIDDEN = regex.compile(
    r"(?<!\U0001F3F4[\U000E0020-\U000E007F]*)[\U000E0020-\U000E007F]{4,}"
    r"|[\p{Default_Ignorable_Code_Point}--\u3164\u115F\u1160\uFFA0]{8,}",
    regex.VERSION1,
)
_CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class ReadingCopy:
    """A text as models and rules read it, and where each of its characters came from.

    Character `i` of `text` came from `[starts[i], ends[i])` of the text as received. `clusters` holds the
    offsets there at which a grapheme cluster begins, the end included.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    clusters: Sequence[int]

    def received_range(self, start: int, end: int) -> tuple[int, int]:
        """The place in the text as received of `[start, end)` here, in whole grapheme clusters."""
        return self.whole_clusters(self.starts[start], self.ends[end - 1])

    def whole_clusters(self, start: int, end: int) -> tuple[int, int]:
        """A range of the text as received, widened to whole grapheme clusters."""
        first = bisect_right(self.clusters, start) - 1
        last = bisect_left(self.clusters, end)
        return self.clusters[first], self.clusters[last]


def visible(text: str) -> str:
    """The text composed (NFC) and without invisible characters."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def hidden_passages(text: str) -> list[tuple[int, int]]:
    """Ranges of the text as received that may hold writing which no person sees."""
    return [match.span() for match in _HIDDEN.finditer(text)]


def reading_copy(text: str) -> ReadingCopy:
    """Makes the copy that is read instead of the text as received."""
    clusters = [0, *(match.end() for match in _CLUSTER.finditer(text))]
    if _INVISIBLE.search(text) is None and unicodedata.is_normalized("NFC", text):
        return ReadingCopy(text, range(len(text)), range(1, len(text) + 1), clusters)
    places = [place for place, character in enumerate(text) if _INVISIBLE.match(character) is None]
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    # Composition never crosses a cluster, so each is composed by itself.
    for match in _CLUSTER.finditer("".join(text[place] for place in places)):
        composed = unicodedata.normalize("NFC", match.group())
        pieces.append(composed)
        starts += [places[match.start()]] * len(composed)
        ends += [places[match.end() - 1] + 1] * len(composed)
    return ReadingCopy("".join(pieces), starts, ends, clusters)

"""A copy that is safe to read: composed, and free of what a person could not see."""

import base64
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
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
# A sentence or more in base64.
_ENCODED = regex.compile(r"(?<![\w+/.:-])[A-Za-z0-9+/]{24,}={0,2}(?![\w+/-])")
# By itself `\X` counts, for each regional indicator, all those before it.
_CLUSTER = regex.compile(r"\p{RI}{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*|\X")
# Nobody writes a longer one, and marks by the thousand take minutes to be put in order.
_LONGEST_CLUSTER = 64


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
    text = _INVISIBLE.sub("", text)
    if unicodedata.is_normalized("NFC", text):
        return text
    return "".join(unicodedata.normalize("NFC", text[start:end]) for start, end in _clusters(text))


def hidden_passages(text: str) -> list[tuple[int, int]]:
    """Ranges of the text as received that may hold writing which no person sees or reads."""
    encoded = (match.span() for match in _ENCODED.finditer(text) if _decodes(match.group()))
    return [*(match.span() for match in _HIDDEN.finditer(text)), *encoded]


def _decodes(letters: str) -> bool:
    try:
        decoded = base64.b64decode(letters, validate=True).decode()
    except ValueError:
        return False
    return decoded.isprintable() and " " in decoded


def reading_copy(text: str) -> ReadingCopy:
    """Makes the copy that is read instead of the text as received."""
    clusters = [0, *(end for _, end in _clusters(text))]
    if _INVISIBLE.search(text) is None and unicodedata.is_normalized("NFC", text):
        return ReadingCopy(text, range(len(text)), range(1, len(text) + 1), clusters)
    places = [place for place, character in enumerate(text) if _INVISIBLE.match(character) is None]
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    # Composition never crosses a cluster, so each is composed by itself.
    seen = "".join(text[place] for place in places)
    for start, end in _clusters(seen):
        composed = unicodedata.normalize("NFC", seen[start:end])
        pieces.append(composed)
        starts += [places[start]] * len(composed)
        ends += [places[end - 1] + 1] * len(composed)
    return ReadingCopy("".join(pieces), starts, ends, clusters)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    for match in _CLUSTER.finditer(text):
        for start in range(match.start(), match.end(), _LONGEST_CLUSTER):
            yield start, min(start + _LONGEST_CLUSTER, match.end())

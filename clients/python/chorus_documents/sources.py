"""Finds where in a file the characters of its text came from.

A file is read once more, with each character that is not white space replaced by a code point that stands for
its place. Whatever the reading does to a text of its form, it does to the replacements, too.
"""

from dataclasses import dataclass, field

from chorus_documents.document import Refusal, UnreadableDocument

# From here to the last one no code point is white space.
_FIRST = 0x40000
_LAST = 0x10FFFF
_NOWHERE = "x"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A character in a file.

    Attributes:
        element: Which one of the elements with text holds it, in the order of the file.
        offset: Its place in that element, in code points.
    """

    element: int
    offset: int


@dataclass(slots=True)
class Sources:
    """Replaces the characters of a text, element by element, and finds them in what was made of it."""

    _element: int = -1
    _offset: int = 0
    _found: list[Place] = field(default_factory=list)

    def begin(self) -> None:
        """Begins the next element with text."""
        self._element += 1
        self._offset = 0

    def mark(self, text: str) -> str:
        """Returns what stands for the next characters of the element.

        Raises:
            UnreadableDocument: These are more than can be told apart.
        """
        marked = []
        for each in text:
            if not each.isspace():
                self._found.append(Place(self._element, self._offset))
            marked.append(each if each.isspace() else self._latest())
            self._offset += 1
        return "".join(marked)

    def nowhere(self, text: str) -> str:
        """Returns what stands for characters whose place is of no use."""
        return "".join(each if each.isspace() else _NOWHERE for each in text)

    def places(self, text: str) -> list[Place | None]:
        """Returns the place that each character of a text stands for."""
        return [self._found[ord(each) - _FIRST] if ord(each) >= _FIRST else None for each in text]

    def _latest(self) -> str:
        code = _FIRST + len(self._found) - 1
        if code > _LAST:
            raise UnreadableDocument(Refusal.TOO_LONG)
        return chr(code)

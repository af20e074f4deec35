"""Puts the paragraphs, tables and notes of a document together as plain text."""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto

from chorus_documents.document import Refusal, UnreadableDocument


class Part(Enum):
    """What a document is made of. All but the paragraph hold parts, and a paragraph holds the text."""

    BODY = auto()
    PARAGRAPH = auto()
    TABLE = auto()
    ROW = auto()
    CELL = auto()
    # A text box, or a caption.
    BOX = auto()
    # A footnote or an endnote.
    NOTE = auto()


@dataclass(slots=True)
class _Open:
    part: Part
    pieces: list[str] = field(default_factory=list)
    # What is anchored in a paragraph, and follows it.
    after: list[str] = field(default_factory=list)
    # A paragraph that the next one goes on with.
    carried: "_Open | None" = None
    # The notes that a paragraph refers to, and which have not come yet.
    marked: deque[int] = field(default_factory=deque)
    number: int = 0

    def text(self) -> str:
        """Returns the part as plain text, stripped of what is empty."""
        if self.carried:
            self.pieces += self.carried.finished()
        match self.part:
            case Part.PARAGRAPH:
                return "".join(self.pieces).strip()
            case Part.ROW if len(self.pieces) > 1:
                return "\t".join(each.replace("\n\n", "\n") for each in self.pieces)
            case Part.TABLE:
                return "\n".join(filter(None, self.pieces))
            case Part.NOTE:
                return f"[{self.number}] " + "\n".join(filter(None, self.pieces))
        return "\n\n".join(filter(None, self.pieces))

    def finished(self) -> list[str]:
        """Returns the part, and what follows it."""
        return [self.text(), *self.after]


class Flow:
    """Builds the plain text of a document from its parts as they come.

    Blank lines part the paragraphs, and empty ones are dropped. A row of a table is a line with tabs between
    its cells; a row of one cell is a frame around paragraphs. Notes, boxes and tables that are anchored in a
    paragraph follow it.
    """

    def __init__(self, max_characters: int) -> None:
        """Args: max_characters: The most text that is taken."""
        self._left = max_characters
        self._notes = 0
        self._open = [_Open(Part.BODY)]

    def write(self, text: str) -> None:
        """Adds text to the innermost paragraph; text that is in none has no place.

        Raises:
            UnreadableDocument: That is more than is taken.
        """
        self._left -= len(text)
        if self._left < 0:
            raise UnreadableDocument(Refusal.TOO_LONG)
        if self._open[-1].part is Part.PARAGRAPH:
            self._open[-1].pieces.append(text)

    def open(self, part: Part) -> None:
        """Begins a part within the innermost open one."""
        holder, opened = self._open[-1], _Open(part)
        if part is Part.PARAGRAPH and holder.carried:
            opened, holder.carried = holder.carried, None
        if part is Part.NOTE:
            if not holder.marked:
                self.mark_note()
            opened.number = holder.marked.popleft()
        self._open.append(opened)

    def mark_note(self) -> None:
        """Writes the number of a note that comes later, but before the innermost part ends."""
        self._notes += 1
        self._open[-1].marked.append(self._notes)
        self.write(f"[{self._notes}]")

    def close(self, part: Part) -> None:
        """Ends the innermost part of a kind and what is open in it; if none is open, nothing."""
        if any(each.part is part for each in self._open[1:]):
            while self._close_innermost() is not part:
                pass

    def join(self) -> None:
        """Ends the innermost paragraph so that the next one goes on with it: its mark was deleted."""
        if self._open[-1].part is Part.PARAGRAPH:
            joined = self._open.pop()
            self._open[-1].carried = joined

    def text(self) -> str:
        """Closes what is open and returns the text."""
        while len(self._open) > 1:
            self._close_innermost()
        return self._open[0].text()

    def _close_innermost(self) -> Part:
        closed = self._open.pop()
        holder = self._open[-1]
        (holder.after if holder.part is Part.PARAGRAPH else holder.pieces).extend(closed.finished())
        return closed.part

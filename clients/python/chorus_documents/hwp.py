"""Reads the text of a hwp file: "Hwp Document File Formats 5.0", revision 1.3, by Hancom."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from olefile import OleFileIO

from chorus_documents.document import Document, Format, Refusal, UnreadableDocument
from chorus_documents.flow import Flow, Part
from chorus_documents.limits import MAX_PARTS, Limits

_SIGNATURE = b"HWP Document File"
_COMPRESSED = 1 << 0
_FOR_DISTRIBUTION = 1 << 2
# A password, rights management, and the two ways to encrypt by certificate.
_PROTECTED = (1 << 1) | (1 << 4) | (1 << 8) | (1 << 10)

_PARAGRAPH = 66
_PARAGRAPH_TEXT = 67
_CONTROL = 71
_LIST = 72
_TABLE = 77
_EQUATION = 88
_MEMO = 93

_LONG = 0xFFF
# Four letters name a control; they are stored from the last to the first.
_NOTES = (b"  nf", b"  ne")
# Headers, footers, hidden comments, and a section's settings, which hold its master pages.
_SKIPPED = (b"daeh", b"toof", b"tmct", b"dces")
_TABLE_CONTROL = b" lbt"

# Characters below 32: those of one unit, and what the others stand for. The rest take eight units.
_UNITS = {
    0: "",
    10: "\n",
    13: "",
    24: "-",
    25: "",
    26: "",
    27: "",
    28: "",
    29: "",
    30: "\N{NO-BREAK SPACE}",
    31: " ",
}
_FIRST_LETTER = 32
_TAB = 9
_NOTE_MARK = 17
_EXTENDED_UNITS = 8


def hwp(file: OleFileIO, limits: Limits) -> Document:
    """Reads a hwp file, without headers, footers, hidden comments and memos.

    Raises:
        UnreadableDocument: It is encrypted or beyond a limit.
    """
    header = file.openstream("FileHeader").read()
    if not header.startswith(_SIGNATURE):
        raise UnreadableDocument(Refusal.NOT_TEXT)
    (properties,) = struct.unpack_from("<I", header, 36)
    if properties & _PROTECTED:
        raise UnreadableDocument(Refusal.PROTECTED)
    if properties & _FOR_DISTRIBUTION:
        raise UnreadableDocument(Refusal.FOR_DISTRIBUTION)
    reading = _Reading(Flow(limits.text_characters))
    left = limits.unpacked_bytes
    for number in range(MAX_PARTS):
        name = f"BodyText/Section{number}"
        if not file.exists(name):
            break
        section = file.openstream(name).read()
        if properties & _COMPRESSED:
            section = _inflated(section, left)
        left -= len(section)
        for record in _records(section):
            reading.take(record)
        reading.close_to(0)
    return Document(reading.flow.text(), Format.HWP)


def _inflated(data: bytes, most: int) -> bytes:
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = inflating.decompress(data, most + 1)
    if len(inflated) > most:
        raise UnreadableDocument(Refusal.TOO_LARGE_UNPACKED)
    return inflated


@dataclass(frozen=True, slots=True)
class _Record:
    """A piece of a section. What belongs to a record follows it on deeper levels."""

    tag: int
    level: int
    data: bytes


def _records(section: bytes) -> Iterator[_Record]:
    offset = 0
    while offset < len(section):
        (head,) = struct.unpack_from("<I", section, offset)
        offset += 4
        size = head >> 20
        if size == _LONG:
            (size,) = struct.unpack_from("<I", section, offset)
            offset += 4
        if offset + size > len(section):
            raise UnreadableDocument(Refusal.BROKEN)
        yield _Record(head & 0x3FF, head >> 10 & 0x3FF, section[offset : offset + size])
        offset += size


@dataclass(slots=True)
class _Open:
    level: int
    part: Part
    # The row of a table that is being filled. None: its caption may come yet.
    row: int | None = None


@dataclass(slots=True)
class _Reading:
    """Walks through the records and writes what they show."""

    flow: Flow
    open: list[_Open] = field(default_factory=list)
    # What lies at this level or deeper is left out, up to the next record above it.
    skipped_from: int | None = None

    def take(self, record: _Record) -> None:
        """Goes on by one record."""
        if self.skipped_from is not None:
            if record.level >= self.skipped_from:
                return
            self.skipped_from = None
        match record.tag:
            case tag if tag == _PARAGRAPH:
                self._paragraph(record.level)
            case tag if tag == _PARAGRAPH_TEXT:
                self._text(record.data)
            case tag if tag == _CONTROL:
                self._control(record)
            case tag if tag == _LIST:
                self._list(record)
            case tag if tag == _TABLE:
                self._table(record.level)
            case tag if tag == _EQUATION:
                (length,) = struct.unpack_from("<H", record.data, 4)
                self.flow.write(_decoded(record.data[6 : 6 + 2 * length]))
            case tag if tag == _MEMO:
                self.skipped_from = max(1, record.level)

    def close_to(self, level: int) -> None:
        """Ends what lies at a level or deeper."""
        while self.open and self.open[-1].level >= level:
            self.flow.close(self.open.pop().part)

    def _paragraph(self, level: int) -> None:
        self.close_to(level + 1)
        if self.open and self.open[-1] == _Open(level, Part.PARAGRAPH):
            # The cell or the note that it stands in lies at the same level, and goes on.
            self.flow.close(self.open.pop().part)
        self._begin(level, Part.PARAGRAPH)

    def _control(self, record: _Record) -> None:
        self.close_to(record.level)
        name = record.data[:4]
        if name in _NOTES:
            self._begin(record.level, Part.NOTE)
        elif name == _TABLE_CONTROL:
            self._begin(record.level, Part.TABLE)
        elif name in _SKIPPED:
            self.skipped_from = record.level + 1

    def _table(self, level: int) -> None:
        """Ends the caption: what comes is cells."""
        self.close_to(level)
        if self.open and self.open[-1].part is Part.TABLE:
            self.open[-1].row = -1

    def _list(self, record: _Record) -> None:
        self.close_to(record.level)
        holder = next((each for each in reversed(self.open) if each.part is not Part.ROW), None)
        if holder and holder.part is Part.TABLE and holder.row is not None:
            (row,) = struct.unpack_from("<H", record.data, 10)
            if row != holder.row:
                if self.open[-1].part is Part.ROW:
                    self.flow.close(self.open.pop().part)
                holder.row = row
                self._begin(holder.level, Part.ROW)
            self._begin(record.level, Part.CELL)
        elif holder and holder.part is not Part.NOTE:
            self._begin(record.level, Part.BOX)

    def _begin(self, level: int, part: Part) -> None:
        self.open.append(_Open(level, part))
        self.flow.open(part)

    def _text(self, data: bytes) -> None:
        """Writes a paragraph's characters: units of two bytes, controls among them."""
        units = struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
        start = at = 0
        while at < len(units):
            unit = units[at]
            if unit >= _FIRST_LETTER:
                at += 1
                continue
            self.flow.write(
                _decoded(data[2 * start : 2 * at]) + _UNITS.get(unit, "\t" if unit == _TAB else "")
            )
            if unit == _NOTE_MARK:
                self.flow.mark_note()
            at += 1 if unit in _UNITS else _EXTENDED_UNITS
            start = at
        self.flow.write(_decoded(data[2 * start :]))


def _decoded(data: bytes) -> str:
    return data.decode("utf-16-le", errors="replace")

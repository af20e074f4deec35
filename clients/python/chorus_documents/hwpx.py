"""Reads the text of a hwpx file: OWPML, KS X 6101."""

import re
from dataclasses import dataclass, field

from chorus_documents.archive import Archive
from chorus_documents.document import Document, Format, Refusal, Remark, UnreadableDocument
from chorus_documents.flow import Flow, Part
from chorus_documents.limits import Limits
from chorus_documents.sources import Place, Sources
from chorus_documents.xml_events import Characters, End, Event, Start

SECTION = re.compile(r"Contents/section(\d{1,5})\.xml")

_PARTS = {
    "p": Part.PARAGRAPH,
    "tbl": Part.TABLE,
    "tr": Part.ROW,
    "tc": Part.CELL,
    "caption": Part.BOX,
    "drawText": Part.BOX,
    "footNote": Part.NOTE,
    "endNote": Part.NOTE,
}
_WRITTEN = {
    "lineBreak": "\n",
    "tab": "\t",
    "nbSpace": "\N{NO-BREAK SPACE}",
    "fwSpace": " ",
    "hyphen": "-",
}
_WITHOUT_MEMOS = frozenset({"caption", "drawText", "footNote", "endNote"})
# A field's begin holds a memo's text, among others.
_SKIPPED = ("header", "footer", "fieldBegin", "hiddenComment", "secPr", "subText")


def hwpx(archive: Archive, limits: Limits) -> Document:
    """Reads a hwpx file, without headers, footers, memos, and what tracked changes delete.

    Raises:
        UnreadableDocument: It is broken, encrypted, or beyond a limit.
    """
    reading = _read(archive, limits)
    return Document(reading.flow.text(), Format.HWPX, frozenset(reading.remarks))


def hwpx_places(archive: Archive, limits: Limits) -> list[Place | None]:
    """Returns where in the sections each character of the text that `hwpx` reads came from.

    None: it is white space, was added by the reading, or stands where no memo can.

    Raises:
        UnreadableDocument: It is broken, encrypted, or beyond a limit.
    """
    sources = Sources()
    return sources.places(_read(archive, limits, sources).flow.text())


def section_names(archive: Archive) -> list[str]:
    """Returns the parts that hold the text, in their order."""
    found = (SECTION.fullmatch(name) for name in archive.names)
    return [each[0] for each in sorted(filter(None, found), key=lambda each: int(each[1]))]


def _read(archive: Archive, limits: Limits, sources: Sources | None = None) -> "_Reading":
    for event in archive.events("META-INF/manifest.xml"):
        if isinstance(event, Start) and event.name == "encryption-data":
            raise UnreadableDocument(Refusal.PROTECTED)
    reading = _Reading(Flow(limits.text_characters), sources=sources)
    for name in section_names(archive):
        for event in archive.events(name):
            reading.take(event)
    return reading


@dataclass(slots=True)
class _Reading:
    """Walks through the sections and writes what they show."""

    flow: Flow
    remarks: set[Remark] = field(default_factory=set)
    path: list[str] = field(default_factory=list)
    # Until the path is shorter than that, nothing is written.
    skipped_to: int = 0
    deleting: bool = False
    # Where it is asked for: what is read is replaced by where it came from.
    sources: Sources | None = None

    def take(self, event: Event) -> None:
        """Goes on by one event."""
        if isinstance(event, Start):
            self.path.append(event.name)
            if self.sources and event.name == "t":
                self.sources.begin()
            if not self.skipped_to:
                self._start(event.name)
        elif isinstance(event, End):
            self._end()
        elif isinstance(event, Characters) and not self.skipped_to:
            self._characters(event.text)

    def _start(self, name: str) -> None:
        if name in _SKIPPED:
            self.skipped_to = len(self.path)
        elif part := _PARTS.get(name):
            self.flow.open(part)
        elif name in _WRITTEN and self.path[-2:-1] == ["t"]:
            self._write(_WRITTEN[name])
        elif name in {"deleteBegin", "deleteEnd"}:
            self.deleting = name == "deleteBegin"

    def _end(self) -> None:
        depth = len(self.path)
        name = self.path.pop()
        if depth == self.skipped_to:
            self.skipped_to = 0
        elif not self.skipped_to and (part := _PARTS.get(name)):
            self.flow.close(part)

    def _characters(self, text: str) -> None:
        if self.path[-1] in {"t", "mainText"} or self.path[-2:] == ["equation", "script"]:
            self._write(self._source(text))

    def _source(self, text: str) -> str:
        if not self.sources:
            return text
        if self.path[-1] != "t" or not _WITHOUT_MEMOS.isdisjoint(self.path):
            return self.sources.nowhere(text)
        return self.sources.mark(text)

    def _write(self, text: str) -> None:
        if self.deleting:
            self.remarks.add(Remark.DELETIONS_LEFT_OUT)
        else:
            self.flow.write(text)

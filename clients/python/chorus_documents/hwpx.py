"""Reads the text of a hwpx file: OWPML, KS X 6101."""

import re
from dataclasses import dataclass, field

from chorus_documents.archive import Archive
from chorus_documents.document import Document, Format, Refusal, Remark, UnreadableDocument
from chorus_documents.flow import Flow, Part
from chorus_documents.limits import Limits
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
# A field's begin holds a memo's text, among others.
_SKIPPED = ("header", "footer", "fieldBegin", "hiddenComment", "secPr", "subText")


def hwpx(archive: Archive, limits: Limits) -> Document:
    """Reads a hwpx file, without headers, footers, memos, and what tracked changes delete.

    Raises:
        UnreadableDocument: It is broken, encrypted, or beyond a limit.
    """
    for event in archive.events("META-INF/manifest.xml"):
        if isinstance(event, Start) and event.name == "encryption-data":
            raise UnreadableDocument(Refusal.PROTECTED)
    reading = _Reading(Flow(limits.text_characters))
    sections = sorted(
        (int(found[1]), found[0]) for name in archive.names if (found := SECTION.fullmatch(name))
    )
    for _, name in sections:
        for event in archive.events(name):
            reading.take(event)
    return Document(reading.flow.text(), Format.HWPX, frozenset(reading.remarks))


@dataclass(slots=True)
class _Reading:
    """Walks through the sections and writes what they show."""

    flow: Flow
    remarks: set[Remark] = field(default_factory=set)
    path: list[str] = field(default_factory=list)
    # Until the path is shorter than that, nothing is written.
    skipped_to: int = 0
    deleting: bool = False

    def take(self, event: Event) -> None:
        """Goes on by one event."""
        if isinstance(event, Start):
            self.path.append(event.name)
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
            self._write(text)

    def _write(self, text: str) -> None:
        if self.deleting:
            self.remarks.add(Remark.DELETIONS_LEFT_OUT)
        else:
            self.flow.write(text)

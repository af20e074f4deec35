"""Reads the text of a docx file: WordprocessingML, ECMA-376 part 1, clause 17."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from chorus_documents.archive import Archive
from chorus_documents.document import Document, Format, Remark
from chorus_documents.flow import Flow, Part
from chorus_documents.limits import Limits
from chorus_documents.sources import Place, Sources
from chorus_documents.xml_events import Characters, End, Event, Start

WORD_NAMESPACES = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
FORMULA_NAMESPACES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"

_PARTS = {"p": Part.PARAGRAPH, "tbl": Part.TABLE, "tr": Part.ROW, "tc": Part.CELL, "txbxContent": Part.BOX}
_WRITTEN = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\N{NON-BREAKING HYPHEN}"}
_DELETIONS = ("del", "moveFrom")
_OFF = ("0", "false", "off")


def docx(archive: Archive, limits: Limits) -> Document:
    """Reads a docx file, without headers, footers, comments, hidden text and what tracked changes delete.

    Raises:
        UnreadableDocument: It is broken or beyond a limit.
    """
    reading = _read(archive, limits)
    return Document(reading.flow.text(), Format.DOCX, frozenset(reading.remarks))


def docx_places(archive: Archive, limits: Limits) -> list[Place | None]:
    """Returns where in the file each character of the text that `docx` reads came from.

    None: it is white space, was added by the reading, or stands outside of the main part, as notes do.

    Raises:
        UnreadableDocument: It is broken or beyond a limit.
    """
    sources = Sources()
    return sources.places(_read(archive, limits, sources).flow.text())


def _read(archive: Archive, limits: Limits, sources: Sources | None = None) -> "_Reading":
    main = next(_targets(archive, "", "officeDocument"), "word/document.xml")
    styles = next(_targets(archive, main, "styles"), "")
    hidden = _hidden_styles(archive.events(styles))
    reading = _Reading(Flow(limits.text_characters), hidden, sources=sources)
    for kind in ("footnote", "endnote"):
        for target in _targets(archive, main, f"{kind}s"):
            reading.notes |= _notes(archive.events(target), kind)
    reading.walk(archive.events(main))
    return reading


def _targets(archive: Archive, source: str, kind: str) -> Iterator[str]:
    """Yields the parts that a part is related to; the archive itself is the part without a name."""
    folder, name = posixpath.split(source)
    for event in archive.events(posixpath.join(folder, "_rels", f"{name}.rels")):
        if isinstance(event, Start) and event.attributes.get("Type", "").endswith(f"/{kind}"):
            yield posixpath.normpath(posixpath.join("/", folder, event.attributes.get("Target", ""))).lstrip(
                "/"
            )


def _hidden_styles(events: Iterator[Event]) -> frozenset[str]:
    """Returns the styles that hide text, and those that are based on them."""
    hidden: set[str] = set()
    based_on: dict[str, list[str]] = {}
    style = ""
    for event in events:
        if not isinstance(event, Start):
            continue
        if event.name == "style":
            style = event.attributes.get("styleId", "")
        elif event.name == "vanish" and event.attributes.get("val") not in _OFF:
            hidden.add(style)
        elif event.name == "basedOn":
            based_on.setdefault(event.attributes.get("val", ""), []).append(style)
    waiting = list(hidden)
    while waiting:
        found = set(based_on.pop(waiting.pop(), ())) - hidden
        hidden |= found
        waiting += found
    return frozenset(hidden)


def _notes(events: Iterator[Event], kind: str) -> dict[tuple[str, str], list[Event]]:
    """Returns what each footnote or endnote consists of, by what refers to it."""
    notes: dict[tuple[str, str], list[Event]] = {}
    note: list[Event] = []
    for event in events:
        if isinstance(event, Start) and event.name == kind:
            note = notes.setdefault((f"{kind}Reference", event.attributes.get("id", "")), [])
        elif isinstance(event, End) and event.name == kind:
            note = []
        else:
            note.append(event)
    return notes


@dataclass(slots=True)
class _Reading:
    """Walks through a part and writes what it shows."""

    flow: Flow
    hidden_styles: frozenset[str]
    notes: dict[tuple[str, str], list[Event]] = field(default_factory=dict)
    remarks: set[Remark] = field(default_factory=set)
    # The open elements; one of another vocabulary has no name.
    path: list[str] = field(default_factory=list)
    # Until the path is shorter than that, nothing is written, and why, if the user should know.
    skipped_to: int = 0
    skipped_for: Remark | None = None
    # How deep the paragraphs lie whose marks were deleted, and the forms that nobody has filled in.
    joined: set[int] = field(default_factory=set)
    placeholders: set[int] = field(default_factory=set)
    # Where it is asked for: what is read is replaced by where it came from.
    sources: Sources | None = None
    in_note: bool = False

    def walk(self, events: Iterator[Event]) -> None:
        for event in events:
            if isinstance(event, Characters):
                self._characters(event.text)
            elif isinstance(event, Start):
                self.path.append(_name(event))
                if self.sources and self.path[-1] == "t" and not self.in_note:
                    self.sources.begin()
                if not self.skipped_to:
                    self._start(self.path[-1], event)
            else:
                self._end()

    def _characters(self, text: str) -> None:
        if not self.path or self.path[-1] not in {"t", "delText"}:
            return
        if not self.skipped_to:
            self.flow.write(self._source(text) if self.path[-1] == "t" else "")
        elif self.skipped_for and text.strip():
            self.remarks.add(self.skipped_for)

    def _source(self, text: str) -> str:
        if not self.sources:
            return text
        return self.sources.nowhere(text) if self.in_note else self.sources.mark(text)

    def _start(self, name: str, event: Start) -> None:
        value = event.attributes.get("val", "")
        if part := _PARTS.get(name):
            self.flow.open(part)
        elif name in _WRITTEN:
            # A tab stop is called as the tab is.
            self.flow.write(_WRITTEN[name] if self._within("r") else "")
        elif name in {"footnoteReference", "endnoteReference"}:
            self._note(self.notes.pop((name, event.attributes.get("id", "")), None))
        elif name in _DELETIONS:
            self._deletion()
        elif name in {"Fallback", "rt"}:
            self._skip(name, None)
        elif name == "vanish" and value not in _OFF and self._within("r", "rPr"):
            self._skip("r", Remark.HIDDEN_TEXT_LEFT_OUT)
        elif (
            name in {"rStyle", "pStyle"}
            and value in self.hidden_styles
            and self._within(name[0], f"{name[0]}Pr")
        ):
            self._skip(name[0], Remark.HIDDEN_TEXT_LEFT_OUT)
        elif name == "showingPlcHdr" and self._within("sdt", "sdtPr"):
            self.placeholders.add(len(self.path) - 2)
        elif name == "sdtContent" and len(self.path) - 1 in self.placeholders:
            self._skip(name, None)

    def _end(self) -> None:
        depth = len(self.path)
        name = self.path.pop()
        if self.skipped_to:
            if depth > self.skipped_to:
                return
            self.skipped_to = 0
        self.placeholders.discard(depth)
        if name == "p" and depth in self.joined:
            self.joined.remove(depth)
            self.flow.join()
        elif part := _PARTS.get(name):
            self.flow.close(part)

    def _note(self, note: list[Event] | None) -> None:
        if note is not None:
            self.flow.open(Part.NOTE)
            self.in_note, outer = True, self.in_note
            self.walk(iter(note))
            self.in_note = outer
            self.flow.close(Part.NOTE)

    def _deletion(self) -> None:
        """Leaves out what is deleted: a stretch of text, a row of a table, or the mark of a paragraph."""
        if self._within("p", "pPr", "rPr"):
            self.joined.add(len(self.path) - 3)
        elif self._within("tr", "trPr"):
            self._skip("tr", Remark.DELETIONS_LEFT_OUT)
        elif not self._within("rPr"):
            self._skip(self.path[-1], Remark.DELETIONS_LEFT_OUT)

    def _skip(self, name: str, remark: Remark | None) -> None:
        """Leaves out the innermost element of a name."""
        depth = len(self.path)
        while self.path[depth - 1] != name:
            depth -= 1
        self.skipped_to, self.skipped_for = depth, remark

    def _within(self, *names: str) -> bool:
        """Whether the element that begins lies in these, the innermost last."""
        return tuple(self.path[-1 - len(names) : -1]) == names


def _name(event: Start) -> str:
    if event.namespace in WORD_NAMESPACES:
        return event.name
    if event.namespace in FORMULA_NAMESPACES and event.name == "t":
        return "t"
    return "Fallback" if (event.namespace, event.name) == (_COMPATIBILITY, "Fallback") else ""

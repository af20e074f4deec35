"""Puts memos into a hwpx file, each on exactly the words that it is about (OWPML, KS X 6101)."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile

from lxml import etree

from chorus_documents.archive import Archive
from chorus_documents.hwpx import hwpx_places, section_names
from chorus_documents.limits import Limits
from chorus_documents.sources import Place
from chorus_documents.writing.placed_comments import PlacedComment, placed_comments
from chorus_documents.writing.returned_work import ReturnedWork
from chorus_documents.writing.visible import visible

# The control id that Hangul gives a memo's field.
_MEMO_FIELD = str(int.from_bytes(b"%%me", "big"))
# Hangul's built-in look of a memo.
_SHAPE = "65535"
_FIRST_ID = 1_900_000_000
_LAYOUT_CACHE = "linesegarray"


def with_memos(data: bytes, work: ReturnedWork, limits: Limits) -> bytes:
    """Returns the file with a memo for each note, and one with the scores; text and formatting stay.

    Raises:
        UnreadableDocument: It is broken, encrypted, or beyond a limit.
    """
    archive = Archive(data, limits.unpacked_bytes)
    # The reading refuses what has a document type, and with it entities.
    comments = placed_comments(work, hwpx_places(archive, limits))
    with ZipFile(io.BytesIO(data)) as file:
        roots = {name: _parsed(file.read(name)) for name in section_names(archive)}
        body = _Body.of(list(roots.values()), visible(work.author))
        # Outer ones first: memos may stand within each other, and may not overlap.
        for each in sorted(comments, key=lambda each: (each.first, _reversed(each.last))):
            body.add(each)
        return _rewritten(file, {name: _serialized(root) for name, root in roots.items()})


def _reversed(place: Place) -> tuple[int, int]:
    return -place.element, -place.offset


def _parsed(part: bytes) -> Any:
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))


def _serialized(root: Any) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _rewritten(file: ZipFile, parts: Mapping[str, bytes]) -> bytes:
    """Returns the archive with some parts replaced; the order, and what is stored unpacked, stays."""
    written = io.BytesIO()
    with ZipFile(written, "w") as target:
        for info in file.infolist():
            target.writestr(info, parts.get(info.filename) or file.read(info))
    return written.getvalue()


@dataclass(slots=True)
class _Body:
    """The sections, whose texts are split where a memo begins or ends.

    Attributes:
        author: Who the memos are by.
        pieces: What each element with text has become: where each piece of it begins, in their order.
        number: Of the latest memo; Hangul takes memos of one number for one memo.
        ids: Of the fields that there are.
        open: The ends of the memos, in the order of the text, that the next one may stand within.
    """

    author: str
    pieces: list[list[tuple[int, Any]]]
    number: int = 0
    ids: set[str] = field(default_factory=set)
    open: list[Place] = field(default_factory=list)

    @classmethod
    def of(cls, roots: Sequence[Any], author: str) -> "_Body":
        body = cls(author, [])
        for element in (each for root in roots for each in root.iter(etree.Element)):
            name = etree.QName(element).localname
            if name == "t":
                body.pieces.append([(0, element)])
            elif name == "fieldBegin":
                body.ids.add(element.get("id", ""))
                order = element.get("zorder", "")
                body.number = max(body.number, int(order) if order.isdecimal() else 0)
        return body

    def add(self, comment: PlacedComment) -> None:
        """Adds a memo, which ends at the latest with its paragraph and with the memo that it begins in."""
        first = comment.first
        last = self._last_in_paragraph(first, comment.last)
        self.open = [end for end in self.open if end >= first]
        last = min([last, *self.open])
        self.open.append(last)
        self.number += 1
        field_id = str(_FIRST_ID + self.number)
        while field_id in self.ids:
            field_id = str(int(field_id) + 1)
        self.ids.add(field_id)
        begins = self._split(first)
        namespace = etree.QName(begins).namespace
        begins.addprevious(self._begin(f"{{{namespace}}}", field_id, comment.text))
        ends = self._split(Place(last.element, last.offset + 1), after=True)
        control = etree.Element(f"{{{namespace}}}ctrl")
        etree.SubElement(control, f"{{{namespace}}}fieldEnd", beginIDRef=field_id, fieldid=_MEMO_FIELD)
        ends.addnext(control)
        for paragraph in ends.iterancestors(f"{{{namespace}}}p"):
            # It says where the lines of the paragraph as it was end.
            for each in paragraph.findall(f"{{{namespace}}}{_LAYOUT_CACHE}"):
                paragraph.remove(each)

    def _last_in_paragraph(self, first: Place, last: Place) -> Place:
        paragraph = _paragraph(self.pieces[first.element][0][1])
        for element in range(last.element, first.element, -1):
            begins, text = self.pieces[element][-1]
            if _paragraph(text) is paragraph and (length := begins + _length(text)):
                return last if element == last.element else Place(element, length - 1)
        begins, text = self.pieces[first.element][-1]
        return last if last.element == first.element else Place(first.element, begins + _length(text) - 1)

    def _split(self, place: Place, *, after: bool = False) -> Any:
        """Splits a text before a character; returns the part from it on or, with `after`, the one before."""
        pieces = self.pieces[place.element]
        number = max(at for at, (begins, _) in enumerate(pieces) if begins < place.offset + (not after))
        begins, text = pieces[number]
        at = place.offset - begins
        if not at or at >= _length(text):
            return text
        rest = _cut(text, at)
        text.addnext(rest)
        pieces.insert(number + 1, (place.offset, rest))
        return text if after else rest

    def _begin(self, space: str, field_id: str, said: str) -> Any:
        control = etree.Element(f"{space}ctrl")
        order = str(self.number)
        begin = etree.SubElement(
            control,
            f"{space}fieldBegin",
            {
                "id": field_id,
                "type": "MEMO",
                "name": "",
                "editable": "1",
                "dirty": "0",
                "zorder": order,
                "fieldid": _MEMO_FIELD,
                "metaTag": "",
            },
        )
        parameters = etree.SubElement(begin, f"{space}parameters", cnt="5", name="")
        for kind, name, value in (
            ("stringParam", "ID", f"memo{order}"),
            ("integerParam", "Number", order),
            ("stringParam", "CreateDateTime", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
            ("stringParam", "Author", self.author),
            ("stringParam", "MemoShapeIDRef", _SHAPE),
        ):
            etree.SubElement(parameters, f"{space}{kind}", name=name).text = value
        lines = etree.SubElement(
            begin,
            f"{space}subList",
            {
                "id": "",
                "textDirection": "HORIZONTAL",
                "lineWrap": "BREAK",
                "vertAlign": "TOP",
                **dict.fromkeys(("linkListIDRef", "linkListNextIDRef", "textWidth", "textHeight"), "0"),
                **dict.fromkeys(("hasTextRef", "hasNumRef"), "0"),
            },
        )
        for line in said.split("\n"):
            names = ("id", "paraPrIDRef", "styleIDRef", "pageBreak", "columnBreak", "merged")
            paragraph = etree.SubElement(lines, f"{space}p", dict.fromkeys(names, "0"))
            run = etree.SubElement(paragraph, f"{space}run", charPrIDRef="0")
            etree.SubElement(run, f"{space}t").text = line
        return control


def _paragraph(text: Any) -> Any:
    return next(each for each in text.iterancestors() if etree.QName(each).localname == "p")


def _length(text: Any) -> int:
    return len(text.text or "") + sum(len(each.tail or "") for each in text)


def _cut(text: Any, at: int) -> Any:
    """Takes what follows the first characters out of a text, marks within it included, and returns it."""
    rest = text.makeelement(text.tag, dict(text.attrib))
    own = text.text or ""
    if at < len(own):
        text.text, rest.text = own[:at], own[at:]
        rest.extend(list(text))
        return rest
    at -= len(own)
    for number, each in enumerate(text):
        tail = each.tail or ""
        if at < len(tail):
            following = list(text)[number + 1 :]
            each.tail, rest.text = tail[:at], tail[at:]
            rest.extend(following)
            return rest
        at -= len(tail)
    return rest

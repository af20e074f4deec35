"""Puts comments into a docx file, each on exactly the words that it is about."""

import copy
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.parts.comments import CommentsPart

from chorus_documents.archive import Archive
from chorus_documents.docx import FORMULA_NAMESPACES, WORD_NAMESPACES, docx_places
from chorus_documents.limits import Limits
from chorus_documents.sources import Place
from chorus_documents.writing.placed_comments import placed_comments
from chorus_documents.writing.returned_work import ReturnedWork
from chorus_documents.writing.visible import visible

_TEXT = frozenset(f"{{{namespace}}}t" for namespace in (*WORD_NAMESPACES, *FORMULA_NAMESPACES))
_RUN = qn("w:r")
_RUN_PROPERTIES = qn("w:rPr")
_TEXT_BOX = qn("w:txbxContent")
_PARAGRAPH = qn("w:p")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_INITIALS = 3


def with_comments(data: bytes, work: ReturnedWork, limits: Limits) -> bytes:
    """Returns the file with a comment for each note, and one with the scores.

    The text and its formatting stay as they are. What is about the whole work, or about words that no comment
    can be put on, goes to the first paragraph.

    Raises:
        UnreadableDocument: It is broken or beyond a limit.
    """
    places = docx_places(Archive(data, limits.unpacked_bytes), limits)
    document: Any = docx.Document(io.BytesIO(data))
    return _commented(document, places, work)


def new_with_comments(work: ReturnedWork, document: Any) -> bytes:
    """Returns the same for a text that came without a file: each of its lines becomes a paragraph.

    Args:
        work: The text, and what is said about it.
        document: An empty document of python-docx.
    """
    places: list[Place | None] = []
    element = 0
    # The properties of the last section end the body.
    end_of_body = document.element.body[-1]
    for line in work.text.split("\n"):
        shown = "".join(" " if each in "\t\r" else each for each in line)
        paragraph = OxmlElement("w:p")
        end_of_body.addprevious(paragraph)
        if shown.strip():
            written = _text_element(_printable(shown))
            run = OxmlElement("w:r")
            run.append(written)
            paragraph.append(run)
            places += [None if each.isspace() else Place(element, at) for at, each in enumerate(shown)]
            element += 1
        else:
            places += [None] * len(line)
        places.append(None)
    return _commented(document, places[: len(work.text)], work)


def _commented(document: Any, places: Sequence[Place | None], work: ReturnedWork) -> bytes:
    body = _Body.of(document.element)
    comments = _comments(document)
    author = visible(work.author)
    for each in placed_comments(work, places):
        comment = comments.add_comment(each.text, author=author, initials=author[:_INITIALS])
        body.mark(each.first, each.last, comment.comment_id)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _comments(document: Any) -> Any:
    """Returns the comments of a document. python-docx would make the part for them from a file of its own."""
    part = document.part
    if not any(each.reltype == RELATIONSHIP_TYPE.COMMENTS for each in part.rels.values()):
        empty = parse_xml(f"<w:comments {nsdecls('w')}/>")
        name = PackURI("/word/comments.xml")
        made = CommentsPart(name, CONTENT_TYPE.WML_COMMENTS, empty, part.package)
        part.relate_to(made, RELATIONSHIP_TYPE.COMMENTS)
    return part.comments


@dataclass(slots=True)
class _Body:
    """The main part, whose runs are split where a comment begins or ends.

    Attributes:
        pieces: What each element with text has become: where each piece of it begins, in their order.
    """

    pieces: Mapping[int, list[tuple[int, Any]]]

    @classmethod
    def of(cls, root: Any) -> "_Body":
        found = (each for each in root.iter() if each.tag in _TEXT)
        return cls({number: [(0, each)] for number, each in enumerate(found)})

    def mark(self, first: Place, last: Place, comment_id: int) -> None:
        """Puts the marks of a comment around the characters from `first` to `last`."""
        begins = self._split_before(first)
        ends = self._split_after(last)
        begins.addprevious(_element("w:commentRangeStart", comment_id))
        range_end = _element("w:commentRangeEnd", comment_id)
        ends.addnext(range_end)
        reference = OxmlElement("w:r")
        reference.append(_element("w:commentReference", comment_id))
        range_end.addnext(reference)

    def _split_before(self, place: Place) -> Any:
        """Returns the run that begins with a character, or what holds it where no run can be split."""
        begins, text = self._piece(place)
        if (holder := _holder(text)) is not None:
            return holder
        run = text.getparent()
        if place.offset == begins and _is_first(text):
            return run
        return self._split(place.element, text, place.offset - begins)

    def _split_after(self, place: Place) -> Any:
        """Returns the run that ends with a character, or what holds it where no run can be split."""
        begins, text = self._piece(place)
        if (holder := _holder(text)) is not None:
            return holder
        at = place.offset + 1 - begins
        if at < len(text.text) or text.getnext() is not None:
            self._split(place.element, text, at)
        return text.getparent()

    def _piece(self, place: Place) -> tuple[int, Any]:
        pieces = reversed(self.pieces[place.element])
        return next((begins, text) for begins, text in pieces if begins <= place.offset)

    def _split(self, element: int, text: Any, at: int) -> Any:
        """Moves what follows the first characters of a text into a run of its own, and returns that."""
        run = text.getparent()
        rest = OxmlElement("w:r")
        rest.attrib.update(run.attrib)
        properties = run.find(_RUN_PROPERTIES)
        if properties is not None:
            rest.append(copy.deepcopy(properties))
        following = list(text.itersiblings())
        if not at:
            following.insert(0, text)
        elif at < len(text.text):
            moved = _text_element(text.text[at:])
            text.text = text.text[:at]
            text.set(_SPACE, "preserve")
            pieces = self.pieces[element]
            number = next(number for number, piece in enumerate(pieces) if piece[1] is text)
            pieces.insert(number + 1, (pieces[number][0] + at, moved))
            following.insert(0, moved)
        rest.extend(following)
        run.addnext(rest)
        return rest


def _holder(text: Any) -> Any | None:
    """Returns what a comment goes around whose words stand where none may begin; None: they stand in a run.

    That is a formula, and a text box, in which Word allows no comments.
    """
    ancestors = list(text.iterancestors())
    boxes = [number for number, each in enumerate(ancestors) if each.tag == _TEXT_BOX]
    if not boxes and ancestors[0].tag == _RUN and not len(text):
        return None
    outside = ancestors[boxes[-1] :] if boxes else [text, *ancestors]
    level = next(number for number, each in enumerate(outside) if each.tag == _PARAGRAPH)
    return outside[level - 1]


def _is_first(text: Any) -> bool:
    before = text.getprevious()
    return before is None or before.tag == _RUN_PROPERTIES


def _text_element(text: str) -> Any:
    element = OxmlElement("w:t")
    element.text = text
    element.set(_SPACE, "preserve")
    return element


def _printable(text: str) -> str:
    """Returns a text with one character for each of its own, all of which XML can hold."""
    return "".join(each if visible(each) == each else "\N{REPLACEMENT CHARACTER}" for each in text)


def _element(name: str, comment_id: int) -> Any:
    element = OxmlElement(name)
    element.set(qn("w:id"), str(comment_id))
    return element

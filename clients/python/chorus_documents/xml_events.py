"""Walks through XML, without entities, document types or anything from elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.parsers import expat

from chorus_documents.document import Refusal, UnreadableDocument
from chorus_documents.limits import MAX_DEPTH

_CHUNK = 64 * 1024
_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class Start:
    """An element begins. Its name is the local one, and the names of its attributes are."""

    namespace: str
    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class End:
    """An element ends."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Characters:
    """Text between the marks."""

    text: str


Event = Start | End | Characters


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int, /) -> bytes:
        """Returns the next bytes, at most `size`; none at the end."""


def events(stream: Readable) -> Iterator[Event]:
    """Yields what a stream of XML consists of.

    Raises:
        UnreadableDocument: It declares a document type (an entity needs one), or nests too deeply.
        ExpatError: It is no XML.
    """
    reader = _Reader()
    while chunk := stream.read(_CHUNK):
        yield from reader.read(chunk, last=False)
    yield from reader.read(b"", last=True)


@dataclass(slots=True)
class _Reader:
    """Collects the events of one chunk after another."""

    found: list[Event] = field(default_factory=list)
    depth: int = 0
    parser: Any = field(init=False)

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def read(self, chunk: bytes, *, last: bool) -> list[Event]:
        """Returns the events of a chunk."""
        self.parser.Parse(chunk, last)
        found, self.found = self.found, []
        return found

    def _doctype(self, *_: object) -> None:
        raise UnreadableDocument(Refusal.BROKEN)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableDocument(Refusal.BROKEN)
        local = {key.rpartition(_SEPARATOR)[2]: value for key, value in attributes.items()}
        namespace, _, name = name.rpartition(_SEPARATOR)
        self.found.append(Start(namespace, name, local))

    def _end(self, name: str) -> None:
        self.depth -= 1
        namespace, _, name = name.rpartition(_SEPARATOR)
        self.found.append(End(namespace, name))

    def _characters(self, text: str) -> None:
        self.found.append(Characters(text))

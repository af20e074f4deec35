"""Opens the parts of a zip archive, within limits."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from zipfile import ZipFile

from chorus_documents.document import Refusal, UnreadableDocument
from chorus_documents.limits import MAX_PARTS
from chorus_documents.xml_events import Event, Readable, events

_ENCRYPTED = 0x1


class Archive:
    """The parts of an archive, by name."""

    def __init__(self, data: bytes, max_bytes: int) -> None:
        """Opens an archive.

        Args:
            data: All of it.
            max_bytes: What the parts that are read may amount to, unpacked.

        Raises:
            UnreadableDocument: It has too many parts.
            BadZipFile: It is broken.
        """
        self._zip = ZipFile(io.BytesIO(data))
        self._left = max_bytes
        self.names = frozenset(self._zip.namelist())
        if len(self._zip.infolist()) > MAX_PARTS:
            raise UnreadableDocument(Refusal.TOO_LARGE_UNPACKED)

    def events(self, name: str) -> Iterator[Event]:
        """Yields what a part in XML consists of; nothing if there is no such part.

        Raises:
            UnreadableDocument: It is encrypted, or too large when unpacked.
        """
        if name not in self.names:
            return
        if self._zip.getinfo(name).flag_bits & _ENCRYPTED:
            raise UnreadableDocument(Refusal.PROTECTED)
        with self._zip.open(name) as part:
            yield from events(_Bounded(part, self))

    def take(self, count: int) -> None:
        """Counts bytes that were unpacked."""
        self._left -= count
        if self._left < 0:
            raise UnreadableDocument(Refusal.TOO_LARGE_UNPACKED)


@dataclass(frozen=True, slots=True)
class _Bounded:
    """Counts what is read of a part."""

    part: Readable
    archive: Archive

    def read(self, size: int, /) -> bytes:
        chunk = self.part.read(size)
        self.archive.take(len(chunk))
        return chunk

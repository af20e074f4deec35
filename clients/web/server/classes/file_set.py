"""Takes the works out of a file: one document is one work, a zip archive holds many."""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from chorus_documents.document import Refusal
from clients.web.server.file_names import shown_name

MAX_FILES = 300
_MAX_UNPACKED_BYTES = 512 * 1024 * 1024
# The archive's table of contents; it is read as a whole.
_MAX_TABLE_BYTES = 2 * 1024 * 1024
_END = b"PK\5\6"
_END_BYTES = 22
_END_64 = b"PK\6\7"
_END_64_BYTES = 20
_MAX_COMMENT_BYTES = 65_535
_ENCRYPTED = 0x1
# Python unpacks the others without a limit: 350 bytes of bzip2 took 600 MiB.
_METHODS = frozenset({ZIP_STORED, ZIP_DEFLATED})
_NAME_IN_UTF_8 = 0x800
# What systems and office programs put beside the files that a person meant.
_BESIDE = re.compile(r"(^|[\\/])(__MACOSX[\\/]|\.[^\\/]*$|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_DOCUMENT_PARTS = frozenset({"[Content_Types].xml", "mimetype"})
_BROKEN = (BadZipFile, EOFError, NotImplementedError, ValueError, OSError, zlib.error)


class RefusedSet(Exception):
    """None of an archive's files is taken; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file of a set.

    Attributes:
        name: Without folders.
        data: What it holds; empty where it is refused.
        refusal: Why it cannot be taken out; None: it can.
    """

    name: str
    data: bytes
    refusal: Refusal | None = None


def files_of(name: str, source: BinaryIO, max_file_bytes: int) -> Iterator[NamedFile]:
    """Yields the file itself or, of a zip archive that is no document, the files in it.

    Folders are left out of names, so that no name leads anywhere. One file is read at a time.

    Raises:
        RefusedSet: The archive holds too many files, too much, or is broken.
    """
    if not source.read(len(_END)).startswith((b"PK\3\4", _END)):
        yield NamedFile(name, _whole(source))
        return
    try:
        _check_table(source)
        archive = ZipFile(source)
    except _BROKEN:
        raise RefusedSet(Refusal.BROKEN) from None
    with archive:
        entries = [each for each in archive.infolist() if not each.is_dir()]
        if _is_document(entries):
            yield NamedFile(name, _whole(source))
            return
        meant = [each for each in entries if not _BESIDE.search(each.filename)]
        if len(meant) > MAX_FILES or sum(each.file_size for each in meant) > _MAX_UNPACKED_BYTES:
            raise RefusedSet(Refusal.TOO_LARGE_UNPACKED)
        left = _MAX_UNPACKED_BYTES
        for each in meant:
            file = _file(archive, each, min(left, max_file_bytes))
            left -= len(file.data)
            yield file


def _whole(source: BinaryIO) -> bytes:
    source.seek(0)
    return source.read()


def _check_table(source: BinaryIO) -> None:
    """Checks what `ZipFile` reads as a whole before it tells how many files there are."""
    source.seek(0, io.SEEK_END)
    source.seek(max(0, source.tell() - _END_BYTES - _MAX_COMMENT_BYTES - _END_64_BYTES))
    data = source.read()
    tail = len(data) - _END_BYTES
    if tail < 0:
        raise BadZipFile
    # Either may be taken for the end: the last one, and the one without a comment.
    for at in {tail, data.rfind(_END, max(0, tail - _MAX_COMMENT_BYTES))}:
        if data[at : at + 4] != _END or at > tail:
            continue
        if data[max(0, at - _END_64_BYTES) : at].startswith(_END_64):
            raise RefusedSet(Refusal.TOO_LARGE_UNPACKED)
        (table_bytes,) = struct.unpack_from("<L", data, at + 12)
        if table_bytes > _MAX_TABLE_BYTES:
            raise RefusedSet(Refusal.TOO_LARGE_UNPACKED)


def _is_document(entries: list[ZipInfo]) -> bool:
    names = {each.filename for each in entries}
    return bool(names & _DOCUMENT_PARTS) or any(
        each.startswith(("word/", "Contents/section")) for each in names
    )


def _file(archive: ZipFile, entry: ZipInfo, most: int) -> NamedFile:
    name = _name(entry)
    if entry.flag_bits & _ENCRYPTED:
        return NamedFile(name, b"", Refusal.PROTECTED)
    if entry.compress_type not in _METHODS:
        return NamedFile(name, b"", Refusal.ARCHIVE)
    if entry.file_size > most:
        return NamedFile(name, b"", Refusal.TOO_LARGE)
    try:
        with archive.open(entry) as file:
            # What the table says of the size may be wrong.
            data = file.read(most + 1)
    except _BROKEN:
        return NamedFile(name, b"", Refusal.BROKEN)
    if len(data) > most:
        return NamedFile(name, b"", Refusal.TOO_LARGE)
    return NamedFile(name, data)


def _name(entry: ZipInfo) -> str:
    """Returns the name as it was meant: without a mark it is in UTF-8 or, by Windows in Korea, in CP949."""
    name = entry.filename
    if not entry.flag_bits & _NAME_IN_UTF_8:
        for encoding in ("utf-8", "cp949"):
            try:
                name = name.encode("cp437").decode(encoding)
            except UnicodeError:
                continue
            break
    return shown_name(name)

"""Tells which document a zip archive is, and reads it."""

from chorus_documents.archive import Archive
from chorus_documents.document import Document, Refusal, UnreadableDocument
from chorus_documents.docx import docx
from chorus_documents.hwpx import SECTION, hwpx
from chorus_documents.limits import Limits

# Of Apple's programs, and of an EPUB: archives that nobody takes for one.
_PAGES, _BOOK = "Index/Document.iwa", "META-INF/container.xml"


def zipped(data: bytes, limits: Limits) -> Document:
    """Reads a docx or a hwpx file.

    Raises:
        UnreadableDocument: It is neither, or broken, or beyond a limit.
    """
    archive = Archive(data, limits.unpacked_bytes)
    if any(map(SECTION.fullmatch, archive.names)):
        return hwpx(archive, limits)
    if any(name.startswith("word/") for name in archive.names):
        return docx(archive, limits)
    if "[Content_Types].xml" in archive.names:
        raise UnreadableDocument(Refusal.OTHER_OFFICE)
    if _PAGES in archive.names or _BOOK in archive.names:
        raise UnreadableDocument(Refusal.NOT_TEXT)
    raise UnreadableDocument(Refusal.OPEN_DOCUMENT if "mimetype" in archive.names else Refusal.ARCHIVE)

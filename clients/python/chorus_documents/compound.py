"""Tells which document an OLE compound file is, and reads it."""

import io

import olefile

from chorus_documents.document import Document, Refusal, UnreadableDocument
from chorus_documents.hwp import hwp
from chorus_documents.limits import Limits

_REFUSED = {
    "WordDocument": Refusal.OLD_WORD,
    "EncryptedPackage": Refusal.PROTECTED,
    "Workbook": Refusal.OTHER_OFFICE,
    "PowerPoint Document": Refusal.OTHER_OFFICE,
}


def compound(data: bytes, limits: Limits) -> Document:
    """Reads a hwp file.

    Raises:
        UnreadableDocument: It is another one, or broken, or beyond a limit.
    """
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        for stream, refusal in _REFUSED.items():
            if file.exists(stream):
                raise UnreadableDocument(refusal)
        if not file.exists("FileHeader"):
            raise UnreadableDocument(Refusal.NOT_TEXT)
        return hwp(file, limits)

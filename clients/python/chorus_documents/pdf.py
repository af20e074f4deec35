"""Reads the text in a PDF file."""

import re
from collections.abc import Iterator

import pypdfium2

from chorus_documents.document import Document, Format, Refusal, Remark, UnreadableDocument
from chorus_documents.limits import MAX_PAGES, Limits

# The library writes a hyphen that only divides a word at the end of a line as one of these.
_DIVISION = re.compile(r"[\x02\ufffe](?:\r?\n)?")


def pdf(data: bytes, limits: Limits) -> Document:
    """Reads the text of all pages, in the order of the file.

    Raises:
        UnreadableDocument: It holds no text, needs a password, or is beyond a limit.
    """
    try:
        file = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        protected = error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD
        raise UnreadableDocument(Refusal.PROTECTED if protected else Refusal.BROKEN) from None
    if len(file) > MAX_PAGES:
        raise UnreadableDocument(Refusal.TOO_LONG)
    pages = list(_pages(file, limits.text_characters))
    with_text = [page for page in pages if page]
    if not with_text:
        raise UnreadableDocument(Refusal.NO_TEXT_IN_PDF)
    remarks = {Remark.LINES_OF_THE_PAGE}
    if len(with_text) < len(pages):
        remarks.add(Remark.PAGES_WITHOUT_TEXT)
    return Document("\n\n".join(with_text), Format.PDF, frozenset(remarks))


def _pages(file: pypdfium2.PdfDocument, left: int) -> Iterator[str]:
    for page in file:
        letters = page.get_textpage()
        left -= letters.count_chars()
        if left < 0:
            raise UnreadableDocument(Refusal.TOO_LONG)
        text = _DIVISION.sub("", letters.get_text_range() if letters.count_chars() else "")
        yield text.replace("\r\n", "\n").strip()
        letters.close()
        page.close()

"""Writes a work that is given back as a file of one of the formats."""

from collections.abc import Callable, Mapping

from chorus_documents.document import Format, UnreadableDocument
from chorus_documents.writing.csv_table import csv_table
from chorus_documents.writing.html_page import html
from chorus_documents.writing.markdown import markdown
from chorus_documents.writing.process import commented
from chorus_documents.writing.returned_work import ReturnedWork
from clients.web.server.problems import Problem
from clients.web.server.refused_document import RefusedDocument

MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "hwpx": "application/hwp+zip",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
"""The formats, and what a browser is told of each."""

PAGES: Mapping[str, Callable[[ReturnedWork], bytes]] = {
    "html": lambda work: html(work).encode(),
    "md": lambda work: markdown(work).encode(),
    "csv": csv_table,
}
"""Writes those formats that need no file of the author's."""


def returned_file(work: ReturnedWork, file_format: str, data: bytes) -> bytes:
    """Returns a work as a file.

    Args:
        work: What is given back.
        file_format: One of `MIME`.
        data: The file that came; empty: there is none, and a docx is made anew.

    Raises:
        Problem: It cannot be written.
    """
    if page := PAGES.get(file_format):
        return page(work)
    if file_format == "hwpx" and not data:
        raise Problem(422, "FILE_NEEDED", "memos need the hwpx that came: send its file_id", "file_id")
    try:
        return commented(work, Format(file_format), data)
    except UnreadableDocument as error:
        raise RefusedDocument(error.refusal, "file_id") from None

"""Takes a file from a teacher, and gives its text."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chorus_documents.document import Document, Format, Refusal, Remark, UnreadableDocument
from chorus_documents.korean import REMARKS
from chorus_documents.limits import DEFAULT_LIMITS
from chorus_documents.reader import read
from clients.web.server.bodies import TOO_LARGE, bounded
from clients.web.server.file_names import shown_name
from clients.web.server.guard import Visitor
from clients.web.server.kept_files import KeptFile, KeptFiles
from clients.web.server.languages import language_of
from clients.web.server.problems import Problem
from clients.web.server.refused_document import RefusedDocument
from clients.web.server.workers import Workers

# What a submission may hold, as the contract says.
MAX_TEXT_CHARACTERS = 100_000
# The multipart form around the file.
_FORM_BYTES = 64 * 1024
_MAX_FIELD_BYTES = 1024
_ASSUMPTIONS = frozenset({Remark.READ_AS_UTF_16, Remark.READ_AS_CP949, Remark.READ_AS_CP1252})
# Comments can be put into these.
_KEPT = frozenset({Format.DOCX, Format.HWPX})


@dataclass(frozen=True, slots=True)
class Uploads:
    """Answers /api/files."""

    kept: KeptFiles
    workers: Workers
    max_file_bytes: int

    async def post(self, request: Request) -> Response:
        """Reads the file in the form's field `file`, and says what was assumed of it."""
        visitor: Visitor = request.state.visitor
        language = language_of(request)
        async with sent_file(request, self.max_file_bytes) as sent:
            document, file_id = await self.workers.run(lambda: self._take(sent, visitor.teacher))
        return JSONResponse({"file_id": file_id, "name": sent.name, **_described(document, language)})

    async def delete(self, request: Request) -> Response:
        """Deletes a file that the teacher has sent."""
        visitor: Visitor = request.state.visitor
        file_id: str = request.path_params["file_id"]
        if not await self.workers.run(lambda: self.kept.delete(file_id, visitor.teacher)):
            raise Problem(404, "FILE_NOT_FOUND", "there is no such file any more", "file_id")
        return Response(status_code=204)

    def _take(self, sent: "SentFile", teacher: str) -> tuple[Document, str]:
        """Returns what the file holds, and the name under which it is kept; empty: it is not."""
        data = sent.content.read()
        limits = replace(DEFAULT_LIMITS, file_bytes=self.max_file_bytes)
        try:
            document = read(data, limits)
        except UnreadableDocument as error:
            raise RefusedDocument(error.refusal) from None
        if len(document.text) > MAX_TEXT_CHARACTERS:
            raise RefusedDocument(Refusal.TOO_LONG)
        if document.format not in _KEPT:
            return document, ""
        return document, self.kept.keep(KeptFile(sent.name, document.format.value, teacher), data)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came in a form.

    Attributes:
        name: Without folders.
        content: What it holds. Beyond 1 MiB it is on the disk: those that wait for their turn take no memory.
    """

    name: str
    content: BinaryIO


@asynccontextmanager
async def sent_file(request: Request, max_bytes: int) -> AsyncIterator[SentFile]:
    """Yields the file in a form's field `file`, which is gone when the block ends.

    Raises:
        Problem: There is none, or it is too large.
    """
    form = await _form(request, max_bytes)
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Problem(400, "FILE_MISSING", "the form has no file in its field `file`", "file")
        yield SentFile(shown_name(file.filename or ""), file.file)
    finally:
        await form.close()


async def _form(request: Request, max_bytes: int) -> FormData:
    try:
        async with bounded(request, max_bytes + _FORM_BYTES) as whole:
            return await whole.form(max_files=1, max_fields=1, max_part_size=_MAX_FIELD_BYTES)
    except HTTPException as error:
        # Starlette makes one of a form that is broken.
        raise Problem(400, "FORM", error.detail, "file") from None
    except Problem as problem:
        # Of a file that was not even taken whole, a teacher hears the same.
        if problem.reason != TOO_LARGE:
            raise
        raise RefusedDocument(Refusal.TOO_LARGE) from None


def remarks_of(document: Document, language: str) -> list[str]:
    """Returns what was assumed of a document and what was left out, in sentences."""
    described = _described(document, language)
    return [each for each in (described["assumed"], *described["notes"]) if each]


def _described(document: Document, language: str) -> dict[str, Any]:
    words = REMARKS if language == "ko" else {each: each.value for each in Remark}
    said = sorted(document.remarks, key=lambda remark: remark.name)
    return {
        "format": document.format.value,
        "text": document.text,
        "assumed": " ".join(words[each] for each in said if each in _ASSUMPTIONS),
        "notes": [words[each] for each in said if each not in _ASSUMPTIONS],
    }

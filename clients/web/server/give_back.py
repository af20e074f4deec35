"""Writes what a teacher gives back: as comments in the file that came, as a page, or as a table."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format
from starlette.requests import Request
from starlette.responses import Response

from chorus.feedback.v1 import decision_pb2, feedback_service_pb2
from chorus_documents.document import Format, Refusal, UnreadableDocument
from chorus_documents.reader import read
from chorus_documents.writing.csv_table import csv_table
from chorus_documents.writing.html_page import html
from chorus_documents.writing.markdown import markdown
from chorus_documents.writing.process import commented
from chorus_documents.writing.returned_work import ReturnedWork
from clients.web.server.bodies import bounded
from clients.web.server.decided import decided_work
from clients.web.server.file_names import disposition
from clients.web.server.guard import Visitor
from clients.web.server.kept_files import KeptFiles
from clients.web.server.languages import LANGUAGES
from clients.web.server.problems import Problem
from clients.web.server.workers import Workers

# More than the longest text and a feedback with a thousand points.
_MAX_BYTES = 16 * 1024 * 1024
_MAX_TITLE = 200
_MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "hwpx": "application/hwp+zip",
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
_PAGES: Mapping[str, Callable[[ReturnedWork], bytes]] = {
    "html": lambda work: html(work).encode(),
    "md": lambda work: markdown(work).encode(),
    "csv": csv_table,
}


@dataclass(frozen=True, slots=True)
class GiveBack:
    """Answers /api/give-back."""

    kept: KeptFiles
    workers: Workers

    async def post(self, request: Request) -> Response:
        """Returns the file that the body asks for, as a download."""
        visitor: Visitor = request.state.visitor
        async with bounded(request, _MAX_BYTES) as whole:
            body = await whole.body()
        asked = await self.workers.run(lambda: _Asked.of(body))
        written = await self.workers.run(lambda: self._written(asked, visitor.teacher))
        headers = {"content-disposition": disposition(asked.title, f".{asked.format}")}
        return Response(written, media_type=_MIME[asked.format], headers=headers)

    def _written(self, asked: "_Asked", teacher: str) -> bytes:
        text, data = asked.text, b""
        if asked.file_id:
            found = self.kept.get(asked.file_id, teacher)
            if found is None:
                raise Problem(404, "FILE_NOT_FOUND", "there is no such file any more", "file_id")
            file, data = found
            if asked.format in _PAGES:
                text = text or _text(data)
            elif file.format != asked.format:
                wrong = (
                    f"the file that came is {file.format}: comments cannot be put into it as {asked.format}"
                )
                raise Problem(422, "OTHER_FORMAT", wrong, "format")
            else:
                text = _text(data)
        if asked.format == "hwpx" and not data:
            raise Problem(422, "FILE_NEEDED", "memos need the hwpx that came: send its file_id", "file_id")
        if not text.strip() and asked.format != "csv":
            raise Problem(400, "TEXT_MISSING", "a text or a file_id is needed", "text")
        work = decided_work(
            title=asked.title,
            author=asked.decisions.rater or "Chorus",
            text=text,
            language=asked.language,
            feedback=asked.feedback,
            decisions=asked.decisions,
        )
        if page := _PAGES.get(asked.format):
            return page(work)
        try:
            return commented(work, Format(asked.format), data)
        except UnreadableDocument as error:
            raise _unwritable(error.refusal) from None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the body of the request says."""

    format: str
    language: str
    file_id: str
    text: str
    title: str
    feedback: feedback_service_pb2.GetFeedbackResponse
    decisions: decision_pb2.Decisions

    @classmethod
    def of(cls, body: bytes) -> "_Asked":
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            raise Problem(400, "JSON", "the body is no JSON") from None
        if not isinstance(said, dict):
            raise Problem(400, "JSON", "the body is no JSON object")
        return cls(
            format=_one_of(said, "format", tuple(_MIME)),
            language=_one_of(said, "language", LANGUAGES),
            file_id=_text_of(said, "file_id"),
            text=_text_of(said, "text"),
            title=_text_of(said, "title")[:_MAX_TITLE],
            feedback=_message_of(said, "feedback", feedback_service_pb2.GetFeedbackResponse()),
            decisions=_message_of(said, "decisions", decision_pb2.Decisions()),
        )


def _one_of(said: Mapping[str, Any], field: str, among: tuple[str, ...]) -> str:
    value = said.get(field)
    if value not in among:
        raise Problem(400, "FIELD", f"{field}: one of {', '.join(among)}", field)
    return str(value)


def _text_of(said: Mapping[str, Any], field: str) -> str:
    value = said.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Problem(400, "FIELD", f"{field}: a text", field)
    # Half a surrogate pair is JSON, and no text.
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _message_of(said: Mapping[str, Any], field: str, message: Any) -> Any:
    try:
        return json_format.ParseDict(said.get(field) or {}, message, ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        wrong = f"{field}: the ProtoJSON of {message.DESCRIPTOR.full_name}"
        raise Problem(400, "FIELD", wrong, field) from None


def _text(data: bytes) -> str:
    try:
        return read(data).text
    except UnreadableDocument as error:
        raise _unwritable(error.refusal) from None


def _unwritable(refusal: Refusal) -> Problem:
    if refusal is Refusal.LIBRARY_MISSING:
        return Problem(501, refusal.name, "comments need a library that is not installed here", "format")
    return Problem(422, refusal.name, f"the file {refusal.value}", "file_id")

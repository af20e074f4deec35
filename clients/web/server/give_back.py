"""Writes what a teacher gives back: as comments in the file that came, as a page, or as a table."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from chorus.feedback.v1 import decision_pb2, feedback_service_pb2
from chorus_documents.document import UnreadableDocument
from chorus_documents.reader import read
from chorus_wording.wording import WORDING
from clients.web.server.bodies import bounded
from clients.web.server.decided import decided_work
from clients.web.server.file_names import disposition
from clients.web.server.guard import Visitor
from clients.web.server.json_body import fields_of, message_of, one_of, text_of
from clients.web.server.kept_files import KeptFiles
from clients.web.server.languages import LANGUAGES
from clients.web.server.problems import Problem
from clients.web.server.refused_document import RefusedDocument
from clients.web.server.returned_files import MIME, PAGES, returned_file
from clients.web.server.workers import Workers

# More than the longest text and a feedback with a thousand points.
_MAX_BYTES = 16 * 1024 * 1024
_MAX_TITLE = 200


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
        mark = WORDING[asked.language].labels.feedback
        headers = {"content-disposition": disposition(asked.title, mark, f".{asked.format}")}
        return Response(written, media_type=MIME[asked.format], headers=headers)

    def _written(self, asked: "_Asked", teacher: str) -> bytes:
        text, data = asked.text, b""
        if asked.file_id:
            found = self.kept.get(asked.file_id, teacher)
            if found is None:
                raise Problem(404, "FILE_NOT_FOUND", "there is no such file any more", "file_id")
            file, data = found
            if asked.format in PAGES:
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
            author=teacher,
            text=text,
            language=asked.language,
            feedback=asked.feedback,
            decisions=asked.decisions,
        )
        return returned_file(work, asked.format, data)


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
        said = fields_of(body)
        return cls(
            format=one_of(said, "format", tuple(MIME)),
            language=one_of(said, "language", LANGUAGES),
            file_id=text_of(said, "file_id"),
            text=text_of(said, "text"),
            title=text_of(said, "title")[:_MAX_TITLE],
            feedback=message_of(said, "feedback", feedback_service_pb2.GetFeedbackResponse()),
            decisions=message_of(said, "decisions", decision_pb2.Decisions()),
        )


def _text(data: bytes) -> str:
    try:
        return read(data).text
    except UnreadableDocument as error:
        raise RefusedDocument(error.refusal, "file_id") from None

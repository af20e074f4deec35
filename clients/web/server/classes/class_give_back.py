"""Answers what gives works of a class back: one, all of them, and the scores."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from chorus_wording.wording import WORDING
from clients.web.server.bodies import bounded
from clients.web.server.classes.class_api import found_work
from clients.web.server.classes.class_store import ClassStore
from clients.web.server.classes.class_words import CLASS_WORDS
from clients.web.server.classes.returned_class import (
    FILES,
    ReturnedArchive,
    ScoreTable,
    language_of,
    stem_of,
    written_work,
)
from clients.web.server.classes.tables import Assignment, State
from clients.web.server.file_names import disposition
from clients.web.server.guard import Visitor
from clients.web.server.json_body import Fields, fields_of, one_of
from clients.web.server.languages import LANGUAGES
from clients.web.server.problems import Problem
from clients.web.server.returned_files import MIME
from clients.web.server.workers import Workers

_MAX_BYTES = 4096
_PIECE_BYTES = 64 * 1024
_OF_CLASS = (FILES, "html", "csv")
_GIVEN = (State.DECIDED, State.GIVEN_BACK)


@dataclass(frozen=True, slots=True)
class ClassGiveBack:
    """Writes files from what the class keeps; the browser sends no feedback."""

    store: ClassStore
    workers: Workers

    def routes(self) -> list[Route]:
        """Returns the routes."""
        one = "/api/classes/{class_id}"
        return [
            Route(f"{one}/give-back", self._all, methods=["POST"]),
            Route(f"{one}/works/{{work_id}}/give-back", self._one, methods=["POST"]),
        ]

    async def _one(self, request: Request) -> Response:
        said = await _fields(request)
        file_format = one_of(said, "format", tuple(MIME))
        language = one_of(said, "language", LANGUAGES)
        assignment, work = await found_work(self.store, request)
        if work.state not in _GIVEN:
            wrong = "first say that this is what the author gets"
            raise Problem(409, "NOT_DECIDED", wrong)
        language = language_of(assignment, work, language)
        owner = assignment.owner
        data, suffix = await self.workers.run(lambda: written_work(work, owner, file_format, language))
        await asyncio.to_thread(self.store.give_back, [work.id])
        name = disposition(stem_of(work), WORDING[language].labels.feedback, f".{suffix}")
        return Response(data, media_type=MIME[suffix], headers={"content-disposition": name})

    async def _all(self, request: Request) -> Response:
        said = await _fields(request)
        file_format = one_of(said, "format", _OF_CLASS)
        language = one_of(said, "language", LANGUAGES)
        visitor: Visitor = request.state.visitor
        owner, class_id = visitor.teacher, request.path_params["class_id"]
        found = await asyncio.to_thread(self.store.find, owner, class_id)
        if found is None:
            raise Problem(404, "CLASS_NOT_FOUND", "there is no such class", "class_id")
        assignment, works = found
        words = CLASS_WORDS[language]
        ids = [each.id for each in works]
        if file_format == "csv":
            table = ScoreTable(assignment, language)
            for each in ids:
                await self.workers.run(partial(self._add, table, owner, class_id, each))
            headers = {"content-disposition": disposition(assignment.title, words.scores_file, ".csv")}
            return Response(table.written(), media_type=MIME["csv"], headers=headers)
        if not any(each.state in _GIVEN for each in works):
            wrong = "no work is decided yet: first say of one that this is what the author gets"
            raise Problem(409, "NOT_DECIDED", wrong)
        file = await self._archive(assignment, ids, file_format, language)
        mark = words.files_mark if file_format == FILES else words.pages_mark
        headers = {"content-disposition": disposition(assignment.title, mark, ".zip")}
        return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)

    async def _archive(
        self, assignment: Assignment, ids: list[str], file_format: str, language: str
    ) -> IO[bytes]:
        """Returns the archive, in a file that has no name any more."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
        try:
            archive = ReturnedArchive(file, assignment, file_format, language)
            # One after the other, so that other teachers' files have their turn in between.
            for each in ids:
                await self.workers.run(partial(self._add, archive, assignment.owner, assignment.id, each))
            await self.workers.run(archive.close)
            await asyncio.to_thread(self.store.give_back, archive.written)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def _add(self, to: ReturnedArchive | ScoreTable, owner: str, class_id: str, work_id: str) -> None:
        found = self.store.work(owner, class_id, work_id)
        if found:
            to.add(found[1])


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


async def _fields(request: Request) -> Fields:
    async with bounded(request, _MAX_BYTES) as whole:
        return fields_of(await whole.body())

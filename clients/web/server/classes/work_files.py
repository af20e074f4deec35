"""Reads the files that a teacher hands in for a class, and keeps those that can be read."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from chorus_documents.document import Document, Format, Refusal, UnreadableDocument
from chorus_documents.limits import DEFAULT_LIMITS
from chorus_documents.reader import read
from clients.web.server.classes.class_store import AlreadyThere, ClassStore, TooMany
from clients.web.server.classes.class_view import Json, shown_work
from clients.web.server.classes.file_set import NamedFile, RefusedSet, files_of
from clients.web.server.classes.missing_files import MissingFiles
from clients.web.server.classes.roster import kept, key_of
from clients.web.server.classes.tables import Assignment, Work
from clients.web.server.problems import Problem
from clients.web.server.refused_document import RefusedDocument
from clients.web.server.uploads import MAX_TEXT_CHARACTERS, SentFile, remarks_of
from clients.web.server.workers import Workers

_ALREADY_THERE = "ALREADY_THERE"
# Comments can be put into these.
_KEPT = frozenset({Format.DOCX, Format.HWPX})


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that is not taken, and why."""

    name: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file that became a work.

    Attributes:
        shown: The work as a line of its class. What it holds is in the database alone.
        remarks: What was assumed of it and what was left out, in sentences.
    """

    shown: Json
    remarks: list[str]


@dataclass(frozen=True, slots=True)
class WorkFiles:
    """Turns files into works of a class."""

    store: ClassStore
    missing: MissingFiles
    workers: Workers
    max_file_bytes: int

    async def take(
        self, assignment: Assignment, sent: SentFile, language: str
    ) -> list[TakenFile | RefusedFile]:
        """Returns what became of each file. One that cannot be read does not keep out the others.

        Those that are not taken are kept as missing, but for what is there already. So is an archive of which
        nothing can be taken.
        """
        try:
            outcomes = await self._outcomes(assignment, sent, language)
        except Problem as problem:
            outcomes = [RefusedFile(sent.name, problem)]
        for each in outcomes:
            if isinstance(each, RefusedFile) and (reason := each.problem.reason) != _ALREADY_THERE:
                await asyncio.to_thread(self.missing.refuse, assignment.id, each.name, reason)
        return outcomes

    async def _outcomes(
        self, assignment: Assignment, sent: SentFile, language: str
    ) -> list[TakenFile | RefusedFile]:
        files = files_of(sent.name, sent.content, self.max_file_bytes)
        outcomes: list[TakenFile | RefusedFile] = []
        try:
            # One after the other, so that other teachers' files have their turn in between. Who waits for
            # that holds no file in memory.
            while outcome := await self.workers.run(partial(self._take_next, assignment, files, language)):
                outcomes.append(outcome)
        except RefusedSet as error:
            raise RefusedDocument(error.refusal) from None
        if not outcomes:
            raise RefusedDocument(Refusal.NO_TEXT)
        return outcomes

    def _take_next(
        self, assignment: Assignment, files: Iterator[NamedFile], language: str
    ) -> TakenFile | RefusedFile | None:
        """Returns what became of the next file; None: there is none."""
        file = next(files, None)
        if file is None:
            return None
        try:
            return self._take(assignment, file, language)
        except Problem as problem:
            return RefusedFile(file.name, problem)

    def _take(self, assignment: Assignment, file: NamedFile, language: str) -> TakenFile:
        document = self._read(file)
        text = document.text
        if not text.strip():
            raise RefusedDocument(Refusal.NO_TEXT)
        if len(text) > MAX_TEXT_CHARACTERS:
            raise RefusedDocument(Refusal.TOO_LONG)
        work = Work(
            file_name=file.name,
            pseudonym=kept(assignment.roster).get(key_of(file.name), ""),
            format=document.format.value,
            characters=len(text),
            size=len(text.encode()),
            text=text,
            data=file.data if document.format in _KEPT else None,
        )
        try:
            self.store.add_work(assignment.id, work)
        except AlreadyThere:
            self.missing.found(assignment.id, file.name)
            raise Problem(409, _ALREADY_THERE, "the class has a work of this name and text") from None
        except TooMany as error:
            raise too_many(error) from None
        self.missing.found(assignment.id, file.name)
        return TakenFile(shown_work(work), remarks_of(document, language))

    def _read(self, file: NamedFile) -> Document:
        if file.refusal:
            raise RefusedDocument(file.refusal)
        try:
            return read(file.data, replace(DEFAULT_LIMITS, file_bytes=self.max_file_bytes))
        except UnreadableDocument as error:
            raise RefusedDocument(error.refusal) from None


def roster_text(data: bytes) -> str:
    """Returns the text of a roster, in whatever encoding a spreadsheet wrote it.

    Raises:
        Problem: It is no text, or too large.
    """
    try:
        document = read(data)
    except UnreadableDocument as error:
        if error.refusal is Refusal.TOO_LARGE:
            raise RefusedDocument(error.refusal) from None
        raise _no_table() from None
    if document.format is not Format.TEXT:
        raise _no_table()
    return document.text.removeprefix("\ufeff")


def _no_table() -> Problem:
    """Returns what is told of a roster that is a document, or a spreadsheet in its program's own format."""
    wrong = "a roster is a table saved as CSV, and this is another kind of file"
    return Problem(422, "ROSTER_FORMAT", wrong, "file")


def too_many(error: TooMany) -> Problem:
    """Returns what is told where no more is kept."""
    return Problem(409, f"TOO_MANY_{error.what}", f"there can be at most {error}")

"""Writes what a whole class gets: a file for each work, and a table of the scores."""

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from contextlib import suppress
from typing import IO

from chorus.feedback.v1 import decision_pb2, feedback_service_pb2
from chorus_documents.writing.csv_table import cell
from chorus_documents.writing.returned_work import ReturnedWork
from chorus_wording.wording import WORDING
from clients.web.server.classes.class_words import CLASS_WORDS
from clients.web.server.classes.tables import Assignment, State, Work
from clients.web.server.decided import NOTHING_DECIDED, decided_work
from clients.web.server.file_names import shown_name
from clients.web.server.languages import LANGUAGES
from clients.web.server.problems import Problem
from clients.web.server.refused_document import RefusedDocument
from clients.web.server.returned_files import returned_file

FILES = "files"
"""Comments in the docx and memos in the hwpx that came; a docx of their own for other works."""

_GIVEN = (State.DECIDED, State.GIVEN_BACK)
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_UNSAFE = re.compile(r'[\\/:*?"<>|]')
_MAX_STEM = 100


def language_of(assignment: Assignment, work: Work, otherwise: str) -> str:
    """Returns the language of the words around a work's feedback: its own, if it is one of ours."""
    feedback = feedback_service_pb2.GetFeedbackResponse.FromString(work.feedback)
    code = assignment.feedback_language or feedback.language_code
    language = code.partition("-")[0].lower()
    return language if language in LANGUAGES else otherwise


def returned_work(work: Work, teacher: str, language: str) -> ReturnedWork:
    """Returns a work, all of which is at hand, with what the teacher decided to say about it.

    Args:
        work: The work.
        teacher: Whose name stands at what is said; empty: it is not known.
        language: Of the words around what is said.

    Raises:
        Problem: Nothing was decided to be said.
    """
    decisions = decision_pb2.Decisions.FromString(work.decisions)
    return decided_work(
        title=stem_of(work),
        author=teacher,
        text=work.text,
        language=language,
        feedback=feedback_service_pb2.GetFeedbackResponse.FromString(work.feedback),
        decisions=decisions,
    )


def written_work(work: Work, teacher: str, file_format: str, language: str) -> tuple[bytes, str]:
    """Returns a work, all of which is at hand, as a file to give back, and the format of that.

    Args:
        work: The work.
        teacher: Whose name stands at what is said; empty: it is not known.
        file_format: A format, or `FILES`.
        language: Of the words around what is said.

    Raises:
        Problem: It cannot be written.
    """
    if file_format == FILES:
        file_format = work.format if work.data else "docx"
    data = work.data if work.data and work.format == file_format else b""
    return returned_file(returned_work(work, teacher, language), file_format, data), file_format


def stem_of(work: Work) -> str:
    """Returns the name of the file that came, without its suffix."""
    return _SUFFIX.sub("", shown_name(work.file_name))


class ReturnedArchive:
    """A zip archive with a file for each work that is decided, and the table of scores.

    A work that cannot be written is named in it, with the reason.
    """

    def __init__(self, file: IO[bytes], assignment: Assignment, file_format: str, language: str) -> None:
        """Args: file: Where it is written. file_format: A format, or `FILES`. language: The teacher's."""
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._assignment = assignment
        self._format = file_format
        self._language = language
        self._taken: set[str] = set()
        self._failed: list[str] = []
        self._table = ScoreTable(assignment, language)
        self.written: list[str] = []
        """The ids of the works that are in it."""

    def add(self, work: Work) -> None:
        """Adds a work, all of which is at hand."""
        if work.state not in _GIVEN:
            self._table.add(work)
            return
        language = language_of(self._assignment, work, self._language)
        try:
            data, suffix = written_work(work, self._assignment.owner, self._format, language)
        except Problem as problem:
            self._table.add(work)
            self._failed.append(f"{shown_name(work.file_name)}: {self._why(problem)}\n")
            return
        mark = WORDING[language].labels.feedback
        self._zip.writestr(_free_name(stem_of(work), f" ({mark})", f".{suffix}", self._taken), data)
        self._table.add(work, State.GIVEN_BACK)
        self.written.append(work.id)

    def _why(self, problem: Problem) -> str:
        """Returns what the teacher is told, in the page's language."""
        if isinstance(problem, RefusedDocument):
            return problem.in_language(self._language).text
        words = CLASS_WORDS[self._language]
        return words.nothing_decided if problem.reason == NOTHING_DECIDED else words.unwritten

    def close(self) -> None:
        """Writes what is about all of them."""
        words = CLASS_WORDS[self._language]
        self._zip.writestr(f"{words.scores_file}.csv", self._table.written())
        if self._failed:
            self._zip.writestr(f"{words.failed_file}.txt", "".join(self._failed))
        self._zip.close()


class ScoreTable:
    """A line for each work, a column for each criterion and the total: what was decided, nothing else."""

    def __init__(self, assignment: Assignment, language: str) -> None:
        """Args: language: The teacher's."""
        self._assignment = assignment
        self._language = language
        self._criteria: dict[str, None] = {}
        self._lines: list[tuple[Work, State, dict[str, str], str]] = []

    def add(self, work: Work, state: State | None = None) -> None:
        """Adds a work's line; its feedback and decisions are at hand.

        Args:
            work: The work.
            state: The one that it has when the table is read; None: the one that it has.
        """
        scores: dict[str, str] = {}
        total = ""
        if work.state in _GIVEN:
            language = language_of(self._assignment, work, self._language)
            # A teacher may have kept no point and no score.
            with suppress(Problem):
                returned = returned_work(work, self._assignment.owner, language)
                scores = {each.criterion: each.score for each in returned.scores}
                total = returned.total.score if returned.total else ""
        self._criteria.update(dict.fromkeys(scores))
        self._lines.append((work, state or State(work.state), scores, total))

    def written(self) -> bytes:
        """Returns the table in UTF-8, with a byte order mark for Excel."""
        output = io.StringIO()
        table = csv.writer(output, lineterminator="\r\n")
        words = CLASS_WORDS[self._language]
        table.writerow(map(cell, [words.file, words.pseudonym, words.state, *self._criteria, words.total]))
        for work, state, scores, total in self._lines:
            shown = [work.file_name, work.pseudonym, words.states[state]]
            table.writerow([*map(cell, shown), *(scores.get(each, "") for each in self._criteria), total])
        return codecs.BOM_UTF8 + output.getvalue().encode()


def _free_name(stem: str, mark: str, suffix: str, taken: set[str]) -> str:
    """Returns a name that no file of the archive has yet, on systems that do not tell cases apart either."""
    safe = unicodedata.normalize("NFC", _UNSAFE.sub("_", stem)).strip(" .")[:_MAX_STEM]
    number = 1
    name = f"{safe}{mark}{suffix}"
    while name.casefold() in taken:
        number += 1
        name = f"{safe} {number}{mark}{suffix}"
    taken.add(name.casefold())
    return name

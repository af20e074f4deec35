"""Reads a roster: which pseudonym the author of which file has."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clients.web.server.file_names import shown_name
from clients.web.server.problems import Problem

MAX_BYTES = 1024 * 1024
_MAX_ROWS = 1000
_MAX_COLUMNS = 50
_MAX_PSEUDONYM = 100
_COLUMNS = 2
_DELIMITERS = ",;\t"
_FILE_TITLES = frozenset({"file", "filename", "file name", "파일", "파일명", "파일 이름", "파일이름"})
_PSEUDONYM_TITLES = frozenset({"pseudonym", "alias", "code", "가명", "별칭", "별명", "번호"})
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")


@dataclass(frozen=True, slots=True)
class Roster:
    """The rows of a roster. Its other columns, such as names, are not read.

    Attributes:
        pseudonyms: By the key of the file's name.
        names: The files' names as they are written there, by their keys.
    """

    pseudonyms: Mapping[str, str]
    names: Mapping[str, str]


def key_of(file_name: str) -> str:
    """Returns what two names of one file share, whatever their suffix, case and form of Hangul."""
    return _SUFFIX.sub("", shown_name(file_name).strip()).casefold()


def read_roster(text: str) -> Roster:
    """Reads a table whose first line names the columns "file" and "pseudonym", in English or Korean.

    A table of two columns needs no such line if each line begins with a file's name that has a suffix.

    Raises:
        Problem: It is no such table, or a line of it is wrong.
    """
    rows = _rows(text)
    titles = [each.strip().casefold() for each in rows[0]] if rows else []
    file, pseudonym = _column(titles, _FILE_TITLES), _column(titles, _PSEUDONYM_TITLES)
    if file is not None and pseudonym is not None:
        first = 1
    elif titles and all(len(row) == _COLUMNS and _SUFFIX.search(row[0].strip()) for row in rows):
        file, pseudonym, first = 0, 1, 0
    else:
        raise _wrong("COLUMNS", "the first line names the columns: file and pseudonym (파일, 가명)")
    pseudonyms: dict[str, str] = {}
    names: dict[str, str] = {}
    for number, row in enumerate(rows[first:], start=first + 1):
        if max(file, pseudonym) >= len(row):
            raise _wrong("LINE", f"line {number} has too few columns", number)
        key, said = key_of(row[file]), shown_name(row[pseudonym].strip())
        if not key or not said or len(said) > _MAX_PSEUDONYM:
            wrong = f"line {number} needs a file and a pseudonym of at most {_MAX_PSEUDONYM} characters"
            raise _wrong("LINE", wrong, number)
        if key in pseudonyms:
            raise _wrong("TWICE", f"line {number} names a file that a line before it names", number)
        pseudonyms[key], names[key] = said, shown_name(row[file])
    if not pseudonyms:
        raise _wrong("COLUMNS", "it has no line")
    return Roster(pseudonyms, names)


def written(roster: Mapping[str, str]) -> str:
    """Returns pseudonyms as an assignment keeps them."""
    return json.dumps(roster, ensure_ascii=False)


def kept(text: str) -> Mapping[str, str]:
    """Returns pseudonyms that `written` wrote."""
    pseudonyms: Mapping[str, str] = json.loads(text)
    return pseudonyms


def _rows(text: str) -> list[Sequence[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: list[Sequence[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if not any(each.strip() for each in row):
                continue
            if len(row) > _MAX_COLUMNS or len(rows) > _MAX_ROWS:
                wrong = f"at most {_MAX_ROWS} lines and {_MAX_COLUMNS} columns are taken"
                raise _wrong("TOO_LONG", wrong)
            rows.append(row)
    except csv.Error:
        raise _wrong("COLUMNS", "it is no CSV") from None
    return rows


def _column(titles: Sequence[str], among: frozenset[str]) -> int | None:
    return next((at for at, each in enumerate(titles) if each in among), None)


def _wrong(what: str, text: str, line: int = 0) -> Problem:
    return Problem(422, f"ROSTER_{what}", text, "file", metadata={"line": line} if line else {})

"""Reads an assignment, or changes of one, from what the page sends; a wrong field is named."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from chorus.feedback.v1 import submission_pb2
from clients.web.server.classes.tables import Assignment
from clients.web.server.json_body import Fields, message_of, one_of, text_of
from clients.web.server.languages import LANGUAGES
from clients.web.server.problems import Problem

LIMIT = "limit_usd_nanos"
"""The field of what all reviews may cost."""

_MAX_TITLE = 200
# As the contract says.
_MAX_TASK = 20_000
_MAX_LEVEL = 200
_MAX_MODELS = 100
_MAX_MODEL = 200
_MAX_RUBRIC_BYTES = 256 * 1024
_MAX_LIMIT_NANOS = 10**15
_LANGUAGES = ("", *LANGUAGES)


def new_assignment(said: Fields, owner: str) -> Assignment:
    """Returns the assignment.

    Raises:
        Problem: A field is wrong.
    """
    values = {column: read(said) for column, read in _FIELDS.values()}
    return Assignment(owner=owner, created=time.time(), **values)


def changes_of(said: Fields) -> dict[str, Any]:
    """Returns the values of those columns of an assignment whose fields are there.

    Raises:
        Problem: A field is wrong.
    """
    return {column: read(said) for field, (column, read) in _FIELDS.items() if field in said}


def _title(said: Fields) -> str:
    title = text_of(said, "title", _MAX_TITLE).strip()
    if not title:
        raise Problem(400, "FIELD", "title: a text that is not empty", "title")
    return title


def _rubric(said: Fields) -> bytes:
    rubric = message_of(said, "rubric", submission_pb2.Rubric()).SerializeToString()
    if len(rubric) > _MAX_RUBRIC_BYTES:
        raise Problem(400, "FIELD", f"rubric: at most {_MAX_RUBRIC_BYTES:,} bytes", "rubric")
    return rubric


def _limit(said: Fields) -> int | None:
    """Returns what all reviews may cost, in 1e-9 USD; None: there is no limit."""
    value = said.get(LIMIT)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_LIMIT_NANOS:
        raise Problem(400, "FIELD", f"{LIMIT}: a whole number from 0 to {_MAX_LIMIT_NANOS}", LIMIT)
    return value


def _models(said: Fields) -> str:
    models = said.get("models")
    is_list = isinstance(models, list) and all(isinstance(each, str) for each in models)
    if not is_list or not models or len(models) > _MAX_MODELS or len(set(models)) < len(models):
        raise Problem(400, "FIELD", f"models: 1 to {_MAX_MODELS} names, each once", "models")
    if any(len(each) > _MAX_MODEL for each in models):
        raise Problem(400, "FIELD", f"models: names of at most {_MAX_MODEL} characters", "models")
    return json.dumps(models)


_FIELDS: Mapping[str, tuple[str, Callable[[Fields], Any]]] = {
    "title": ("title", _title),
    "task": ("task", lambda said: text_of(said, "task", _MAX_TASK)),
    "notes": ("notes", lambda said: text_of(said, "notes", _MAX_TASK)),
    "level": ("level", lambda said: text_of(said, "level", _MAX_LEVEL)),
    "text_language": ("text_language", lambda said: one_of(said, "text_language", _LANGUAGES)),
    "feedback_language": ("feedback_language", lambda said: one_of(said, "feedback_language", _LANGUAGES)),
    "rubric": ("rubric", _rubric),
    "models": ("models", _models),
    LIMIT: ("limit_nanos", _limit),
}

"""Reads a new assignment from what the page sends; a wrong field is named."""

import json
import time

from chorus.feedback.v1 import submission_pb2
from clients.web.server.classes.tables import Assignment
from clients.web.server.json_body import Fields, message_of, one_of, text_of
from clients.web.server.languages import LANGUAGES
from clients.web.server.problems import Problem

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
    title = text_of(said, "title", _MAX_TITLE).strip()
    if not title:
        raise Problem(400, "FIELD", "title: a text that is not empty", "title")
    rubric = message_of(said, "rubric", submission_pb2.Rubric()).SerializeToString()
    if len(rubric) > _MAX_RUBRIC_BYTES:
        raise Problem(400, "FIELD", f"rubric: at most {_MAX_RUBRIC_BYTES:,} bytes", "rubric")
    return Assignment(
        owner=owner,
        title=title,
        task=text_of(said, "task", _MAX_TASK),
        notes=text_of(said, "notes", _MAX_TASK),
        level=text_of(said, "level", _MAX_LEVEL),
        text_language=one_of(said, "text_language", _LANGUAGES),
        feedback_language=one_of(said, "feedback_language", _LANGUAGES),
        rubric=rubric,
        models=json.dumps(_models(said)),
        limit_nanos=limit_of(said),
        created=time.time(),
    )


def limit_of(said: Fields) -> int | None:
    """Returns what all reviews may cost, in 1e-9 USD; None: there is no limit.

    Raises:
        Problem: It is no amount.
    """
    field = "limit_usd_nanos"
    value = said.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_LIMIT_NANOS:
        raise Problem(400, "FIELD", f"{field}: a whole number from 0 to {_MAX_LIMIT_NANOS}", field)
    return value


def _models(said: Fields) -> list[str]:
    models = said.get("models")
    is_list = isinstance(models, list) and all(isinstance(each, str) for each in models)
    if not is_list or not models or len(models) > _MAX_MODELS or len(set(models)) < len(models):
        raise Problem(400, "FIELD", f"models: 1 to {_MAX_MODELS} names, each once", "models")
    if any(len(each) > _MAX_MODEL for each in models):
        raise Problem(400, "FIELD", f"models: names of at most {_MAX_MODEL} characters", "models")
    return list(models)

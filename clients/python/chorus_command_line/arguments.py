"""Reads and checks what a person gives on the command line, before anything is sent.

Each function is a typer parser; typer adds the option's name to the error.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import typer
from google.protobuf import json_format

from chorus.feedback.v1 import feedback_service_pb2, submission_pb2
from chorus_documents.document import Document, Refusal, Remark, UnreadableDocument
from chorus_documents.reader import read_file

REPORT_FORMATS = (".html", ".md")
_MAX_AMOUNT = 1_000_000


@dataclass(frozen=True, slots=True)
class TextFile:
    """The text of a file to be reviewed, and what there is to say of how it was read."""

    name: str
    text: str
    remarks: frozenset[Remark] = frozenset()


def file(value: str) -> TextFile:
    """Reads a text to be reviewed."""
    document = _read(value)
    if not document.text.strip():
        raise typer.BadParameter(f"{value} {Refusal.NO_TEXT.value}")
    return TextFile(value, document.text, document.remarks)


def rubric(value: str) -> submission_pb2.Rubric:
    """Reads a rubric in ProtoJSON."""
    try:
        return json_format.Parse(_read(value).text, submission_pb2.Rubric())
    except json_format.ParseError as error:
        # The first line names the field, and the rest lists the fields that there are.
        raise typer.BadParameter(f"{value}: {str(error).splitlines()[0]}") from None


def report(value: str) -> Path:
    """Checks where a report goes, so that what cannot be written is known before anything is paid for."""
    path = Path(value)
    if path.suffix not in REPORT_FORMATS:
        raise typer.BadParameter(f"{value!r} ends neither in {' nor in '.join(REPORT_FORMATS)}")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"{path.parent} is no folder")
    return path


def text(value: str) -> str:
    """Checks that a word of the command line is text: the system takes any bytes."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise typer.BadParameter("this is not UTF-8") from None
    return value


def number(value: str) -> float:
    """Reads a number of seconds or of dollars."""
    try:
        amount = float(value)
    except ValueError:
        amount = math.nan
    if not 0 <= amount <= _MAX_AMOUNT:
        raise typer.BadParameter(f"{value!r} is not a number from 0 to {_MAX_AMOUNT:,}")
    return amount


def ratio(value: str) -> float:
    """Reads a width over a height, for example "16:9" or "1.5"."""
    try:
        width, height = map(float, value.split(":")) if ":" in value else (float(value), 1.0)
        aspect = width / height
    except (ValueError, ZeroDivisionError):
        aspect = math.nan
    if not (math.isfinite(aspect) and aspect > 0):
        raise typer.BadParameter(f"{value!r} is no ratio such as 16:9 or 1.5")
    return aspect


def substitution(*, any_substitute: bool | None) -> feedback_service_pb2.PanelPolicy.Substitution.ValueType:
    """Returns who may stand in for a model that fails; None leaves it to the server's default."""
    policy = feedback_service_pb2.PanelPolicy
    if any_substitute is None:
        return policy.SUBSTITUTION_UNSPECIFIED
    return policy.SUBSTITUTION_ANY if any_substitute else policy.SUBSTITUTION_NONE


def _read(path: str) -> Document:
    try:
        return read_file(Path(path))
    except OSError as error:
        raise typer.BadParameter(f"{path}: {error.strerror}") from None
    except UnreadableDocument as error:
        raise typer.BadParameter(f"{path} {error}") from None

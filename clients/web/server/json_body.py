"""Reads the fields of a request's JSON body; a wrong one is named."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message

from clients.web.server.problems import Problem

Fields = Mapping[str, Any]
SomeMessage = TypeVar("SomeMessage", bound=Message)


def fields_of(body: bytes) -> Fields:
    """Returns the fields of a JSON object.

    Raises:
        Problem: It is none.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "JSON", "the body is no JSON") from None
    if not isinstance(said, dict):
        raise Problem(400, "JSON", "the body is no JSON object")
    return said


def one_of(said: Fields, field: str, among: tuple[str, ...]) -> str:
    """Returns a field that holds one of a few words."""
    value = said.get(field)
    if value not in among:
        raise Problem(400, "FIELD", f"{field}: one of {', '.join(among)}", field)
    return str(value)


def text_of(said: Fields, field: str, most: int | None = None) -> str:
    """Returns a text, "" where there is none.

    Raises:
        Problem: It is no text, or has more than `most` code points.
    """
    value = said.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Problem(400, "FIELD", f"{field}: a text", field)
    # Half a surrogate pair is JSON, and no text.
    text = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if most is not None and len(text) > most:
        raise Problem(400, "FIELD", f"{field}: at most {most:,} characters", field)
    return text


def message_of(said: Fields, field: str, message: SomeMessage) -> SomeMessage:
    """Returns the message that a field holds as ProtoJSON, an empty one where there is none."""
    try:
        return json_format.ParseDict(said.get(field) or {}, message, ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        wrong = f"{field}: the ProtoJSON of {message.DESCRIPTOR.full_name}"
        raise Problem(400, "FIELD", wrong, field) from None

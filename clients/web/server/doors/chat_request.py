"""Reads a request of the Chat Completions API as a request for a review."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format

from chorus.feedback.v1 import feedback_service_pb2
from clients.web.server.problems import Problem

PREFIX = "chorus/"
PANEL_MODEL = "chorus/panel"
_MOST_MESSAGES = 1000
_TASK_ROLES = ("system", "developer")


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a chat client asks.

    Attributes:
        model: As the client named it.
        request: The review.
        streams: Whether the answer comes in chunks.
        counts: Whether a stream ends with what was used.
    """

    model: str
    request: feedback_service_pb2.GetFeedbackRequest
    streams: bool
    counts: bool


def read_chat_request(body: bytes, caller: str, idempotency_key: str = "") -> ChatRequest:
    """Returns what is asked.

    The last message of the user is the submission; what the system or developer says is the task. The field
    `chorus` may hold more of GetFeedbackRequest, as ProtoJSON. How models sample, `tools` and
    `response_format` have no meaning here and are passed over.

    Args:
        body: JSON.
        caller: Who asks, so that nobody's repeat is taken for another's.
        idempotency_key: A repeat with the same one is answered once; empty: each is.

    Raises:
        Problem: It is malformed.
    """
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "invalid_json", "the body is no JSON") from None
    if not isinstance(said, dict):
        raise Problem(400, "invalid_json", "the body is no JSON object")
    model = said.get("model")
    if not isinstance(model, str) or not model.startswith(PREFIX) or model == PREFIX:
        wrong = f"no such model; {PANEL_MODEL} is one, and GET /v1/models lists them"
        raise Problem(404, "model_not_found", wrong, "model")
    if said.get("n") not in {None, 1}:
        raise Problem(400, "unsupported_value", "a panel has one answer: n can only be 1", "n")
    request = _own_field(said.get("chorus"))
    _read_messages(said.get("messages"), request)
    if model != PANEL_MODEL:
        del request.models[:]
        request.models.append(model.removeprefix(PREFIX))
    if key := idempotency_key or request.request_id:
        # All of them are one caller to the orchestrator.
        request.request_id = hashlib.sha256(f"{caller}\n{key}".encode()).hexdigest()
    options = said.get("stream_options")
    counts = isinstance(options, dict) and options.get("include_usage") is True
    return ChatRequest(model, request, said.get("stream") is True, counts)


def _own_field(said: object) -> feedback_service_pb2.GetFeedbackRequest:
    try:
        return json_format.ParseDict(said or {}, feedback_service_pb2.GetFeedbackRequest())
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        wrong = "chorus: the ProtoJSON of chorus.feedback.v1.GetFeedbackRequest"
        raise Problem(400, "invalid_value", wrong, "chorus") from None


def _read_messages(said: object, request: feedback_service_pb2.GetFeedbackRequest) -> None:
    if not isinstance(said, list) or not all(isinstance(each, Mapping) for each in said):
        raise Problem(400, "invalid_value", "messages: a list of messages", "messages")
    if len(said) > _MOST_MESSAGES:
        raise Problem(400, "invalid_value", f"messages: at most {_MOST_MESSAGES}", "messages")
    by_users = [each for each in said if each.get("role") == "user"]
    if not by_users:
        raise Problem(400, "invalid_value", "messages: the last one of the user is the text", "messages")
    request.submission.text = _text(by_users[-1].get("content"))
    task = "\n\n".join(_texts(each for each in said if each.get("role") in _TASK_ROLES))
    if task:
        request.submission.task = task


def _texts(messages: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (text for each in messages if (text := _text(each.get("content")).strip()))


def _text(content: object) -> str:
    """Returns the text of a message, whose content is a text or a list of parts."""
    if isinstance(content, str):
        return _checked(content)
    if not isinstance(content, list):
        raise Problem(400, "invalid_value", "messages: content is a text or a list of parts", "messages")
    return "\n".join(map(_part, content))


def _part(part: object) -> str:
    if isinstance(part, Mapping) and part.get("type") == "text" and isinstance(part.get("text"), str):
        return _checked(part["text"])
    raise Problem(400, "unsupported_value", "messages: a panel reads text alone", "messages")


def _checked(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Problem(
            400, "invalid_value", "messages: half a surrogate pair is no text", "messages"
        ) from None
    return text

"""Writes requests to the Gemini API and reads its errors, for both of Google's SDKs."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from chorus.model.v1 import content_pb2, model_pb2
from modelkit.fencing import TaggedFence
from modelkit.generate_request import content_parts
from rpckit.errors import (
    InputTooLong,
    ModelNotFound,
    ProviderAuth,
    QuotaExhausted,
    RateLimited,
    Timeout,
    Unavailable,
)
from services.cloud_proxy.provider import Finish, Prompt
from services.cloud_proxy.provider_errors import ErrorTable, ProviderError, SchemaNotSupported

_ROLES = {content_pb2.ROLE_USER: "user", content_pb2.ROLE_MODEL: "model"}
_RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_PER_DAY = "PerDay"
_KEY_INVALID = "API_KEY_INVALID"

# Every reason for which the prompt itself is blocked means the same, and stands in no table.
FINISHES: Mapping[str, Finish] = {
    "STOP": Finish.STOP,
    "MAX_TOKENS": Finish.LENGTH,
    # The limit of one request is reached; the answer could be continued by another one.
    "CONTINUATION": Finish.LENGTH,
    "SAFETY": Finish.BLOCKED,
    "RECITATION": Finish.BLOCKED,
    "LANGUAGE": Finish.BLOCKED,
    "BLOCKLIST": Finish.BLOCKED,
    "PROHIBITED_CONTENT": Finish.BLOCKED,
    "SPII": Finish.BLOCKED,
    "MODEL_ARMOR": Finish.BLOCKED,
    "ESCALATION": Finish.BLOCKED,
    "IMAGE_SAFETY": Finish.BLOCKED,
    "IMAGE_PROHIBITED_CONTENT": Finish.BLOCKED,
    "IMAGE_RECITATION": Finish.BLOCKED,
    "IMAGE_OTHER": Finish.BLOCKED,
    # The account is limited because it was used for what the provider forbids.
    "PUP_LIMITED_DISABLED": Finish.NO_ACCESS,
    "FINISH_REASON_UNSPECIFIED": Finish.BROKEN,
    "OTHER": Finish.BROKEN,
    "MALFORMED_RESPONSE": Finish.BROKEN,
    "MISSING_THOUGHT_SIGNATURE": Finish.BROKEN,
    "NO_IMAGE": Finish.BROKEN,
    # No tools are offered.
    "MALFORMED_FUNCTION_CALL": Finish.BROKEN,
    "UNEXPECTED_TOOL_CALL": Finish.BROKEN,
    "TOO_MANY_TOOL_CALLS": Finish.BROKEN,
}

ERROR_TABLE = ErrorTable(
    codes={
        _PER_DAY: QuotaExhausted,
        # Billing is not enabled: "The free tier is not available in your country".
        "FAILED_PRECONDITION": QuotaExhausted,
        # It comes with the status 400.
        _KEY_INVALID: ProviderAuth,
        "UNAUTHENTICATED": ProviderAuth,
        "PERMISSION_DENIED": ProviderAuth,
        "NOT_FOUND": ModelNotFound,
        "RESOURCE_EXHAUSTED": RateLimited,
        "UNAVAILABLE": Unavailable,
        "INTERNAL": Unavailable,
        "DEADLINE_EXCEEDED": Timeout,
    },
    # All of these are 400 INVALID_ARGUMENT.
    phrases=(
        ("exceeds the maximum number of tokens", InputTooLong),
        ("too many states for serving", SchemaNotSupported),
        ("api key not valid", ProviderAuth),
    ),
)


def contents(prompt: Prompt) -> list[dict[str, Any]]:
    """Returns the turns as contents, with the documents fenced."""
    return [
        {"role": _ROLES[turn.role], "parts": [_part(part, prompt.fence) for part in content_parts(turn)]}
        for turn in prompt.request.turns
    ]


def generation_config(prompt: Prompt) -> dict[str, Any]:
    """Returns the fields of a GenerationConfig that both SDKs know, without the form of the answer."""
    sampling = prompt.request.sampling
    config: dict[str, Any] = {}
    if prompt.max_output_tokens:
        config["max_output_tokens"] = prompt.max_output_tokens
    if sampling.stop_sequences:
        config["stop_sequences"] = list(sampling.stop_sequences)
    if prompt.entry.can(model_pb2.CAPABILITY_SAMPLING):
        for name in ("temperature", "top_p"):
            if sampling.HasField(name):
                config[name] = getattr(sampling, name)
    if wants_picture(prompt):
        config["response_modalities"] = ["TEXT", "IMAGE"]
    return config


def wants_picture(prompt: Prompt) -> bool:
    """Returns whether a picture is asked for."""
    return prompt.request.output_format.WhichOneof("kind") == "image"


def nearest_ratio(ratio: float) -> str:
    """Returns the supported aspect ratio that comes nearest, for example "16:9"."""

    def distance(name: str) -> float:
        width, height = map(int, name.split(":"))
        return abs(width / height - ratio)

    return min(_RATIOS, key=distance)


def provider_error(status: int, body: object) -> ProviderError:
    """Reads an error's JSON: `{"error": {...}}`, alone or in a list."""
    if isinstance(body, list) and body:
        body = body[0]
    error = body.get("error", body) if isinstance(body, dict) else None
    fields = error if isinstance(error, dict) else {}
    codes, delay = [str(fields.get("status", ""))], None
    for detail in _objects(fields.get("details")):
        match str(detail.get("@type", "")).rpartition(".")[2]:
            case "ErrorInfo":
                codes.insert(0, str(detail.get("reason", "")))
            case "QuotaFailure" if any(_PER_DAY in quota for quota in _quotas(detail)):
                codes.insert(0, _PER_DAY)
            case "RetryInfo":
                delay = _seconds(str(detail.get("retryDelay", "")))
    return ProviderError(status, codes, str(fields.get("message", "")), delay)


def refuses_key(error: ProviderError) -> bool:
    """Returns whether an error says that the key is none, and not that it may not do this."""
    return error.status == HTTPStatus.UNAUTHORIZED or _KEY_INVALID in error.codes


def _objects(values: object) -> list[dict[str, object]]:
    """Returns the objects of a list; none where it is another value."""
    return [each for each in values if isinstance(each, dict)] if isinstance(values, list) else []


def _quotas(failure: Mapping[str, object]) -> list[str]:
    return [str(each.get("quotaId", "")) for each in _objects(failure.get("violations"))]


def _seconds(duration: str) -> float | None:
    try:
        return float(duration.removesuffix("s"))
    except ValueError:
        return None


def _part(part: content_pb2.Part, fence: TaggedFence) -> dict[str, Any]:
    match part.WhichOneof("kind"):
        case "document":
            return {"text": fence.enclose(part.document)}
        case "image":
            return {"inline_data": {"data": part.image.data, "mime_type": part.image.media_type}}
        case _:
            return {"text": part.text}

"""The error table of each provider: what it replies, and what a caller is told."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rpckit import errors
from tests.fakes.providers.gemini import blocked_prompt
from tests.fakes.providers.proxy import GENAI, Adapter
from tests.fakes.providers.reply import EMPTY_BODY, HTML, Fault, Output, Raw, Reply, error

# The older SDK of Google does not know these.
_NEWER_BLOCKS = (
    "IMAGE_RECITATION",
    "IMAGE_PROHIBITED_CONTENT",
    "IMAGE_OTHER",
    "ESCALATION",
    "MODEL_ARMOR",
)


@dataclass(frozen=True)
class Case:
    """A reply that the provider repeats, and what a caller is told.

    Attributes:
        requests: How many the provider sees.
        modes: False: unary; True: streaming.
    """

    row: str
    reply: Reply
    kind: type[errors.ChorusError]
    requests: int = 1
    metadata: Mapping[str, str] = field(default_factory=dict)
    retry_delay: float | None = None
    modes: tuple[bool, ...] = (False, True)


def chat(status: int, code: str | None = None, message: str = "No.", **headers: str) -> Raw:
    return error(status, {"error": {"message": message, "type": "some_error", "code": code}}, **headers)


def _claude(status: int, kind: str, message: str = "No.", code: str = "", **headers: str) -> Raw:
    details = {"details": {"error_code": code}} if code else {}
    return error(status, {"type": "error", "error": {"type": kind, "message": message} | details}, **headers)


def google(status: int, word: str, message: str = "No.", *details: Mapping[str, object]) -> Raw:
    return error(
        status, {"error": {"code": status, "message": message, "status": word, "details": list(details)}}
    )


def detail(name: str, **fields: object) -> dict[str, object]:
    return {"@type": f"type.googleapis.com/google.rpc.{name}"} | fields


def _common() -> list[Case]:
    bad = errors.BadOutput
    return [
        Case("HTML", HTML, bad, requests=2),
        Case("empty body", EMPTY_BODY, bad, requests=2),
        Case("garbled", Output(pieces=(), fault=Fault.GARBLED), bad, requests=2),
        Case("garbled after output", Output(fault=Fault.GARBLED), bad, modes=(True,)),
        Case("no finish reason", Output(fault=Fault.NO_END), bad, modes=(True,)),
        Case("empty answer", Output(pieces=()), bad, requests=2),
        Case("white space", Output(pieces=(" ", "\n")), bad, requests=2),
        Case("302", Raw(status=302, headers={"location": "/elsewhere"}), bad),
        Case("307", Raw(status=307, headers={"location": "/elsewhere/v1/messages"}), bad),
        Case("unknown finish", Output(finish="MALFORMED_FUNCTION_CALL"), bad),
        Case(
            "reset after output",
            Output(fault=Fault.RESET),
            errors.Unavailable,
            modes=(True,),
            retry_delay=1,
        ),
    ]


def _chat_cases(adapter: Adapter) -> list[Case]:
    setting = {"setting": adapter.key_variable}
    missing = {"model": adapter.model}
    too_long = {"max_input_tokens": "20000"}
    blocked = errors.ContentBlocked
    overloaded = {"error": {"message": "No.", "type": "server_error", "code": "server_error"}}
    unknown = {"error": {"message": "No.", "type": "odd", "code": "odd"}}
    context = "This model's maximum context length is 1000 tokens"
    schema = "Invalid schema for response_format 'answer': In context=(), 'allOf' is not permitted."
    return [
        Case("429", chat(429, "rate_limit_exceeded"), errors.RateLimited, retry_delay=1),
        Case("429 wait", chat(429, retry_after="99"), errors.RateLimited, retry_delay=99),
        Case("quota", chat(429, "insufficient_quota", retry_after="0"), errors.QuotaExhausted),
        Case("402", chat(402), errors.QuotaExhausted),
        Case("503", chat(503, retry_after="0"), errors.Unavailable, requests=3, retry_delay=0),
        Case("500", chat(500, retry_after="0"), errors.Unavailable, requests=3, retry_delay=0),
        Case("mid-stream", Output(error=overloaded), errors.Unavailable, modes=(True,), retry_delay=1),
        Case("error in a 200", Output((), error=unknown), errors.BadOutput, requests=2),
        Case("context", chat(400, "context_length_exceeded"), errors.InputTooLong, metadata=too_long),
        Case("context in words", chat(400, None, context), errors.InputTooLong, metadata=too_long),
        Case("413", chat(413), errors.InputTooLong, metadata=too_long),
        Case("prompt blocked", chat(400, "content_policy_violation"), blocked),
        Case("prompt filtered", chat(400, "content_filter"), blocked),
        Case("answer blocked", Output(finish="content_filter"), blocked),
        Case("401", chat(401, "invalid_api_key"), errors.ProviderAuth, metadata=setting),
        Case("403", chat(403), errors.ProviderAuth, metadata=setting),
        Case("404", chat(404, "model_not_found"), errors.ModelNotFound, metadata=missing),
        Case("408", chat(408), errors.Timeout),
        Case("504", chat(504), errors.Timeout),
        Case("schema", chat(400, None, schema), errors.NotSupported, metadata={"capability": "JSON_SCHEMA"}),
        Case("400", chat(400, "odd"), errors.Internal),
    ]


def _anthropic_cases(adapter: Adapter) -> list[Case]:
    setting = {"setting": adapter.key_variable}
    missing = {"model": adapter.model}
    too_long = {"max_input_tokens": "20000"}
    overloaded = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    unknown = {"type": "error", "error": {"type": "odd", "message": "No."}}
    bad = "invalid_request_error"
    balance = "Your credit balance is too low to access the Anthropic API."
    limits = "You have reached your specified API usage limits."
    filtered = "Output blocked by content filtering policy"
    length = "prompt is too long: 1200 tokens > 1000 maximum"
    return [
        Case("429", _claude(429, "rate_limit_error"), errors.RateLimited, retry_delay=1),
        Case(
            "429 wait",
            _claude(429, "rate_limit_error", retry_after="99"),
            errors.RateLimited,
            retry_delay=99,
        ),
        Case("balance", _claude(400, bad, balance), errors.QuotaExhausted),
        Case("limits", _claude(400, bad, limits), errors.QuotaExhausted),
        Case("spend", _claude(400, bad, code="contract_spend_limit_reached"), errors.QuotaExhausted),
        Case("402", _claude(402, "billing_error"), errors.QuotaExhausted),
        Case(
            "529",
            _claude(529, "overloaded_error", retry_after="0"),
            errors.Unavailable,
            requests=3,
            retry_delay=0,
        ),
        Case(
            "500", _claude(500, "api_error", retry_after="0"), errors.Unavailable, requests=3, retry_delay=0
        ),
        Case("mid-stream", Output(error=overloaded), errors.Unavailable, modes=(True,), retry_delay=1),
        Case("error in a 200", Output((), error=unknown), errors.BadOutput, requests=2),
        Case("context", _claude(400, bad, length), errors.InputTooLong, metadata=too_long),
        Case("413", _claude(413, "request_too_large"), errors.InputTooLong, metadata=too_long),
        Case(
            "context stop",
            Output(finish="model_context_window_exceeded"),
            errors.InputTooLong,
            metadata=too_long,
        ),
        Case("output blocked", _claude(400, bad, filtered), errors.ContentBlocked),
        Case("answer blocked", Output(finish="refusal"), errors.ContentBlocked),
        Case("401", _claude(401, "authentication_error"), errors.ProviderAuth, metadata=setting),
        Case("403", _claude(403, "permission_error"), errors.ProviderAuth, metadata=setting),
        Case("404", _claude(404, "not_found_error"), errors.ModelNotFound, metadata=missing),
        Case("504", _claude(504, "timeout_error"), errors.Timeout),
        Case("400", _claude(400, bad), errors.Internal),
    ]


def _google_cases(adapter: Adapter) -> list[Case]:
    setting = {"setting": adapter.key_variable}
    missing = {"model": adapter.model}
    too_long = {"max_input_tokens": "20000"}
    retry = detail("RetryInfo", retryDelay="99s")
    at_once = detail("RetryInfo", retryDelay="0s")
    minute = detail("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}])
    day = detail("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}])
    key = detail("ErrorInfo", reason="API_KEY_INVALID", domain="googleapis.com")
    bad, exhausted = "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"
    length = "The input token count (1200) exceeds the maximum number of tokens allowed (1000)."
    schema = "The specified schema produces a constraint that has too many states for serving."
    overloaded = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
    # The older SDK passes over an error in mid-stream; then there is no finish reason.
    heard = adapter is GENAI
    return [
        Case("429", google(429, exhausted), errors.RateLimited, retry_delay=1),
        Case("429 wait", google(429, exhausted, "No.", minute, retry), errors.RateLimited, retry_delay=99),
        Case("daily quota", google(429, exhausted, "No.", day, at_once), errors.QuotaExhausted),
        Case("no billing", google(400, "FAILED_PRECONDITION"), errors.QuotaExhausted),
        Case("503", google(503, "UNAVAILABLE", "No.", at_once), errors.Unavailable, 3, retry_delay=0),
        Case("500", google(500, "INTERNAL", "No.", at_once), errors.Unavailable, 3, retry_delay=0),
        Case(
            "mid-stream",
            Output(error=overloaded),
            errors.Unavailable if heard else errors.BadOutput,
            modes=(True,),
            retry_delay=1 if heard else None,
        ),
        Case("error in a 200", Output((), error=overloaded), errors.BadOutput, 2, modes=(False,)),
        Case("context", google(400, bad, length), errors.InputTooLong, metadata=too_long),
        *(
            Case(f"prompt {word}", _blocked(word), errors.ContentBlocked, modes=(False,))
            for word in ("PROHIBITED_CONTENT", "OTHER", *(("JAILBREAK", "MODEL_ARMOR") if heard else ()))
        ),
        *(
            Case(word, Output(finish=word), errors.ContentBlocked)
            for word in (
                "SAFETY",
                "RECITATION",
                "BLOCKLIST",
                "PROHIBITED_CONTENT",
                "SPII",
                "IMAGE_SAFETY",
                "LANGUAGE",
                *(_NEWER_BLOCKS if heard else ()),
            )
        ),
        *(
            (
                Case(
                    "account",
                    Output(finish="PUP_LIMITED_DISABLED"),
                    errors.ProviderAuth,
                    metadata=setting,
                ),
            )
            if heard
            else ()
        ),
        Case("key", google(400, bad, "API key not valid.", key), errors.ProviderAuth, metadata=setting),
        Case("401", google(401, "UNAUTHENTICATED"), errors.ProviderAuth, metadata=setting),
        Case("403", google(403, "PERMISSION_DENIED"), errors.ProviderAuth, metadata=setting),
        Case("404", google(404, "NOT_FOUND"), errors.ModelNotFound, metadata=missing),
        Case("504", google(504, "DEADLINE_EXCEEDED"), errors.Timeout),
        Case("schema", google(400, bad, schema), errors.NotSupported, metadata={"capability": "JSON_SCHEMA"}),
        Case("400", google(400, bad), errors.Internal),
    ]


def _blocked(reason: str) -> Raw:
    return Raw(json.dumps(blocked_prompt(reason)).encode())


_BY_ADAPTER: Mapping[str, Callable[[Adapter], list[Case]]] = {
    "anthropic": _anthropic_cases,
    "google-genai": _google_cases,
    "google-generativeai": _google_cases,
}


def cases(adapter: Adapter) -> list[Case]:
    """All rows for one adapter."""
    return [*_common(), *_BY_ADAPTER.get(adapter.name, _chat_cases)(adapter)]

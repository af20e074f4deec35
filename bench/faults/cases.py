"""All faults, in the order in which they are played."""

import json
from collections.abc import Callable

from bench.faults.case import ANSWER, LENGTH, MEASURED, NOTHING, PLAIN, UNKNOWN, Asked, Case
from tests.fakes.providers.reply import (
    DROPPED,
    EMPTY_BODY,
    HTML,
    SILENT,
    Counts,
    Fault,
    Output,
    Raw,
    Reply,
    error,
)

_TOKENS = ("word ",) * 2300
_OVERLOADED = {"error": {"message": "No.", "type": "server_error", "code": "server_is_overloaded"}}
_ODD = {"error": {"message": "No.", "type": "odd", "code": "odd"}}
_THOUGHT = 30_000
_POINTS = 3000
_SAME_POINTS = 40
# An empty or broken response that nobody counted: it may be billed, unless the model was no longer asked.
_BROKEN = frozenset({UNKNOWN, NOTHING})


def cases() -> list[Case]:
    """Returns them all."""
    return [
        Case("none", "a good answer", Asked.answer, _may(ANSWER), _may(MEASURED)),
        *_refusals(),
        *_connections(),
        *_silences(),
        *_no_answers(),
        _mixed(),
        *_answers(),
        *_floods(),
    ]


def _may(*words: str) -> frozenset[str]:
    return frozenset(words)


def _always(reply: Reply) -> Callable[[Asked], Reply]:
    return lambda _: reply


def _first(reply: Reply) -> Callable[[Asked], Reply]:
    return lambda asked: asked.answer() if asked.nth else reply


def _status(status: int, code: str | None = None, **headers: str) -> Raw:
    return error(status, {"error": {"message": "No.", "type": "some_error", "code": code}}, **headers)


def _refusals() -> list[Case]:
    busy, limited = _status(503), _status(429, "rate_limit_exceeded")
    later, soon = (_status(429, "rate_limit_exceeded", retry_after=seconds) for seconds in ("60", "1"))
    answered = _may(MEASURED)
    return [
        Case("503", "503, always", _always(busy), _may("UNAVAILABLE")),
        Case("503-once", "503 once, then well", _first(busy), _may(ANSWER), answered),
        Case(
            "503-half",
            "503 to every other request",
            lambda asked: asked.answer() if asked.nth % 2 else busy,
            _may(ANSWER, "UNAVAILABLE"),
            _may(MEASURED, NOTHING),
            least_answers=1,
        ),
        Case("500", "500, always", _always(_status(500)), _may("UNAVAILABLE")),
        Case("529", "529, always", _always(_status(529)), _may("UNAVAILABLE")),
        Case("429", "429 without a time to wait", _always(limited), _may("RATE_LIMITED")),
        Case("429-wait", "429, Retry-After: 60", _always(later), _may("RATE_LIMITED"), least_delay=50),
        Case("429-once", "429 once, Retry-After: 1, then well", _first(soon), _may(ANSWER), answered),
        Case(
            "quota",
            "429 insufficient_quota",
            _always(_status(429, "insufficient_quota")),
            _may("QUOTA_EXHAUSTED"),
        ),
        Case("401", "401", _always(_status(401, "invalid_api_key")), _may("PROVIDER_AUTH")),
        Case("403", "403", _always(_status(403)), _may("PROVIDER_AUTH")),
        Case("404", "404", _always(_status(404, "model_not_found")), _may("MODEL_NOT_FOUND")),
        Case("302", "302 to another port", lambda asked: _redirect(302, asked), _may("BAD_OUTPUT")),
        Case("307", "307 to another port", lambda asked: _redirect(307, asked), _may("BAD_OUTPUT")),
    ]


def _redirect(status: int, asked: Asked) -> Raw:
    return Raw(status=status, headers={"location": asked.elsewhere})


def _connections() -> list[Case]:
    lost = _may("UNAVAILABLE")
    return [
        Case("refused", "nothing listens", _always(DROPPED), lost, _BROKEN, refuses=True),
        Case("reset", "reset before the headers", _always(DROPPED), lost, _BROKEN),
        Case("reset-body", "reset in mid-body", lambda asked: asked.broken(Fault.CUT), lost, _BROKEN),
        Case(
            "529-stream",
            "overloaded, said in mid-stream",
            lambda asked: asked.answer(error=_OVERLOADED),
            lost,
            _BROKEN,
            streams_only=True,
        ),
        Case(
            "cut-stream",
            "a stream that ends without a finish reason",
            lambda asked: asked.broken(Fault.NO_END),
            _may("BAD_OUTPUT"),
            _BROKEN,
            streams_only=True,
        ),
    ]


def _silences() -> list[Case]:
    late, unknown = _may("TIMEOUT"), _may(UNKNOWN)
    return [
        Case("silence", "no header, ever", _always(SILENT), late, unknown),
        Case(
            "stall",
            "silence after the first words",
            lambda asked: asked.broken(Fault.SILENCE),
            late,
            unknown,
        ),
        Case(
            "drip",
            "a byte each half second",
            lambda asked: asked.broken(Fault.DRIP),
            late,
            unknown,
        ),
    ]


def _no_answers() -> list[Case]:
    bad = _may("BAD_OUTPUT")
    blocked, measured = _may("CONTENT_BLOCKED"), _may(MEASURED)
    return [
        Case("empty", "200 without a body", _always(EMPTY_BODY), bad, _BROKEN),
        Case("html", "an HTML page in a 200", _always(HTML), bad, _BROKEN),
        Case("garbled", "half of a JSON in a 200", _always(Output((), fault=Fault.GARBLED)), bad, _BROKEN),
        Case("error-200", "an error object in a 200", _always(Output((), error=_ODD)), bad, _BROKEN),
        Case(
            "content-type",
            "a good JSON as text/plain",
            _always(_as_plain_text()),
            _may(ANSWER, "BAD_OUTPUT"),
            _BROKEN | measured,
        ),
        Case("blank", "white space", _always(Output((" ", "\n"))), bad, measured),
        Case(
            "filter",
            "finish reason content_filter",
            lambda asked: asked.answer(finish="content_filter"),
            blocked,
            measured,
        ),
        Case("length", "finish reason length", _cut, _may(LENGTH, "BAD_OUTPUT"), measured, text="Some words"),
        Case("dry", "thought until no room was left", _always(_dry()), bad, measured),
    ]


def _as_plain_text() -> Raw:
    choice = {"index": 0, "message": {"role": "assistant", "content": PLAIN}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 100, "completion_tokens": 40, "total_tokens": 140}
    completion = {"id": "1", "object": "chat.completion", "created": 1, "model": "content-type"}
    return Raw(
        json.dumps(completion | {"choices": [choice], "usage": usage}).encode(), content_type="text/plain"
    )


def _cut(asked: Asked) -> Reply:
    return Output(("Some ", "words") if asked.schema is None else ('{"work_',), finish="length")


def _dry() -> Output:
    return Output((), finish="length", counts=Counts(visible=0, thought=32_000))


def _mixed() -> Case:
    """Returns a fault for what two servers in a row try again, each something else."""
    busy, limited = _status(503), _status(429, "rate_limit_exceeded")
    # Of ten so few are no answer at all that no breaker opens.
    replies = (EMPTY_BODY, busy, HTML, EMPTY_BODY, None, limited, HTML, busy, EMPTY_BODY, SILENT)
    return Case(
        "mixed",
        "503, 429, cut, empty, HTML and silence in turn",
        lambda asked: replies[asked.nth % len(replies)] or asked.broken(Fault.CUT),
        _may("BAD_OUTPUT", "UNAVAILABLE", "RATE_LIMITED", "TIMEOUT"),
        _BROKEN,
    )


def _answers() -> list[Case]:
    answered, measured = _may(ANSWER), _may(MEASURED)
    return [
        Case(
            "tokens",
            "2,300 events of a token each",
            _by_token,
            answered,
            measured,
            text="".join(_TOKENS),
            # Each such stream takes most of a second of processor time; this is no test of speed.
            calls=2,
        ),
        Case(
            "thinking",
            "an answer after 30,000 tokens of thinking",
            lambda asked: asked.after_thinking(_THOUGHT),
            answered,
            measured,
            reasoning_tokens=_THOUGHT,
        ),
        Case(
            "same-points",
            "one point 40 times",
            lambda asked: asked.answer(points=_SAME_POINTS, same=True),
            answered,
            measured,
            reviews_only=True,
            most_merged=2,
        ),
    ]


def _by_token(asked: Asked) -> Reply:
    if asked.schema is None:
        return Output(_TOKENS)
    text = asked.answer(points=20).text
    return Output(tuple(text[at : at + 4] for at in range(0, len(text), 4)))


def _floods() -> list[Case]:
    return [
        Case(
            "counts",
            "a good answer of 2^40 tokens",
            lambda asked: asked.answer(counts=Counts(input=2**40)),
            _may(ANSWER, "BAD_OUTPUT"),
            _may(MEASURED, UNKNOWN),
        ),
        Case(
            "points",
            "3,000 points",
            lambda asked: asked.answer(points=_POINTS),
            _may("BAD_OUTPUT", "TIMEOUT"),
            _may(MEASURED, UNKNOWN),
            reviews_only=True,
            calls=2,
        ),
        Case(
            "endless",
            "an answer without an end",
            _always(Output(('{"work_language": "', "x" * 8192), fault=Fault.ENDLESS)),
            _may("BAD_OUTPUT"),
            _may(UNKNOWN),
            calls=2,
        ),
        Case(
            "endless-slow",
            "an answer without an end, token by token",
            _always(Output(('{"work_language": "', "x"), fault=Fault.ENDLESS)),
            _may("BAD_OUTPUT", "TIMEOUT"),
            _may(UNKNOWN),
            calls=2,
        ),
    ]

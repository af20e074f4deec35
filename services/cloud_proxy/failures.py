"""What a provider says instead of answering, as one of our errors.

Each provider's file has its own table of codes; where only the message tells two cases apart, a table of
phrases. What neither knows is told by the status.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz
from http import HTTPStatus

from rpckit.errors import (
    BadOutput,
    ChorusError,
    InputTooLong,
    Internal,
    ModelNotFound,
    ProviderAuth,
    QuotaExhausted,
    RateLimited,
    Timeout,
    Unavailable,
)
from services.cloud_proxy.catalog import Entry
from services.cloud_proxy.provider import Prompt

Kind = type[ChorusError]

_CODE = re.compile(r"[\w.-]{1,60}")

_BY_STATUS: Mapping[int, Kind] = {
    HTTPStatus.UNAUTHORIZED: ProviderAuth,
    HTTPStatus.PAYMENT_REQUIRED: QuotaExhausted,
    HTTPStatus.FORBIDDEN: ProviderAuth,
    HTTPStatus.NOT_FOUND: ModelNotFound,
    HTTPStatus.REQUEST_TIMEOUT: Timeout,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: InputTooLong,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
    HTTPStatus.GATEWAY_TIMEOUT: Timeout,
}


class NoAnswer(BadOutput):
    """The provider sent what is no answer: HTML, half a chunk, no finish reason. It may be billed."""


class EmptyAnswer(BadOutput):
    """The answer holds nothing but white space."""


class Dropped(Unavailable):
    """The connection broke after the question was sent; it may be billed all the same."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A provider's error as its SDK shows it.

    Attributes:
        status: The HTTP status. Below 400 for an error inside a good response.
        codes: The provider's own words for it, the finest first.
        message: Read by the tables of phrases alone, never passed on: it may quote the prompt.
        retry_delay: Seconds, where the provider names them.
    """

    status: int
    codes: Sequence[str] = ()
    message: str = field(default="", repr=False)
    retry_delay: float | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How one provider says things: its codes, and phrases where one code means several things."""

    codes: Mapping[str, Kind]
    phrases: Sequence[tuple[str, Kind]] = ()

    def classify(self, refusal: Refusal, prompt: Prompt) -> ChorusError:
        """The error that the refusal stands for."""
        return _made(self._kind(refusal), refusal, prompt)

    def _kind(self, refusal: Refusal) -> Kind:
        for code in refusal.codes:
            if code in self.codes:
                return self.codes[code]
        message = refusal.message.lower()
        for phrase, kind in self.phrases:
            if phrase in message:
                return kind
        by_status = _BY_STATUS.get(refusal.status)
        if by_status is not None:
            return by_status
        if refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Unavailable
        # The rest of 4xx says that our request was wrong; an error inside a good response is no answer.
        return Internal if refusal.status >= HTTPStatus.BAD_REQUEST else NoAnswer


def retry_delay(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `Retry-After` (seconds or a date)."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    seconds = _number(value)
    if seconds is not None:
        return seconds
    date = parsedate_tz(value)
    return None if date is None else max(0.0, mktime_tz(date) - time.time())


def _number(value: str) -> float | None:
    try:
        return max(0.0, float(value))
    except ValueError:
        return None


def _made(kind: Kind, refusal: Refusal, prompt: Prompt) -> ChorusError:
    entry = prompt.entry
    codes = [code for code in refusal.codes if _CODE.fullmatch(code)]
    text = " ".join((entry.provider, "answered", str(refusal.status), *codes))
    if issubclass(kind, ProviderAuth):
        return kind(text, metadata={"setting": prompt.key_variable})
    if issubclass(kind, ModelNotFound):
        return not_found(entry, text)
    if issubclass(kind, InputTooLong):
        return too_long(entry, text)
    if issubclass(kind, RateLimited | Unavailable):
        return kind(text, retry_delay=refusal.retry_delay)
    return kind(text)


def not_found(entry: Entry, text: str) -> ModelNotFound:
    """The model is unknown to its provider or retired."""
    metadata = {"model": entry.name}
    if entry.successor:
        metadata["successor"] = entry.successor
    return ModelNotFound(text, metadata=metadata)


def too_long(entry: Entry, text: str, input_tokens: int | None = None) -> InputTooLong:
    """The prompt does not fit the model."""
    metadata = {}
    if entry.max_input_tokens:
        metadata["max_input_tokens"] = str(entry.max_input_tokens)
    if input_tokens is not None:
        metadata["input_tokens"] = str(input_tokens)
    return InputTooLong(text, metadata=metadata)

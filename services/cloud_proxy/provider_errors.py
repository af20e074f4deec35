"""Maps a provider's error, such as 429 or 529, to one of our errors.

Each adapter has an `ErrorTable` of its provider's codes and, where only the message tells two cases apart, of
phrases. An error that its table does not know is mapped by its HTTP status here.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz
from http import HTTPStatus

from rpckit.duration import bounded_delay
from rpckit.errors import (
    BadOutput,
    ChorusError,
    InputTooLong,
    Internal,
    ModelNotFound,
    NotSupported,
    ProviderAuth,
    QuotaExhausted,
    RateLimited,
    Timeout,
    Unavailable,
)
from services.cloud_proxy.catalog import Entry
from services.cloud_proxy.provider import Prompt

ErrorClass = type[ChorusError]

# What may be shown of a provider's code. Anything else may be a text that it put there.
_CODE = re.compile(r"[\w.-]{1,60}")
# No standard status: Anthropic answers so when it is overloaded.
_OVERLOADED = 529

_BY_STATUS: Mapping[int, ErrorClass] = {
    HTTPStatus.UNAUTHORIZED: ProviderAuth,
    HTTPStatus.PAYMENT_REQUIRED: QuotaExhausted,
    HTTPStatus.FORBIDDEN: ProviderAuth,
    HTTPStatus.NOT_FOUND: ModelNotFound,
    HTTPStatus.REQUEST_TIMEOUT: Timeout,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: InputTooLong,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
    HTTPStatus.GATEWAY_TIMEOUT: Timeout,
    _OVERLOADED: Unavailable,
}


MALFORMED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What is raised where a malformed response is read: the SDKs do not check what they hand on."""


class NoAnswer(BadOutput):
    """The response is not an answer: HTML, half a chunk, no finish reason. It may be billed all the same."""


class EmptyAnswer(BadOutput):
    """The answer holds nothing but white space."""


class Redirected(BadOutput):
    """The provider sends the question elsewhere. Nothing follows: the key and the texts would go along."""


class ConnectionLost(Unavailable):
    """The answer broke off, or its connection, after the question was sent; it may be billed all the same."""


class SchemaNotSupported(NotSupported):
    """The provider does not take this JSON Schema, which is sound."""


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error of a provider, as its SDK shows it.

    Attributes:
        status: The HTTP status. It is below 400 for an error inside a good response.
        codes: The provider's own codes, the most specific one first.
        message: The provider's text. Only the tables of phrases read it; it may quote the prompt, so it is
            never passed on.
        retry_delay: Seconds to wait as the provider said it, whatever number that is; None where it named no
            delay.
    """

    status: int
    codes: Sequence[str] = ()
    message: str = field(default="", repr=False)
    retry_delay: float | None = None


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """Says what the errors of one provider mean.

    Attributes:
        codes: The error for each of the provider's codes.
        phrases: The error for a phrase of the message, in lower case, where one code means several things.
    """

    codes: Mapping[str, ErrorClass]
    phrases: Sequence[tuple[str, ErrorClass]] = ()

    def classify(self, provider_error: ProviderError, prompt: Prompt) -> ChorusError:
        """Returns the error that a provider's error stands for."""
        return _to_error(self._error_class(provider_error), provider_error, prompt)

    def _error_class(self, provider_error: ProviderError) -> ErrorClass:
        if HTTPStatus.MULTIPLE_CHOICES <= provider_error.status < HTTPStatus.BAD_REQUEST:
            return Redirected
        for code in provider_error.codes:
            if code in self.codes:
                return self.codes[code]
        message = provider_error.message.lower()
        for phrase, error_class in self.phrases:
            if phrase in message:
                return error_class
        by_status = _BY_STATUS.get(provider_error.status)
        if by_status is not None:
            return by_status
        if provider_error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Unavailable
        # Any other 4xx says that our request was wrong. An error inside a good response is no answer.
        return Internal if provider_error.status >= HTTPStatus.BAD_REQUEST else NoAnswer


def retry_delay(headers: Mapping[str, str]) -> float | None:
    """Returns the seconds to wait, from `retry-after-ms` or `Retry-After` (seconds or a date)."""
    return bounded_delay(_named_delay(headers))


def _named_delay(headers: Mapping[str, str]) -> float | None:
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after", "")
    seconds = _number(value)
    if seconds is not None:
        return seconds
    try:
        date = parsedate_tz(value)
        return None if date is None else mktime_tz(date) - time.time()
    except MALFORMED:
        # A year of six digits, for example.
        return None


def _number(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _to_error(error_class: ErrorClass, provider_error: ProviderError, prompt: Prompt) -> ChorusError:
    entry = prompt.entry
    codes = [code for code in provider_error.codes if _CODE.fullmatch(code)]
    text = " ".join((entry.provider, "answered", str(provider_error.status), *codes))
    if issubclass(error_class, ProviderAuth):
        return error_class(text, metadata={"setting": prompt.key_variable})
    if issubclass(error_class, ModelNotFound):
        return not_found(entry, text)
    if issubclass(error_class, InputTooLong):
        return too_long(entry, text)
    if issubclass(error_class, SchemaNotSupported):
        return error_class(text, metadata={"capability": "JSON_SCHEMA"})
    if error_class is Unavailable and provider_error.status < HTTPStatus.BAD_REQUEST:
        # It had begun to answer, and may have thought already.
        error_class = ConnectionLost
    if issubclass(error_class, Redirected):
        return error_class(f"{text}, a redirect, which is not followed")
    if issubclass(error_class, RateLimited | Unavailable):
        return error_class(text, retry_delay=bounded_delay(provider_error.retry_delay))
    return error_class(text)


def not_found(entry: Entry, text: str) -> ModelNotFound:
    """Returns the error for a model that its provider does not know or has retired."""
    metadata = {"model": entry.name}
    if entry.successor:
        metadata["successor"] = entry.successor
    return ModelNotFound(text, metadata=metadata)


def too_long(entry: Entry, text: str, input_tokens: int | None = None) -> InputTooLong:
    """Returns the error for a prompt that does not fit the model."""
    metadata = {}
    if entry.max_input_tokens:
        metadata["max_input_tokens"] = str(entry.max_input_tokens)
    if input_tokens is not None:
        metadata["input_tokens"] = str(input_tokens)
    return InputTooLong(text, metadata=metadata)

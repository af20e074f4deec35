from email.utils import formatdate

import pytest

from rpckit import errors
from services.cloud_proxy.catalog import Entry
from services.cloud_proxy.endpoints import Endpoint
from services.cloud_proxy.provider_errors import ErrorTable, NoAnswer, ProviderError, retry_delay
from tests.unit.cloud_proxy.prompts import prompt

TABLE = ErrorTable(
    codes={"broke": errors.QuotaExhausted, "moved": errors.ModelNotFound},
    phrases=(("too many words", errors.InputTooLong),),
)
OLD = Entry(
    "a/old", "old", "a", "Old", "a", frozenset(), Endpoint("a"), max_input_tokens=10, successor="a/new"
)


@pytest.mark.parametrize(
    ("provider_error", "kind"),
    [
        # The code goes before the message, and that before the status.
        (ProviderError(429, ["broke"], "too many words"), errors.QuotaExhausted),
        (ProviderError(400, ["other"], "These are TOO MANY WORDS."), errors.InputTooLong),
        (ProviderError(429, ["other"]), errors.RateLimited),
        (ProviderError(400, ["finer, but unknown", "broke"]), errors.QuotaExhausted),
        (ProviderError(401), errors.ProviderAuth),
        (ProviderError(402), errors.QuotaExhausted),
        (ProviderError(403), errors.ProviderAuth),
        (ProviderError(404), errors.ModelNotFound),
        (ProviderError(408), errors.Timeout),
        (ProviderError(413), errors.InputTooLong),
        (ProviderError(500), errors.Unavailable),
        (ProviderError(502), errors.Unavailable),
        (ProviderError(503), errors.Unavailable),
        (ProviderError(504), errors.Timeout),
        (ProviderError(529), errors.Unavailable),
        (ProviderError(400), errors.Internal),
        (ProviderError(422), errors.Internal),
        (ProviderError(200), NoAnswer),
    ],
    ids=repr,
)
def test_a_provider_error_has_one_meaning(
    provider_error: ProviderError, kind: type[errors.ChorusError]
) -> None:
    assert type(TABLE.classify(provider_error, prompt())) is kind


def test_errors_say_what_a_caller_can_do() -> None:
    asked = prompt(OLD)
    assert TABLE.classify(ProviderError(401), asked).metadata == {"setting": "A_KEY"}
    assert TABLE.classify(ProviderError(404), asked).metadata == {"model": "a/old", "successor": "a/new"}
    assert TABLE.classify(ProviderError(413), asked).metadata == {"max_input_tokens": "10"}
    assert TABLE.classify(ProviderError(429, retry_delay=3), asked).retry_delay == 3
    assert TABLE.classify(ProviderError(402, retry_delay=3), asked).retry_delay is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        *((delay, 24 * 3600) for delay in ("inf", "1e300", "9" * 30, "1e999")),
        *((delay, 0) for delay in ("-5", "-inf")),
        *(
            (delay, None)
            for delay in ("nan", "", "soon", "Fri, 31 Dec 999999 23:59:59 GMT", "9" * 5_000 + " Jan 1 1:1:1")
        ),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_whatever_a_provider_names_as_a_delay_can_be_told(said: str, told: float | None, status: int) -> None:
    error = TABLE.classify(ProviderError(status, retry_delay=retry_delay({"retry-after": said})), prompt())
    assert error.retry_delay == told
    errors.to_status(error)
    errors.to_failure(error)


def test_a_providers_message_is_not_passed_on() -> None:
    quoted = "the student wrote this"
    error = TABLE.classify(ProviderError(400, [quoted], quoted), prompt())
    assert quoted not in error.text
    assert quoted not in repr(ProviderError(400, [], quoted))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-1"}, 0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": formatdate(0, usegmt=True)}, 0),
    ],
)
def test_the_time_to_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_delay(headers) == seconds

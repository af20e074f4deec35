from email.utils import formatdate

import pytest

from rpckit import errors
from services.cloud_proxy.catalog import Entry
from services.cloud_proxy.failures import NoAnswer, Refusal, Vocabulary, retry_delay
from tests.unit.cloud_proxy.prompts import prompt

WORDS = Vocabulary(
    codes={"broke": errors.QuotaExhausted, "moved": errors.ModelNotFound},
    phrases=(("too many words", errors.InputTooLong),),
)
OLD = Entry("a/old", "old", "a", "Old", "a", frozenset(), max_input_tokens=10, successor="a/new")


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        # The code goes before the message, and that before the status.
        (Refusal(429, ["broke"], "too many words"), errors.QuotaExhausted),
        (Refusal(400, ["other"], "These are TOO MANY WORDS."), errors.InputTooLong),
        (Refusal(429, ["other"]), errors.RateLimited),
        (Refusal(400, ["finer, but unknown", "broke"]), errors.QuotaExhausted),
        (Refusal(401), errors.ProviderAuth),
        (Refusal(402), errors.QuotaExhausted),
        (Refusal(403), errors.ProviderAuth),
        (Refusal(404), errors.ModelNotFound),
        (Refusal(408), errors.Timeout),
        (Refusal(413), errors.InputTooLong),
        (Refusal(500), errors.Unavailable),
        (Refusal(502), errors.Unavailable),
        (Refusal(503), errors.Unavailable),
        (Refusal(504), errors.Timeout),
        (Refusal(529), errors.Unavailable),
        (Refusal(400), errors.Internal),
        (Refusal(422), errors.Internal),
        (Refusal(200), NoAnswer),
    ],
    ids=repr,
)
def test_a_refusal_has_one_meaning(refusal: Refusal, kind: type[errors.ChorusError]) -> None:
    assert type(WORDS.classify(refusal, prompt())) is kind


def test_errors_say_what_a_caller_can_do() -> None:
    asked = prompt(OLD)
    assert WORDS.classify(Refusal(401), asked).metadata == {"setting": "A_KEY"}
    assert WORDS.classify(Refusal(404), asked).metadata == {"model": "a/old", "successor": "a/new"}
    assert WORDS.classify(Refusal(413), asked).metadata == {"max_input_tokens": "10"}
    assert WORDS.classify(Refusal(429, retry_delay=3), asked).retry_delay == 3
    assert WORDS.classify(Refusal(402, retry_delay=3), asked).retry_delay is None


def test_a_providers_message_is_not_passed_on() -> None:
    quoted = "the student wrote this"
    error = WORDS.classify(Refusal(400, [quoted], quoted), prompt())
    assert quoted not in error.text
    assert quoted not in repr(Refusal(400, [], quoted))


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

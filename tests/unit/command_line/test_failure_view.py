import pytest

from chorus.model.v1 import failure_pb2
from chorus_client import (
    ChorusCallError,
    InvalidRequestError,
    NoOrchestratorError,
    NothingAnswersError,
    QuorumNotReachedError,
    UnauthenticatedError,
    UnavailableError,
)
from chorus_command_line.english import ENGLISH
from chorus_command_line.failure_view import explain, rpc_error
from chorus_command_line.korean import KOREAN
from chorus_command_line.words import Words
from tests.unit.command_line.messages import plain, seconds

Failure = failure_pb2.Failure


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            Failure(reason=failure_pb2.ERROR_REASON_MODEL_NOT_FOUND, metadata={"successor": "x/y-2"}),
            "no such model, or retired: ask x/y-2 instead",
        ),
        (
            Failure(
                reason=failure_pb2.ERROR_REASON_INPUT_TOO_LONG,
                metadata={"input_tokens": "9000", "max_input_tokens": "8000"},
            ),
            "the text is too long for this model: needs 9000, the limit is 8000",
        ),
        (
            Failure(
                reason=failure_pb2.ERROR_REASON_OUT_OF_MEMORY,
                metadata={"needed_bytes": "2100000000", "free_bytes": "1500000000"},
            ),
            "not enough memory: needs 2.1 GB, the limit is 1.5 GB",
        ),
        (
            Failure(
                reason=failure_pb2.ERROR_REASON_BUDGET_EXCEEDED,
                metadata={"needed_usd_nanos": "4000000", "limit_usd_nanos": "1000000"},
            ),
            "your cost limit would be passed: needs $0.0040, the limit is $0.0010",
        ),
        (
            Failure(
                reason=failure_pb2.ERROR_REASON_RATE_LIMITED, message="per minute", retry_delay=seconds(20)
            ),
            "too many requests just now: per minute; try again in 20 s",
        ),
        (
            Failure(reason=failure_pb2.ERROR_REASON_UNAVAILABLE, retry_delay=seconds(0.5)),
            "not available: try again in 0.5 s",
        ),
        (Failure(reason=failure_pb2.ERROR_REASON_PROVIDER_AUTH, message="no key"), "no key, or the provider"),
        (Failure(reason=failure_pb2.ERROR_REASON_TIMEOUT), "the time was up: --timeout gives more"),
    ],
)
def test_a_reason_is_followed_by_what_helps(failure: Failure, said: str) -> None:
    assert explain(failure, ENGLISH).startswith(said)


def test_an_unknown_reason_counts_as_internal() -> None:
    assert explain(Failure.FromString(b"\x08\x63"), ENGLISH) == "an error inside of the server"


@pytest.mark.parametrize("words", [ENGLISH, KOREAN])
def test_every_reason_has_words(words: Words) -> None:
    named = set(failure_pb2.ErrorReason.values()) - {failure_pb2.ERROR_REASON_UNSPECIFIED}
    assert set(words.feedback.reasons) == named


@pytest.mark.parametrize("reason", sorted(KOREAN.feedback.reasons))
def test_no_english_message_stands_in_a_korean_sentence(reason: failure_pb2.ErrorReason.ValueType) -> None:
    said = explain(Failure(reason=reason, message="for developers"), KOREAN)
    assert said.startswith(KOREAN.feedback.reasons[reason])
    assert "for developers" not in said


def test_a_korean_sentence_says_what_a_model_lacks() -> None:
    failure = Failure(reason=failure_pb2.ERROR_REASON_NOT_SUPPORTED, metadata={"capability": "LANGUAGE"})
    assert explain(failure, KOREAN) == "이 모델은 할 수 없는 일이에요: 한국어와 영어만 읽을 수 있어요"


LISTING = ENGLISH.see_models


def shown(error: ChorusCallError) -> str:
    return plain(rpc_error(error, ENGLISH, server="127.0.0.1:1"))


def test_an_invalid_request_names_each_field() -> None:
    said = shown(InvalidRequestError(violations={"submission.text": "is empty", "models[1]": "is unknown"}))
    assert (
        said == f"the request is not valid: models[1]: is unknown; submission.text: is empty\n  {LISTING}\n"
    )


@pytest.mark.parametrize(
    ("error", "helps"),
    [
        (UnavailableError("policy.min_models: 5, more than the panel has"), True),
        (InvalidRequestError(violations={"summary_model": "there is no model x/y"}), True),
        (InvalidRequestError(violations={"policy.min_families": "2, more than the panel has: 1"}), True),
        (InvalidRequestError(violations={"policy.model_timeout": "is negative"}), False),
        (InvalidRequestError(violations={"submission.text": "is empty"}), False),
        (NoOrchestratorError(), False),
    ],
)
def test_where_it_is_about_the_models_their_list_is_named(error: ChorusCallError, *, helps: bool) -> None:
    assert (LISTING in shown(error)) == helps
    korean = plain(rpc_error(error, KOREAN, server="127.0.0.1:1"))
    assert ("`chorus models`로 볼 수 있어요" in korean) == helps


def test_a_missed_quorum_says_why_each_model_failed() -> None:
    failures = [
        Failure(
            reason=failure_pb2.ERROR_REASON_PROVIDER_AUTH,
            metadata={"model": "openai/gpt-4o", "setting": "OPENAI_API_KEY"},
        ),
        Failure(reason=failure_pb2.ERROR_REASON_TIMEOUT, metadata={"model": "gemma/gemma-3-4b-it"}),
    ]
    assert shown(QuorumNotReachedError("1 of 3 answered", failures=failures)).splitlines() == [
        "fewer models answered than asked for: 1 of 3 answered",
        "  openai/gpt-4o: no key, or the provider rejected it: set OPENAI_API_KEY",
        "  gemma/gemma-3-4b-it: the time was up: --timeout gives more",
    ]


def test_a_server_that_does_not_answer_is_named_with_how_to_start_it() -> None:
    hint = "Does Chorus run at 127.0.0.1:1? `make up` starts it, and says where the orchestrator is"
    assert hint in shown(NothingAnswersError())
    assert LISTING not in shown(NothingAnswersError())
    assert hint not in shown(UnavailableError("no model is ready"))


def test_a_caller_that_is_not_known_is_told_how_to_say_who_it_is() -> None:
    assert shown(UnauthenticatedError("the token is nobody's")).splitlines() == [
        "the server does not know who calls: the token is nobody's",
        "  CHORUS_TOKEN says who calls, or tls.crt with tls.key in CHORUS_TLS_DIR.",
    ]


def test_a_server_that_is_no_orchestrator_is_called_so() -> None:
    assert "127.0.0.1:1 is no orchestrator of Chorus." in shown(NoOrchestratorError())

"""What a server fails with, and what its caller gets."""

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

import chorus_client
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.model.v1 import failure_pb2
from chorus_client import (
    ChorusCallError,
    ChorusClient,
    InternalServerError,
    InvalidRequestError,
    ModelNotFoundError,
    NoOrchestratorError,
    NothingAnswersError,
    QuorumNotReachedError,
    RateLimitedError,
    UnavailableError,
)
from chorus_client.errors import typed_error
from rpckit.errors import ChorusError, InvalidRequest, ModelNotFound, QuorumNotReached, RateLimited
from tests.fakes.recorder import Recorder, free_port
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator

SECONDS = 30.0
REASONS = set(failure_pb2.ErrorReason.values()) - {failure_pb2.ERROR_REASON_UNSPECIFIED}


async def failed(address: str) -> ChorusCallError:
    async with ChorusClient.connect(address) as chorus:
        with pytest.raises(ChorusCallError) as caught:
            await chorus.review(GetFeedbackRequest(), timeout=SECONDS, request_id="r-1")
    return caught.value


async def failure_of(error: ChorusError) -> ChorusCallError:
    async with ScriptedOrchestrator(failures=[error]).start() as address:
        return await failed(address)


def test_every_reason_has_a_class_and_every_class_is_exported() -> None:
    classes = ChorusCallError.__subclasses__()
    assert sorted(each.reason for each in classes) == sorted(REASONS)
    assert [each.__name__ for each in classes if each.__name__ not in chorus_client.__all__] == []


@pytest.mark.parametrize(
    "error",
    [each for each in ChorusError.__subclasses__() if each is not InvalidRequest],
    ids=lambda each: each.__name__,
)
async def test_an_error_arrives_as_the_class_of_its_reason(error: type[ChorusError]) -> None:
    found = await failure_of(error("why", metadata={"key": "value"}))
    assert (found.reason, found.text, found.metadata) == (error.reason, "why", {"key": "value"})
    assert (found.retry_delay, found.request_id) == (None, "r-1")
    assert found.to_failure() == failure_pb2.Failure(
        reason=error.reason, message="why", metadata={"key": "value"}
    )


async def test_an_invalid_request_says_what_is_wrong_with_each_field() -> None:
    wrong = {"submission.text": "is empty", "models[1]": "is unknown"}
    found = await failure_of(InvalidRequest(wrong))
    assert isinstance(found, InvalidRequestError)
    assert found.violations == found.to_failure().metadata == wrong


async def test_a_wait_is_in_seconds() -> None:
    found = await failure_of(RateLimited("per minute", retry_delay=1.5))
    assert isinstance(found, RateLimitedError)
    assert found.retry_delay == found.to_failure().retry_delay.ToNanoseconds() / 1e9 == 1.5


async def test_a_missed_quorum_says_why_each_model_failed() -> None:
    failures = [failure_pb2.Failure(reason=failure_pb2.ERROR_REASON_TIMEOUT, metadata={"model": "a/1"})]
    found = await failure_of(QuorumNotReached("0 of 1", metadata={"feedback_id": "f1"}, details=failures))
    assert isinstance(found, QuorumNotReachedError)
    assert (found.failures, found.metadata) == (tuple(failures), {"feedback_id": "f1"})


def status(code: grpc.StatusCode, details: bytes | None = None) -> grpc.aio.AioRpcError:
    trailing = grpc.aio.Metadata(*([("grpc-status-details-bin", details)] if details is not None else []))
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing, details="for developers")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (grpc.StatusCode.DEADLINE_EXCEEDED, "DeadlinePassedError"),
        (grpc.StatusCode.UNAVAILABLE, "UnavailableError"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "RateLimitedError"),
        (grpc.StatusCode.UNAUTHENTICATED, "UnauthenticatedError"),
        (grpc.StatusCode.UNIMPLEMENTED, "NotSupportedError"),
        (grpc.StatusCode.DATA_LOSS, "InternalServerError"),
    ],
)
@pytest.mark.parametrize("details", [None, b"", b"\xff\xff no status"])
def test_a_status_without_details_is_classified_by_its_code(
    code: grpc.StatusCode, name: str, details: bytes | None
) -> None:
    found = typed_error(status(code, details), "r-1")
    assert type(found).__name__ == name
    assert found.text == f"the server answered {code.name}"


@pytest.mark.parametrize(
    ("domain", "reason"), [("other.example", "MODEL_NOT_FOUND"), ("chorus", "A_NEW_ONE")]
)
def test_a_foreign_domain_and_a_new_reason_are_nobodys(domain: str, reason: str) -> None:
    detailed = status_pb2.Status(code=5, message="for developers")
    detailed.details.add().Pack(error_details_pb2.ErrorInfo(domain=domain, reason=reason))
    found = typed_error(status(grpc.StatusCode.NOT_FOUND, detailed.SerializeToString()), "r-1")
    assert type(found) is InternalServerError
    assert not isinstance(found, ModelNotFoundError)


def test_an_error_says_which_version_failed() -> None:
    trailing = grpc.aio.Metadata(("x-chorus-version", "0.2.0"))
    failed_call = grpc.aio.AioRpcError(grpc.StatusCode.INTERNAL, grpc.aio.Metadata(), trailing)
    assert typed_error(failed_call, "r-1").server_version == "0.2.0"
    assert typed_error(status(grpc.StatusCode.INTERNAL), "r-1").server_version == ""


async def test_an_address_where_nothing_answers_is_known() -> None:
    found = await failed(f"127.0.0.1:{free_port()}")
    assert type(found) is NothingAnswersError
    assert isinstance(found, UnavailableError)
    assert found.request_id == "r-1"


async def test_another_server_than_an_orchestrator_is_known() -> None:
    async with Recorder().start() as port:
        assert type(await failed(f"127.0.0.1:{port}")) is NoOrchestratorError


async def test_a_model_that_is_retired_names_its_successor() -> None:
    found = await failure_of(ModelNotFound("retired", metadata={"successor": "a/2"}))
    assert isinstance(found, ModelNotFoundError)
    assert found.metadata == {"successor": "a/2"}

import grpc
import pytest
from google.protobuf import duration_pb2, json_format, message
from google.rpc import error_details_pb2, status_pb2
from grpc.aio import AioRpcError, Metadata

from chorus.model.v1 import failure_pb2, generation_pb2
from rpckit import errors
from rpckit.errors import ChorusError, from_rpc_error, is_from_chorus, to_failure, to_status


def over_the_wire(error: ChorusError) -> ChorusError:
    status = to_status(error)
    trailing = Metadata((errors.STATUS_KEY, status.SerializeToString()))
    return from_rpc_error(AioRpcError(error.code, Metadata(), trailing, details=status.message))


def test_there_is_one_class_for_every_reason() -> None:
    classes = {each.reason for each in ChorusError.__subclasses__()}
    assert classes == set(failure_pb2.ErrorReason.values()) - {failure_pb2.ERROR_REASON_UNSPECIFIED}


def test_an_error_survives_the_wire() -> None:
    usage = generation_pb2.Usage(input_tokens=7)
    sent = errors.RateLimited("slow down", metadata={"model": "m"}, retry_delay=2.5, details=[usage])

    received = over_the_wire(sent)

    assert type(received) is errors.RateLimited
    assert (received.text, received.metadata, received.retry_delay) == ("slow down", {"model": "m"}, 2.5)
    assert generation_pb2.Usage.FromString(received.details[0].value) == usage


def test_field_violations_survive_the_wire() -> None:
    received = over_the_wire(errors.InvalidRequest({"submission.text": "empty"}))
    assert type(received) is errors.InvalidRequest
    assert received.metadata == {"submission.text": "empty"}


@pytest.mark.parametrize("character", ["x", "가", "🙂"])
def test_the_details_stay_within_what_peers_accept(character: str) -> None:
    many = errors.InvalidRequest({f"models[{place}]": character * 1000 for place in range(100)})
    status = to_status(many)
    assert status.ByteSize() <= errors.MAX_DETAILS_BYTES
    bad_request = error_details_pb2.BadRequest()
    assert status.details[1].Unpack(bad_request)
    assert len(bad_request.field_violations) == errors.MAX_FIELD_VIOLATIONS


def test_a_detail_that_does_not_fit_is_left_out_alone() -> None:
    failures = [failure_pb2.Failure(message="x" * 900) for _ in range(9)]
    status = to_status(errors.QuorumNotReached("1 of 9", details=failures))
    assert status.ByteSize() <= errors.MAX_DETAILS_BYTES
    assert len(status.details) == 5


def test_a_foreign_status_is_classified_by_its_code_and_its_text_stays_behind() -> None:
    foreign = AioRpcError(grpc.StatusCode.UNAVAILABLE, Metadata(), Metadata(), details="secret text")
    received = from_rpc_error(foreign)
    assert type(received) is errors.Unavailable
    assert "secret" not in received.text


def test_an_error_info_of_a_foreign_domain_does_not_name_a_reason_of_ours() -> None:
    foreign_info = error_details_pb2.ErrorInfo(
        reason="QUOTA_EXHAUSTED", domain="googleapis.com", metadata={"service": "secret"}
    )
    status = status_pb2.Status(code=14, message="secret text")
    status.details.add().Pack(foreign_info)
    trailing = Metadata((errors.STATUS_KEY, status.SerializeToString()))
    code = grpc.StatusCode.UNAVAILABLE
    received = from_rpc_error(AioRpcError(code, Metadata(), trailing, details=status.message))
    assert type(received) is errors.Unavailable
    assert not received.metadata
    assert "secret" not in received.text


def test_garbled_details_are_no_crash() -> None:
    trailing = Metadata((errors.STATUS_KEY, b"\xff\xff\xff"))
    assert (
        type(from_rpc_error(AioRpcError(grpc.StatusCode.INTERNAL, Metadata(), trailing))) is errors.Internal
    )


@pytest.mark.parametrize(
    "kind",
    [error_details_pb2.ErrorInfo, error_details_pb2.RetryInfo, error_details_pb2.BadRequest],
)
def test_a_garbled_detail_is_as_if_it_were_not_there(kind: type[message.Message]) -> None:
    status = status_pb2.Status(code=14)
    status.details.add(type_url=f"type.googleapis.com/{kind.DESCRIPTOR.full_name}", value=b"\xff\xff")
    trailing = Metadata((errors.STATUS_KEY, status.SerializeToString()))
    received = AioRpcError(grpc.StatusCode.UNAVAILABLE, Metadata(), trailing)
    assert type(from_rpc_error(received)) is errors.Unavailable
    assert not is_from_chorus(received)


@pytest.mark.parametrize(("said", "told"), [(2**62, 24 * 3600), (-(2**62), 0), (3, 3)])
def test_a_delay_that_a_peer_names_can_be_passed_on(said: int, told: float) -> None:
    status = status_pb2.Status(code=14)
    status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=said)))
    trailing = Metadata((errors.STATUS_KEY, status.SerializeToString()))
    received = from_rpc_error(AioRpcError(grpc.StatusCode.UNAVAILABLE, Metadata(), trailing))
    assert received.retry_delay == told
    # A delay beyond what JSON can say would make the whole message unreadable for callers that read JSON.
    json_format.MessageToJson(to_failure(received))


def test_a_failure_is_short() -> None:
    failure = to_failure(errors.InvalidRequest({f"models[{place}]": "x" * 1000 for place in range(100)}))
    assert failure.ByteSize() <= 2 * errors.MAX_DETAILS_BYTES
    assert len(failure.metadata) == errors.MAX_FIELD_VIOLATIONS


def test_a_failure_carries_reason_delay_and_metadata() -> None:
    failure = to_failure(errors.Unavailable("loading", retry_delay=0.5, metadata={"a": "b"}))
    assert failure.reason == failure_pb2.ERROR_REASON_UNAVAILABLE
    assert failure.retry_delay.ToMilliseconds() == 500
    assert dict(failure.metadata) == {"a": "b"}

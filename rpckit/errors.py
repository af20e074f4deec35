"""One vocabulary of errors, raised deep and mapped once at the edge.

    ChorusError
    ├── InvalidRequest      the caller's: a field is malformed
    ├── InputTooLong        the caller's: the prompt does not fit the model
    ├── ModelNotFound       the caller's: no such model, or retired
    ├── NotSupported        the caller's: the model cannot do what was asked
    ├── BudgetExceeded      the caller's: its own spending limit would be passed
    ├── Unauthenticated     the caller's: it did not say who it is
    ├── FeedbackNotFound    the caller's: it has no feedback of that id
    ├── ProviderAuth        the operator's: no credentials, or rejected ones
    ├── QuotaExhausted      the operator's: money or monthly quota is gone
    ├── RateLimited         nobody's: too many requests just now; wait
    ├── Unavailable         nobody's: overloaded, loading, draining or unreachable; wait
    ├── OutOfMemory         the server's: this request alone does not fit
    ├── Timeout             the time for it was up
    ├── ContentBlocked      the provider or the model refused the content
    ├── BadOutput           the model's: empty, cut, or not of the promised form
    ├── QuorumNotReached    fewer models answered than the caller's policy asks for
    └── Internal            ours: a bug

Each class is one ErrorReason; `failure.proto` says what its metadata holds. A message is for developers, in
English, and free of secrets and of any text of a submission.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import ClassVar

import grpc
from google.protobuf import any_pb2, message
from google.rpc import error_details_pb2, status_pb2

from chorus.model.v1 import failure_pb2
from rpckit.duration import bounded_delay, to_duration, to_seconds

DOMAIN = "chorus"

# Status details travel in trailing metadata, which peers cap (8 KiB in grpc-java).
MAX_DETAILS_BYTES = 4096
MAX_FIELD_VIOLATIONS = 16

STATUS_KEY = "grpc-status-details-bin"

_MAX_TEXT_BYTES = 200
# The message of a Failure may be longer, because it may say what to set.
MAX_MESSAGE_BYTES = 1000
_CUT = "…"
_ENVELOPE_BYTES = 8


class ChorusError(Exception):
    """A failure that a caller is told about.

    Args:
        text: What went wrong, for developers.
        metadata: As `failure.proto` documents for the reason.
        retry_delay: Seconds to wait before a retry; None where no retry helps.
        details: More messages for the status, for example the Usage of a failed call.
    """

    reason: ClassVar[failure_pb2.ErrorReason.ValueType]
    code: ClassVar[grpc.StatusCode]

    def __init__(
        self,
        text: str,
        *,
        metadata: Mapping[str, str] | None = None,
        retry_delay: float | None = None,
        details: Sequence[message.Message] = (),
    ) -> None:
        super().__init__(text)
        self.text = text
        self.metadata = dict(metadata or {})
        self.retry_delay = retry_delay
        self.details = tuple(map(_pack, details))


class InvalidRequest(ChorusError):
    """The request is malformed. `violations` maps a field's path to what is wrong with it."""

    reason = failure_pb2.ERROR_REASON_INVALID_REQUEST
    code = grpc.StatusCode.INVALID_ARGUMENT

    def __init__(self, violations: Mapping[str, str]) -> None:
        text = "; ".join(f"{field}: {wrong}" for field, wrong in violations.items())
        super().__init__(text, metadata=violations)


class InputTooLong(ChorusError):
    """The prompt does not fit the model."""

    reason = failure_pb2.ERROR_REASON_INPUT_TOO_LONG
    code = grpc.StatusCode.INVALID_ARGUMENT


class ModelNotFound(ChorusError):
    """No such model here, or its provider retired it."""

    reason = failure_pb2.ERROR_REASON_MODEL_NOT_FOUND
    code = grpc.StatusCode.NOT_FOUND


class NotSupported(ChorusError):
    """The model cannot do what was asked."""

    reason = failure_pb2.ERROR_REASON_NOT_SUPPORTED
    code = grpc.StatusCode.UNIMPLEMENTED


class ProviderAuth(ChorusError):
    """No credentials are configured, or the provider rejected ours."""

    reason = failure_pb2.ERROR_REASON_PROVIDER_AUTH
    code = grpc.StatusCode.FAILED_PRECONDITION


class RateLimited(ChorusError):
    """Too many requests just now."""

    reason = failure_pb2.ERROR_REASON_RATE_LIMITED
    code = grpc.StatusCode.RESOURCE_EXHAUSTED


class QuotaExhausted(ChorusError):
    """Money or monthly quota is gone; no retry helps."""

    reason = failure_pb2.ERROR_REASON_QUOTA_EXHAUSTED
    code = grpc.StatusCode.RESOURCE_EXHAUSTED


class BudgetExceeded(ChorusError):
    """The caller's own spending limit would be passed."""

    reason = failure_pb2.ERROR_REASON_BUDGET_EXCEEDED
    code = grpc.StatusCode.FAILED_PRECONDITION


class ContentBlocked(ChorusError):
    """The provider or the model refused the content."""

    reason = failure_pb2.ERROR_REASON_CONTENT_BLOCKED
    code = grpc.StatusCode.FAILED_PRECONDITION


class Unavailable(ChorusError):
    """Overloaded, loading, draining or unreachable."""

    reason = failure_pb2.ERROR_REASON_UNAVAILABLE
    code = grpc.StatusCode.UNAVAILABLE


class OutOfMemory(ChorusError):
    """Not enough memory for this request; the server lives on."""

    reason = failure_pb2.ERROR_REASON_OUT_OF_MEMORY
    code = grpc.StatusCode.RESOURCE_EXHAUSTED


class Timeout(ChorusError):
    """The time for it was up."""

    reason = failure_pb2.ERROR_REASON_TIMEOUT
    code = grpc.StatusCode.DEADLINE_EXCEEDED


class BadOutput(ChorusError):
    """The answer is empty, cut, or not of the promised form."""

    reason = failure_pb2.ERROR_REASON_BAD_OUTPUT
    code = grpc.StatusCode.INTERNAL


class QuorumNotReached(ChorusError):
    """Fewer models answered than the caller's policy asks for."""

    reason = failure_pb2.ERROR_REASON_QUORUM_NOT_REACHED
    code = grpc.StatusCode.ABORTED


class Internal(ChorusError):
    """A bug on our side."""

    reason = failure_pb2.ERROR_REASON_INTERNAL
    code = grpc.StatusCode.INTERNAL


class Unauthenticated(ChorusError):
    """The caller did not say who it is, or may not call."""

    reason = failure_pb2.ERROR_REASON_UNAUTHENTICATED
    code = grpc.StatusCode.UNAUTHENTICATED


class FeedbackNotFound(ChorusError):
    """The caller has no feedback of that id. Whether another caller has one is not told."""

    reason = failure_pb2.ERROR_REASON_FEEDBACK_NOT_FOUND
    code = grpc.StatusCode.NOT_FOUND


_BY_REASON: dict[str, type[ChorusError]] = {
    failure_pb2.ErrorReason.Name(each.reason): each for each in ChorusError.__subclasses__()
}
_REASON_PREFIX = "ERROR_REASON_"

# A status without our ErrorInfo comes from the transport or a foreign peer, and is classified by its code.
_BY_CODE: dict[grpc.StatusCode, type[ChorusError]] = {
    grpc.StatusCode.DEADLINE_EXCEEDED: Timeout,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
    grpc.StatusCode.CANCELLED: Unavailable,
    grpc.StatusCode.RESOURCE_EXHAUSTED: RateLimited,
    grpc.StatusCode.UNAUTHENTICATED: Unauthenticated,
    grpc.StatusCode.UNIMPLEMENTED: NotSupported,
}


def reason_name(reason: failure_pb2.ErrorReason.ValueType) -> str:
    """Returns the reason as `google.rpc.ErrorInfo.reason` carries it, for example "RATE_LIMITED"."""
    return failure_pb2.ErrorReason.Name(reason).removeprefix(_REASON_PREFIX)


def to_status(error: ChorusError) -> status_pb2.Status:
    """Returns the status with its details: ErrorInfo, then BadRequest, RetryInfo and the error's own.

    A detail that would make the status larger than `MAX_DETAILS_BYTES` is left out.
    """
    fields = _fields(error)
    info = error_details_pb2.ErrorInfo(reason=reason_name(error.reason), domain=DOMAIN)
    details: list[message.Message] = [info]
    if isinstance(error, InvalidRequest):
        violations = [
            error_details_pb2.BadRequest.FieldViolation(field=field, description=wrong)
            for field, wrong in fields.items()
        ]
        details.append(error_details_pb2.BadRequest(field_violations=violations))
    else:
        info.metadata.update(fields)
    if error.retry_delay is not None:
        details.append(error_details_pb2.RetryInfo(retry_delay=to_duration(error.retry_delay)))

    code, _ = error.code.value
    status = status_pb2.Status(code=code, message=_short(error.text))
    for packed in (*map(_pack, details), *error.details):
        if status.ByteSize() + packed.ByteSize() + _ENVELOPE_BYTES <= MAX_DETAILS_BYTES:
            status.details.append(packed)
    return status


def to_failure(error: ChorusError) -> failure_pb2.Failure:
    """Returns the error as a part of a response, for a failure that does not fail the call."""
    text = _short(error.text, MAX_MESSAGE_BYTES)
    failure = failure_pb2.Failure(reason=error.reason, message=text, metadata=_fields(error))
    if error.retry_delay is not None:
        failure.retry_delay.CopyFrom(to_duration(error.retry_delay))
    return failure


def from_rpc_error(error: grpc.aio.AioRpcError) -> ChorusError:
    """Returns the error that a peer sent, with its metadata, retry delay and details.

    A status that carries no ErrorInfo of ours is classified by its code; its text is not passed on. What is
    malformed in it is as if it were not there.
    """
    info: error_details_pb2.ErrorInfo | None = None
    retry_delay: float | None = None
    violations: dict[str, str] = {}
    rest: list[any_pb2.Any] = []
    for packed in _status_details(error):
        match _unpacked(packed):
            case error_details_pb2.ErrorInfo() as info:
                pass
            case error_details_pb2.RetryInfo() as retry:
                retry_delay = bounded_delay(to_seconds(retry.retry_delay))
            case error_details_pb2.BadRequest() as bad_request:
                violations.update({each.field: each.description for each in bad_request.field_violations})
            case None:
                rest.append(packed)
    if info is None or info.domain != DOMAIN:
        kind = _BY_CODE.get(error.code(), Internal)
        return kind(f"the server answered {error.code().name}", retry_delay=retry_delay)
    kind = _BY_REASON.get(_REASON_PREFIX + info.reason, Internal)
    if issubclass(kind, InvalidRequest):
        return InvalidRequest(violations)
    return kind(error.details() or "", metadata=info.metadata, retry_delay=retry_delay, details=rest)


def is_from_chorus(error: grpc.aio.AioRpcError) -> bool:
    """Whether a server of Chorus ended the call and said why. Otherwise the transport or a stranger did."""
    found = map(_unpacked, _status_details(error))
    infos = (each for each in found if isinstance(each, error_details_pb2.ErrorInfo))
    return next((bool(each.domain == DOMAIN) for each in infos), False)


def _status_details(error: grpc.aio.AioRpcError) -> list[any_pb2.Any]:
    for key, value in error.trailing_metadata() or ():
        if key == STATUS_KEY and isinstance(value, bytes):
            try:
                return list(status_pb2.Status.FromString(value).details)
            except message.DecodeError:
                return []
    return []


def _unpacked(packed: any_pb2.Any) -> message.Message | None:
    """Returns a detail of one of the kinds that every server sends; None: it is another one, or malformed."""
    kinds: tuple[type[message.Message], ...] = (
        error_details_pb2.ErrorInfo,
        error_details_pb2.RetryInfo,
        error_details_pb2.BadRequest,
    )
    for kind in kinds:
        if packed.Is(kind.DESCRIPTOR):
            try:
                return kind.FromString(packed.value)
            except message.DecodeError:
                return None
    return None


def _pack(detail: message.Message) -> any_pb2.Any:
    if isinstance(detail, any_pb2.Any):
        return detail
    packed = any_pb2.Any()
    packed.Pack(detail)
    return packed


def _fields(error: ChorusError) -> dict[str, str]:
    first = itertools.islice(error.metadata.items(), MAX_FIELD_VIOLATIONS)
    return {_short(key): _short(value) for key, value in first}


def _short(text: str, most: int = _MAX_TEXT_BYTES) -> str:
    if len(text) <= most and len(text.encode()) <= most:
        return text
    room = most - len(_CUT.encode())
    return text[:room].encode()[:room].decode(errors="ignore") + _CUT

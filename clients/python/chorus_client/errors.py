"""What a call may fail with: one class for each ErrorReason of the contract.

    ChorusCallError
    ├── InvalidRequestError       the caller's: a field is malformed
    ├── InputTooLongError         the caller's: the prompt does not fit the model
    ├── ModelNotFoundError        the caller's: no such model, or retired
    ├── FeedbackNotFoundError     the caller's: it has no feedback of that id
    ├── NotSupportedError         the caller's: the model cannot do what was asked
    │   └── NoOrchestratorError   what answers at the address is something else
    ├── BudgetExceededError       the caller's: its own spending limit would be passed
    ├── UnauthenticatedError      the caller's: it did not say who it is
    ├── ProviderAuthError         the operator's: no credentials, or rejected ones
    ├── QuotaExhaustedError       the operator's: money or monthly quota is gone
    ├── RateLimitedError          nobody's: too many requests just now; wait
    ├── UnavailableError          nobody's: overloaded, loading, draining or unreachable; wait
    │   ├── NothingAnswersError   nothing answers at the address
    │   └── UntrustedServerError  what answers there shows a certificate that is not believed
    ├── OutOfMemoryError          the server's: this request alone does not fit
    ├── DeadlinePassedError       the time for it was up
    ├── ContentBlockedError       the provider or the model refused the content
    ├── BadOutputError            the model's: empty, cut, or not of the promised form
    ├── QuorumNotReachedError     fewer models answered than the policy asks for
    └── InternalServerError       a bug of the server's

A reason that only a newer server knows counts as InternalServerError.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

import grpc
from google.protobuf import any_pb2, duration_pb2, message
from google.rpc import error_details_pb2, status_pb2

from chorus.model.v1 import failure_pb2

_DETAILS_KEY = "grpc-status-details-bin"
_VERSION_KEY = "x-chorus-version"
_DOMAIN = "chorus"
_PREFIX = "ERROR_REASON_"
_NANOS = 1_000_000_000


class ChorusCallError(Exception):
    """A call failed. Switch on the class, never on the text.

    Attributes:
        reason: The contract's word for it.
        text: What went wrong, for developers, in English.
        metadata: What `failure.proto` documents for the reason.
        violations: What is wrong with each field, by its path, for example "models[1]".
        retry_delay: Seconds after which the same call may succeed. None: it will fail again.
        failures: Why each model failed, where the reason is that too few answered.
        request_id: The call's "x-request-id", by which the server's logs know it.
        server_version: The version of Chorus that failed; empty if it says none. Quote both when you report
            a problem.
    """

    reason: ClassVar[failure_pb2.ErrorReason.ValueType]

    def __init__(
        self,
        text: str = "",
        *,
        metadata: Mapping[str, str] | None = None,
        violations: Mapping[str, str] | None = None,
        retry_delay: float | None = None,
        failures: Sequence[failure_pb2.Failure] = (),
        request_id: str = "",
        server_version: str = "",
    ) -> None:
        super().__init__(text)
        self.text = text
        self.metadata = dict(metadata or {})
        self.violations = dict(violations or {})
        self.retry_delay = retry_delay
        self.failures = tuple(failures)
        self.request_id = request_id
        self.server_version = server_version

    def to_failure(self) -> failure_pb2.Failure:
        """Returns the error in the form in which a response says why one model failed."""
        metadata = self.violations or self.metadata
        failure = failure_pb2.Failure(reason=self.reason, message=self.text, metadata=metadata)
        if self.retry_delay is not None:
            delay = duration_pb2.Duration()
            delay.FromNanoseconds(round(self.retry_delay * _NANOS))
            failure.retry_delay.CopyFrom(delay)
        return failure


class InvalidRequestError(ChorusCallError):
    """The request is malformed; `violations` names each field."""

    reason = failure_pb2.ERROR_REASON_INVALID_REQUEST


class InputTooLongError(ChorusCallError):
    """The prompt does not fit the model."""

    reason = failure_pb2.ERROR_REASON_INPUT_TOO_LONG


class ModelNotFoundError(ChorusCallError):
    """There is no such model, or its provider retired it."""

    reason = failure_pb2.ERROR_REASON_MODEL_NOT_FOUND


class FeedbackNotFoundError(ChorusCallError):
    """The caller has no feedback of that id."""

    reason = failure_pb2.ERROR_REASON_FEEDBACK_NOT_FOUND


class NotSupportedError(ChorusCallError):
    """The model cannot do what was asked."""

    reason = failure_pb2.ERROR_REASON_NOT_SUPPORTED


class NoOrchestratorError(NotSupportedError):
    """What answers at the address does not have the service that was called."""


class BudgetExceededError(ChorusCallError):
    """The spending limit of the request would be passed."""

    reason = failure_pb2.ERROR_REASON_BUDGET_EXCEEDED


class UnauthenticatedError(ChorusCallError):
    """The caller did not say who it is, or may not call."""

    reason = failure_pb2.ERROR_REASON_UNAUTHENTICATED


class ProviderAuthError(ChorusCallError):
    """The server has no credentials for a provider, or they were rejected."""

    reason = failure_pb2.ERROR_REASON_PROVIDER_AUTH


class QuotaExhaustedError(ChorusCallError):
    """Money or monthly quota is gone; no retry helps."""

    reason = failure_pb2.ERROR_REASON_QUOTA_EXHAUSTED


class RateLimitedError(ChorusCallError):
    """There are too many requests just now; `retry_delay` says when to come back."""

    reason = failure_pb2.ERROR_REASON_RATE_LIMITED


class UnavailableError(ChorusCallError):
    """The server is overloaded, loading, draining or unreachable."""

    reason = failure_pb2.ERROR_REASON_UNAVAILABLE


class NothingAnswersError(UnavailableError):
    """Nothing answers at the address."""


class UntrustedServerError(UnavailableError):
    """The server's certificate is not believed; `text` says why.

    The authority that signed it is not among `Tls.authorities`, or it names neither the host that was dialled
    nor `Tls.server_name`.
    """


class OutOfMemoryError(ChorusCallError):
    """There is not enough memory for this request; the server lives on."""

    reason = failure_pb2.ERROR_REASON_OUT_OF_MEMORY


class DeadlinePassedError(ChorusCallError):
    """The time for the call was up."""

    reason = failure_pb2.ERROR_REASON_TIMEOUT


class ContentBlockedError(ChorusCallError):
    """The provider or the model refused the content."""

    reason = failure_pb2.ERROR_REASON_CONTENT_BLOCKED


class BadOutputError(ChorusCallError):
    """The answer is empty, cut, or not of the promised form."""

    reason = failure_pb2.ERROR_REASON_BAD_OUTPUT


class QuorumNotReachedError(ChorusCallError):
    """Fewer models answered than the policy asks for; `failures` says why."""

    reason = failure_pb2.ERROR_REASON_QUORUM_NOT_REACHED


class InternalServerError(ChorusCallError):
    """A bug on the server's side."""

    reason = failure_pb2.ERROR_REASON_INTERNAL


_BY_REASON: Mapping[str, type[ChorusCallError]] = {
    failure_pb2.ErrorReason.Name(each.reason): each for each in ChorusCallError.__subclasses__()
}

# A status without the contract's ErrorInfo comes from the transport, or from a peer that is not Chorus.
_BY_CODE: Mapping[grpc.StatusCode, type[ChorusCallError]] = {
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlinePassedError,
    grpc.StatusCode.UNAVAILABLE: UnavailableError,
    grpc.StatusCode.CANCELLED: UnavailableError,
    grpc.StatusCode.RESOURCE_EXHAUSTED: RateLimitedError,
    grpc.StatusCode.UNAUTHENTICATED: UnauthenticatedError,
    grpc.StatusCode.UNIMPLEMENTED: NotSupportedError,
}


def reason_name(reason: failure_pb2.ErrorReason.ValueType) -> str:
    """Returns a reason as the contract spells it, without its prefix: "RATE_LIMITED"."""
    known = reason if reason in failure_pb2.ErrorReason.values() else failure_pb2.ERROR_REASON_INTERNAL
    return failure_pb2.ErrorReason.Name(known).removeprefix(_PREFIX)


def is_from_transport(error: grpc.aio.AioRpcError) -> bool:
    """Whether no server says why the call failed."""
    return _DETAILS_KEY not in _metadata(error)


def typed_error(error: grpc.aio.AioRpcError, request_id: str) -> ChorusCallError:
    """Returns the error that a status stands for, with what its details say."""
    info = error_details_pb2.ErrorInfo()
    retry = error_details_pb2.RetryInfo()
    bad_request = error_details_pb2.BadRequest()
    failures = []
    for packed in _details(error):
        for known in (info, retry, bad_request):
            packed.Unpack(known)
        failure = failure_pb2.Failure()
        if packed.Unpack(failure):
            failures.append(failure)
    retry_delay = retry.retry_delay.ToNanoseconds() / _NANOS if retry.HasField("retry_delay") else None
    version = _metadata(error).get(_VERSION_KEY, "")
    server_version = version if isinstance(version, str) else ""
    if info.domain != _DOMAIN:
        kind = _BY_CODE.get(error.code(), InternalServerError)
        text = f"the server answered {error.code().name}"
        return kind(text, retry_delay=retry_delay, request_id=request_id, server_version=server_version)
    return _BY_REASON.get(_PREFIX + info.reason, InternalServerError)(
        error.details() or "",
        metadata=info.metadata,
        violations={each.field: each.description for each in bad_request.field_violations},
        retry_delay=retry_delay,
        failures=failures,
        request_id=request_id,
        server_version=server_version,
    )


def _metadata(error: grpc.aio.AioRpcError) -> Mapping[str, str | bytes]:
    return dict(error.trailing_metadata() or ())


def _details(error: grpc.aio.AioRpcError) -> Iterable[any_pb2.Any]:
    packed = _metadata(error).get(_DETAILS_KEY, b"")
    try:
        return status_pb2.Status.FromString(packed).details if isinstance(packed, bytes) else ()
    except message.DecodeError:
        return ()

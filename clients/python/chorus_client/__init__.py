"""Calls Chorus from Python: typed, on grpcio and protobuf alone.

    async with ChorusClient.from_environment() as chorus:
        response = await chorus.review(request, timeout=60)

    with BlockingChorusClient.from_environment() as chorus:
        response = chorus.review(request, timeout=60)

Requests and responses are the messages of the contract, in the package `chorus` beside this one.
"""

from chorus_client.anchors import utf16_range
from chorus_client.blocking import BlockingChorusClient
from chorus_client.channel import Tls
from chorus_client.client import ChorusClient
from chorus_client.errors import (
    BadOutputError,
    BudgetExceededError,
    ChorusCallError,
    ContentBlockedError,
    DeadlinePassedError,
    FeedbackNotFoundError,
    InputTooLongError,
    InternalServerError,
    InvalidRequestError,
    ModelNotFoundError,
    NoOrchestratorError,
    NothingAnswersError,
    NotSupportedError,
    OutOfMemoryError,
    ProviderAuthError,
    QuorumNotReachedError,
    QuotaExhaustedError,
    RateLimitedError,
    UnauthenticatedError,
    UnavailableError,
    UntrustedServerError,
)
from chorus_client.settings import ConnectionSettings, SettingError

__all__ = [
    "BadOutputError",
    "BlockingChorusClient",
    "BudgetExceededError",
    "ChorusCallError",
    "ChorusClient",
    "ConnectionSettings",
    "ContentBlockedError",
    "DeadlinePassedError",
    "FeedbackNotFoundError",
    "InputTooLongError",
    "InternalServerError",
    "InvalidRequestError",
    "ModelNotFoundError",
    "NoOrchestratorError",
    "NotSupportedError",
    "NothingAnswersError",
    "OutOfMemoryError",
    "ProviderAuthError",
    "QuorumNotReachedError",
    "QuotaExhaustedError",
    "RateLimitedError",
    "SettingError",
    "Tls",
    "UnauthenticatedError",
    "UnavailableError",
    "UntrustedServerError",
    "utf16_range",
]

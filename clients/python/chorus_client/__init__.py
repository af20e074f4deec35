"""Calls Chorus from Python: typed, asynchronous, on grpcio and protobuf alone.

    async with ChorusClient.connect("127.0.0.1:50051") as chorus:
        response = await chorus.review(request, timeout=60)

Requests and responses are the messages of the contract, in the package `chorus` beside this one.
"""

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
)

__all__ = [
    "BadOutputError",
    "BudgetExceededError",
    "ChorusCallError",
    "ChorusClient",
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
    "Tls",
    "UnauthenticatedError",
    "UnavailableError",
]

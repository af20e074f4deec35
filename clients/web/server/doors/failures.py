"""Says in HTTP what a failed review means, so that a program knows whether to ask again."""

import math

from clients.web.server.problems import Problem
from rpckit import errors
from rpckit.errors import ChorusError, reason_name

_STATUSES: dict[type[ChorusError], int] = {
    errors.InvalidRequest: 400,
    errors.InputTooLong: 400,
    errors.NotSupported: 400,
    errors.ContentBlocked: 400,
    errors.BudgetExceeded: 402,
    errors.ModelNotFound: 404,
    errors.FeedbackNotFound: 404,
    errors.RateLimited: 429,
    errors.QuotaExhausted: 429,
    errors.QuorumNotReached: 502,
    errors.BadOutput: 502,
    # The orchestrator does not know this server, or a provider does not know Chorus: the operator's matter.
    errors.Unauthenticated: 502,
    errors.ProviderAuth: 502,
    errors.Unavailable: 503,
    errors.OutOfMemory: 503,
    errors.Timeout: 504,
}
# The words that clients of the API know.
_CODES: dict[type[ChorusError], str] = {
    errors.InputTooLong: "context_length_exceeded",
    errors.ModelNotFound: "model_not_found",
    errors.QuotaExhausted: "insufficient_quota",
    errors.RateLimited: "rate_limit_exceeded",
    errors.ContentBlocked: "content_filter",
}


def problem_of(error: ChorusError) -> Problem:
    """Returns what a caller is told of a failed review.

    `x-should-retry`, which the OpenAI SDKs obey, says no where a repeat would cost again or help nobody.
    """
    status = _STATUSES.get(type(error), 500)
    reason = _CODES.get(type(error), reason_name(error.reason))
    helps = error.retry_delay is not None or isinstance(error, errors.Unavailable | errors.RateLimited)
    headers = {"x-should-retry": "true" if helps else "false"}
    if error.retry_delay is not None:
        headers["retry-after"] = str(math.ceil(error.retry_delay))
    field = _field(error)
    if field == "model":
        status, reason = 404, "model_not_found"
    return Problem(status, reason, error.text or reason, field, headers)


def _field(error: ChorusError) -> str:
    """Returns the field of the chat request that is wrong; empty: none in particular."""
    if not isinstance(error, errors.InvalidRequest) or not error.metadata:
        return ""
    path = next(iter(error.metadata))
    if path.startswith("models"):
        return "model"
    return "messages" if path in {"submission.text", "submission.task"} else f"chorus.{path}"

"""Says in HTTP what a failed review means, so that a program knows whether to ask again."""

import math

from chorus_client import errors
from chorus_client.errors import ChorusCallError, reason_name
from clients.web.server.problems import Problem

_STATUSES: dict[type[ChorusCallError], int] = {
    errors.InvalidRequestError: 400,
    errors.InputTooLongError: 400,
    errors.NotSupportedError: 400,
    errors.ContentBlockedError: 400,
    errors.BudgetExceededError: 402,
    errors.ModelNotFoundError: 404,
    errors.FeedbackNotFoundError: 404,
    errors.RateLimitedError: 429,
    errors.QuotaExhaustedError: 429,
    errors.QuorumNotReachedError: 502,
    errors.BadOutputError: 502,
    # The orchestrator does not know this server, or a provider does not know Chorus: the operator's matter.
    errors.UnauthenticatedError: 502,
    errors.ProviderAuthError: 502,
    errors.UnavailableError: 503,
    errors.OutOfMemoryError: 503,
    errors.DeadlinePassedError: 504,
}
# The words that clients of the API know.
_CODES: dict[type[ChorusCallError], str] = {
    errors.InputTooLongError: "context_length_exceeded",
    errors.ModelNotFoundError: "model_not_found",
    errors.QuotaExhaustedError: "insufficient_quota",
    errors.RateLimitedError: "rate_limit_exceeded",
    errors.ContentBlockedError: "content_filter",
}


def problem_of(error: ChorusCallError) -> Problem:
    """Returns what a caller is told of a failed review.

    `x-should-retry`, which the OpenAI SDKs obey, says no where a repeat would cost again or help nobody.
    """
    status = _STATUSES.get(type(error), 500)
    reason = _CODES.get(type(error), reason_name(error.reason))
    helps = error.retry_delay is not None or isinstance(
        error, errors.UnavailableError | errors.RateLimitedError
    )
    headers = {"x-should-retry": "true" if helps else "false"}
    if error.retry_delay is not None:
        headers["retry-after"] = str(math.ceil(error.retry_delay))
    field = _field(error)
    if field == "model":
        status, reason = 404, "model_not_found"
    return Problem(status, reason, error.text or reason, field, headers)


def _field(error: ChorusCallError) -> str:
    """Returns the field of the chat request that is wrong; empty: none in particular."""
    if not error.violations:
        return ""
    path = next(iter(error.violations))
    if path.startswith("models"):
        return "model"
    return "messages" if path in {"submission.text", "submission.task"} else f"chorus.{path}"

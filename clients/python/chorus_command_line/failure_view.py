"""Says why something failed, and what helps."""

import re
from collections.abc import Iterator

from rich.console import Group
from rich.text import Text

from chorus.model.v1 import failure_pb2
from chorus_client import (
    ChorusCallError,
    InvalidRequestError,
    NoOrchestratorError,
    NothingAnswersError,
    QuorumNotReachedError,
    UnauthenticatedError,
    UnavailableError,
    UntrustedServerError,
)
from chorus_command_line import amounts
from chorus_command_line.screen import indented, prose
from chorus_command_line.words import Words
from chorus_documents.writing.visible import visible

_OF_MODELS = re.compile(r"models\b|summary_model|allowed_providers|policy\.min_")


def explain(failure: failure_pb2.Failure, words: Words) -> str:
    """Returns the reason in the reader's language, then what to set or to do."""
    reason = words.feedback.reasons.get(
        failure.reason, words.feedback.reasons[failure_pb2.ERROR_REASON_INTERNAL]
    )
    helps = prose(_help(failure, words))
    if failure.HasField("retry_delay"):
        retry = words.retry_after.format(seconds=amounts.seconds(failure.retry_delay, words))
        helps = f"{helps}; {retry}" if helps else retry
    return f"{reason}: {helps}" if helps else reason


def rpc_error(error: ChorusCallError, words: Words, *, server: str, about: str = "") -> Group:
    """Says why a call failed, by field or by model where the error does so.

    Args:
        error: What it failed with.
        words: The words of the reader's language.
        server: Where Chorus was called.
        about: Which of several texts it was about.
    """
    lines: list[Text] = []
    if isinstance(error, QuorumNotReachedError):
        lines += (Text(each) for each in _each_model(error, words))
    if isinstance(error, UnauthenticatedError):
        lines.append(Text(words.say_who))
    if _is_about_models(error):
        lines.append(Text(words.see_models))
    if isinstance(error, NothingAnswersError):
        lines.append(Text(words.is_it_running.format(server=server)))
    if isinstance(error, UntrustedServerError):
        lines.append(Text(words.untrusted_server.format(server=server, why=error.text)))
    if isinstance(error, NoOrchestratorError):
        lines.append(Text(words.no_orchestrator.format(server=server)))
    what = f"{visible(about)}: " if about else ""
    return Group(
        Text(what + explain(error.to_failure(), words), style="red"), *(indented(each, 2) for each in lines)
    )


def _help(failure: failure_pb2.Failure, words: Words) -> str:
    match failure.reason, dict(failure.metadata):
        case failure_pb2.ERROR_REASON_INVALID_REQUEST, violations if violations:
            return "; ".join(f"{field}: {wrong}" for field, wrong in sorted(violations.items()))
        case failure_pb2.ERROR_REASON_PROVIDER_AUTH, {"setting": setting}:
            return words.set_this.format(setting=setting)
        case failure_pb2.ERROR_REASON_MODEL_NOT_FOUND, {"successor": successor} if successor:
            return words.ask_instead.format(model=successor)
        case failure_pb2.ERROR_REASON_INPUT_TOO_LONG, {"input_tokens": needed, "max_input_tokens": limit}:
            return words.needs_of.format(needed=needed, limit=limit)
        case failure_pb2.ERROR_REASON_OUT_OF_MEMORY, {"needed_bytes": needed, "free_bytes": limit}:
            sizes = amounts.gigabytes(int(needed)), amounts.gigabytes(int(limit))
            return words.needs_of.format(needed=sizes[0], limit=sizes[1])
        case (
            failure_pb2.ERROR_REASON_BUDGET_EXCEEDED,
            {"needed_usd_nanos": needed, "limit_usd_nanos": limit},
        ):
            sums = amounts.dollars(int(needed)), amounts.dollars(int(limit))
            return words.needs_of.format(needed=sums[0], limit=sums[1])
        case failure_pb2.ERROR_REASON_TIMEOUT, _:
            return words.more_time
        case failure_pb2.ERROR_REASON_NOT_SUPPORTED, {"capability": lacking} if lacking in words.lacking:
            return words.lacking[lacking]
        case _:
            return failure.message if words.shows_messages else ""


def _is_about_models(error: ChorusCallError) -> bool:
    """Whether a list of the models helps: one is named that there is none of, or too few are ready."""
    if isinstance(error, InvalidRequestError):
        return any(_OF_MODELS.match(field) for field in error.violations)
    nothing = (NothingAnswersError, NoOrchestratorError, UntrustedServerError)
    return isinstance(error, UnavailableError) and not isinstance(error, nothing)


def _each_model(error: ChorusCallError, words: Words) -> Iterator[str]:
    for failure in error.failures:
        model = failure.metadata.get("model", "")
        yield f"{model}: {explain(failure, words)}" if model else explain(failure, words)

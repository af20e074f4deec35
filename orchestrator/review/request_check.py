"""Checks a request field by field, before anything is paid for."""

from collections.abc import Iterator, Mapping, Sequence

from chorus.feedback.v1 import feedback_service_pb2, submission_pb2
from chorus.model.v1 import generation_pb2
from modelkit.generate_request import MAX_MODEL_NAME, Violation, sampling_violations
from modelkit.language import is_language_code
from orchestrator.rubrics.rubric import violations as rubric_violations
from rpckit.duration import to_seconds
from rpckit.errors import InvalidRequest

MAX_TEXT = 100_000
MAX_REQUEST_ID = 64
MAX_MODELS = 100
MAX_PROVIDERS = 100
MAX_PROVIDER_NAME = 200
MAX_TASK = 20_000
MAX_AUTHOR_LEVEL = 200
MAX_CALIBRATION_VERSION = 64


def check_request(request: feedback_service_pb2.GetFeedbackRequest) -> None:
    """Checks everything that does not depend on which models there are.

    Raises:
        InvalidRequest: It names every field that is wrong.
    """
    found = dict(_violations(request))
    if found:
        raise InvalidRequest(found)


def _violations(request: feedback_service_pb2.GetFeedbackRequest) -> Iterator[Violation]:
    yield from _submission_violations(request.submission)
    if request.HasField("rubric"):
        yield from rubric_violations(request.rubric).items()
    yield from _model_violations(request.models)
    yield from _policy_violations(request.policy)
    yield from sampling_violations(request.sampling)
    yield from _model_sampling_violations(request.model_sampling)
    yield from _provider_violations(request.allowed_providers)
    if len(request.request_id) > MAX_REQUEST_ID:
        yield "request_id", f"longer than {MAX_REQUEST_ID} characters"
    if len(request.summary_model) > MAX_MODEL_NAME:
        yield "summary_model", f"longer than {MAX_MODEL_NAME} characters"
    yield from _language_violations("feedback_language_code", request.feedback_language_code)
    if len(request.calibration_version) > MAX_CALIBRATION_VERSION:
        yield "calibration_version", f"longer than {MAX_CALIBRATION_VERSION} characters"


def _submission_violations(submission: submission_pb2.Submission) -> Iterator[Violation]:
    if not submission.text.strip():
        yield "submission.text", "empty"
    for field, text, most in (
        ("text", submission.text, MAX_TEXT),
        ("task", submission.task, MAX_TASK),
        ("reference_answer", submission.reference_answer, MAX_TASK),
        ("author_level", submission.author_level, MAX_AUTHOR_LEVEL),
    ):
        if len(text) > most:
            yield f"submission.{field}", f"{len(text)} code points, more than {most}"
    yield from _language_violations("submission.language_code", submission.language_code)


def _model_violations(names: Sequence[str]) -> Iterator[Violation]:
    if len(names) > MAX_MODELS:
        yield "models", f"{len(names)}, more than {MAX_MODELS}"
        return
    seen: set[str] = set()
    for place, name in enumerate(names):
        if len(name) > MAX_MODEL_NAME:
            yield f"models[{place}]", f"longer than {MAX_MODEL_NAME} characters"
        elif name in seen:
            yield f"models[{place}]", f"{name} is named twice"
        seen.add(name)


def _model_sampling_violations(by_model: Mapping[str, generation_pb2.Sampling]) -> Iterator[Violation]:
    if len(by_model) > MAX_MODELS:
        yield "model_sampling", f"{len(by_model)}, more than {MAX_MODELS}"
        return
    for name, sampling in sorted(by_model.items()):
        # The name is one of `models`, or of the default panel's: that is checked where those are known.
        yield from sampling_violations(sampling, f"model_sampling[{name}]")


def _provider_violations(providers: Sequence[str]) -> Iterator[Violation]:
    if len(providers) > MAX_PROVIDERS:
        yield "allowed_providers", f"{len(providers)}, more than {MAX_PROVIDERS}"
        return
    for place, provider in enumerate(providers):
        if len(provider) > MAX_PROVIDER_NAME:
            yield f"allowed_providers[{place}]", f"longer than {MAX_PROVIDER_NAME} characters"


def _policy_violations(policy: feedback_service_pb2.PanelPolicy) -> Iterator[Violation]:
    for field in ("min_models", "min_families"):
        if policy.HasField(field) and getattr(policy, field) < 1:
            yield f"policy.{field}", "less than 1"
    if policy.HasField("model_timeout") and to_seconds(policy.model_timeout) <= 0:
        yield "policy.model_timeout", "not above zero"
    if policy.HasField("straggler_grace") and to_seconds(policy.straggler_grace) < 0:
        yield "policy.straggler_grace", "negative"
    if policy.HasField("max_cost_usd_nanos") and policy.max_cost_usd_nanos < 0:
        yield "policy.max_cost_usd_nanos", "negative"
    if policy.substitution not in feedback_service_pb2.PanelPolicy.Substitution.values():
        yield "policy.substitution", f"{policy.substitution} is no Substitution"


def _language_violations(field: str, code: str) -> Iterator[Violation]:
    if code and not is_language_code(code):
        yield field, f"{code[:20]!r} is no BCP 47 code"

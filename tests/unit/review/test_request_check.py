import pytest
from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy
from chorus.feedback.v1.submission_pb2 import Rubric, Submission
from chorus.model.v1.generation_pb2 import Sampling
from orchestrator.review.request_check import MAX_TEXT, check_request
from rpckit.errors import InvalidRequest

TEXT = Submission(text="A text.")


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (GetFeedbackRequest(), "submission.text"),
        (GetFeedbackRequest(submission=Submission(text=" \n\t")), "submission.text"),
        (GetFeedbackRequest(submission=Submission(text="가" * (MAX_TEXT + 1))), "submission.text"),
        (GetFeedbackRequest(submission=Submission(text="x", task="x" * 20_001)), "submission.task"),
        (
            GetFeedbackRequest(submission=Submission(text="x", language_code="!")),
            "submission.language_code",
        ),
        (GetFeedbackRequest(submission=TEXT, rubric=Rubric()), "rubric.criteria"),
        (GetFeedbackRequest(submission=TEXT, models=["a/b", "a/c", "a/b"]), "models[2]"),
        (GetFeedbackRequest(submission=TEXT, models=[""] * 101), "models"),
        (GetFeedbackRequest(submission=TEXT, models=["x" * 201]), "models[0]"),
        (GetFeedbackRequest(submission=TEXT, summary_model="x" * 201), "summary_model"),
        (GetFeedbackRequest(submission=TEXT, policy=PanelPolicy(min_models=0)), "policy.min_models"),
        (GetFeedbackRequest(submission=TEXT, policy=PanelPolicy(min_families=-1)), "policy.min_families"),
        (
            GetFeedbackRequest(submission=TEXT, policy=PanelPolicy(model_timeout=Duration())),
            "policy.model_timeout",
        ),
        (
            GetFeedbackRequest(submission=TEXT, policy=PanelPolicy(straggler_grace=Duration(seconds=-1))),
            "policy.straggler_grace",
        ),
        (
            GetFeedbackRequest(submission=TEXT, policy=PanelPolicy(max_cost_usd_nanos=-1)),
            "policy.max_cost_usd_nanos",
        ),
        (GetFeedbackRequest(submission=TEXT, sampling=Sampling(temperature=3)), "sampling.temperature"),
        (
            GetFeedbackRequest(submission=TEXT, sampling=Sampling(temperature=float("nan"))),
            "sampling.temperature",
        ),
        (GetFeedbackRequest(submission=TEXT, sampling=Sampling(top_p=1.5)), "sampling.top_p"),
        (
            GetFeedbackRequest(submission=TEXT, sampling=Sampling(max_output_tokens=0)),
            "sampling.max_output_tokens",
        ),
        (
            GetFeedbackRequest(submission=TEXT, sampling=Sampling(stop_sequences=list("abcde"))),
            "sampling.stop_sequences",
        ),
        (
            GetFeedbackRequest(submission=TEXT, sampling=Sampling(stop_sequences=["a", ""])),
            "sampling.stop_sequences[1]",
        ),
        (GetFeedbackRequest(submission=TEXT, request_id="x" * 65), "request_id"),
        (
            GetFeedbackRequest(submission=TEXT, sampling=Sampling(reasoning_effort=99)),  # type: ignore[arg-type]
            "sampling.reasoning_effort",
        ),
        (
            GetFeedbackRequest(submission=TEXT, policy=PanelPolicy(substitution=99)),  # type: ignore[arg-type]
            "policy.substitution",
        ),
        (
            GetFeedbackRequest(submission=TEXT, model_sampling={"a/b": Sampling(temperature=3)}),
            "model_sampling[a/b].temperature",
        ),
        (
            GetFeedbackRequest(
                submission=TEXT,
                model_sampling={"a/b": Sampling(reasoning_effort=-1)},  # type: ignore[arg-type]
            ),
            "model_sampling[a/b].reasoning_effort",
        ),
        (
            GetFeedbackRequest(submission=TEXT, model_sampling={str(n): Sampling() for n in range(101)}),
            "model_sampling",
        ),
        (GetFeedbackRequest(submission=TEXT, allowed_providers=["x"] * 101), "allowed_providers"),
        (GetFeedbackRequest(submission=TEXT, allowed_providers=["a", "x" * 201]), "allowed_providers[1]"),
        (GetFeedbackRequest(submission=TEXT, calibration_version="x" * 65), "calibration_version"),
        (GetFeedbackRequest(submission=TEXT, feedback_language_code="k"), "feedback_language_code"),
        (
            GetFeedbackRequest(submission=TEXT, feedback_language_code="en" + "-x" * 32),
            "feedback_language_code",
        ),
    ],
)
def test_a_malformed_request_names_its_field(request_: GetFeedbackRequest, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_request(request_)
    assert list(caught.value.metadata) == [field]


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InvalidRequest) as caught:
        check_request(GetFeedbackRequest(request_id="x" * 65, sampling=Sampling(top_p=-1)))
    assert set(caught.value.metadata) == {"submission.text", "sampling.top_p", "request_id"}


@pytest.mark.parametrize("text", ["가" * MAX_TEXT, "x", "🙂"])
def test_the_limit_is_in_code_points(text: str) -> None:
    check_request(GetFeedbackRequest(submission=Submission(text=text, language_code="zh-Hant-TW")))

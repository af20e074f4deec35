"""The limits of a request for feedback."""

from collections.abc import Iterator

from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_service_pb2 import BatchFeedbackRequest, GetFeedbackRequest, PanelPolicy
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric, Submission
from chorus.model.v1.generation_pb2 import Sampling
from modelkit import generate_request as generate
from orchestrator.review import request_check as review
from orchestrator.rubrics import rubric as rubrics
from orchestrator.servicers import batch
from tests.contract.limits.limit import (
    FEEDBACK,
    LONG_NAME,
    LONG_PROVIDER,
    MANY_NAMES,
    Limit,
    asking_for,
    at_most,
    language,
    padded,
    span,
)


def review_limits() -> Iterator[Limit]:
    """Yields those of the submission, the rubric, the panel, the policy and a batch's items."""
    yield from _submissions()
    yield from _rubrics()
    yield from _panels()
    yield from _policies()
    yield from _batches()


def _submissions() -> Iterator[Limit]:
    def of(field: str, most: int, phrase: str) -> Limit:
        def sized(length: int) -> GetFeedbackRequest:
            return asking_for(Submission(**{"text": "A text.", field: ("가. " * length)[:length]}))

        empty = [sized(0)] if phrase.startswith("1 to") else []
        return Limit(
            f"{FEEDBACK}Submission.{field}",
            phrase,
            f"submission.{field}",
            [sized(1), sized(most)],
            [*empty, sized(most + 1)],
        )

    yield of("text", review.MAX_TEXT, span(1, review.MAX_TEXT))
    yield of("task", review.MAX_TASK, at_most(review.MAX_TASK))
    yield of("reference_answer", review.MAX_TASK, at_most(review.MAX_TASK))
    yield of("author_level", review.MAX_AUTHOR_LEVEL, at_most(review.MAX_AUTHOR_LEVEL))
    yield language(
        f"{FEEDBACK}Submission.language_code",
        "submission.language_code",
        lambda code: asking_for(Submission(text="A text.", language_code=code)),
    )


def _rubrics() -> Iterator[Limit]:
    def criterion(name: str = "c", levels: int = 2, weight: float = 1) -> Criterion:
        return Criterion(id=name, weight=weight, levels=[Level(score=score) for score in range(levels)])

    def of(*criteria: Criterion) -> GetFeedbackRequest:
        return asking_for(rubric=Rubric(criteria=criteria))

    def sized(size: int) -> GetFeedbackRequest:
        rubric = Rubric(criteria=[criterion()])
        padded(rubric, size, lambda length: setattr(rubric.criteria[0], "title", "a" * length))
        assert rubric.ByteSize() == size
        return asking_for(rubric=rubric)

    def numbered(count: int) -> GetFeedbackRequest:
        return of(*(criterion(f"c{number}") for number in range(count)))

    yield Limit(
        FEEDBACK + "Rubric",
        f"at most {rubrics.MAX_BYTES // 1024} KiB",
        "rubric",
        [sized(rubrics.MAX_BYTES)],
        [sized(rubrics.MAX_BYTES + 1)],
    )
    most = rubrics.MAX_CRITERIA
    yield Limit(
        FEEDBACK + "Rubric.criteria",
        span(1, most),
        "rubric.criteria",
        [numbered(1), numbered(most)],
        [numbered(0), numbered(most + 1)],
    )
    yield Limit(
        FEEDBACK + "Criterion.id",
        at_most(rubrics.MAX_ID),
        "rubric.criteria[0].id",
        [of(criterion("가" * rubrics.MAX_ID))],
        [of(criterion("")), of(criterion("가" * (rubrics.MAX_ID + 1)))],
    )
    least, most = rubrics.MIN_LEVELS, rubrics.MAX_LEVELS
    yield Limit(
        FEEDBACK + "Criterion.levels",
        span(least, most),
        "rubric.criteria[0].levels",
        [of(criterion(levels=least)), of(criterion(levels=most))],
        [of(criterion(levels=least - 1)), of(criterion(levels=most + 1))],
    )
    yield Limit(
        FEEDBACK + "Criterion.weight",
        "not negative",
        "rubric.criteria[0].weight",
        [of(criterion(weight=0), criterion("d"))],
        [of(criterion(weight=-0.1), criterion("d"))],
    )


def _panels() -> Iterator[Limit]:
    of = FEEDBACK + "GetFeedbackRequest."
    many, name = review.MAX_MODELS, generate.MAX_MODEL_NAME
    yield Limit(
        of + "models",
        at_most(many),
        "models",
        [asking_for(models=MANY_NAMES[:many])],
        [asking_for(models=MANY_NAMES)],
    )
    yield Limit(
        of + "models",
        at_most(name),
        "models[0]",
        [asking_for(models=[LONG_NAME])],
        [asking_for(models=[LONG_NAME + "n"])],
    )
    yield Limit(
        of + "summary_model",
        at_most(name),
        "summary_model",
        [asking_for(summary_model=LONG_NAME)],
        [asking_for(summary_model=LONG_NAME + "n")],
    )
    yield Limit(
        of + "request_id",
        at_most(review.MAX_REQUEST_ID),
        "request_id",
        [asking_for(request_id="가" * review.MAX_REQUEST_ID)],
        [asking_for(request_id="가" * (review.MAX_REQUEST_ID + 1))],
    )
    yield language(
        of + "feedback_language_code",
        "feedback_language_code",
        lambda code: asking_for(feedback_language_code=code),
    )
    yield Limit(
        of + "allowed_providers",
        at_most(review.MAX_PROVIDERS),
        "allowed_providers",
        [asking_for(allowed_providers=[LONG_PROVIDER] * review.MAX_PROVIDERS)],
        [asking_for(allowed_providers=[LONG_PROVIDER] * (review.MAX_PROVIDERS + 1))],
    )
    yield Limit(
        of + "allowed_providers",
        at_most(review.MAX_PROVIDER_NAME),
        "allowed_providers[0]",
        [asking_for(allowed_providers=[LONG_PROVIDER])],
        [asking_for(allowed_providers=[LONG_PROVIDER + "p"])],
    )
    yield Limit(
        of + "model_sampling",
        at_most(many),
        "model_sampling",
        [
            asking_for(
                models=MANY_NAMES[:many], model_sampling={each: Sampling() for each in MANY_NAMES[:many]}
            )
        ],
        [asking_for(model_sampling={each: Sampling() for each in MANY_NAMES})],
    )
    most = review.MAX_CALIBRATION_VERSION
    yield Limit(
        of + "calibration_version",
        at_most(most),
        "calibration_version",
        # None so long is ever given: it is refused as one that is not kept.
        [],
        [GetFeedbackRequest(submission=Submission(text="A text."), calibration_version="v" * (most + 1))],
    )


def _policies() -> Iterator[Limit]:
    def of(field: str, phrase: str, taken: object, refused: object) -> Limit:
        def policy(value: object) -> GetFeedbackRequest:
            return asking_for(policy=PanelPolicy(**{field: value}))  # type: ignore[arg-type]

        return Limit(
            f"{FEEDBACK}PanelPolicy.{field}",
            phrase,
            f"policy.{field}",
            [policy(taken)],
            [policy(refused)],
        )

    yield of("min_models", "at least 1", 1, 0)
    yield of("min_families", "at least 1", 1, 0)
    yield of("model_timeout", "above 0", Duration(nanos=1), Duration())
    yield of("straggler_grace", "not negative", Duration(), Duration(nanos=-1))
    yield of("max_cost_usd_nanos", "not negative", 0, -1)


def _batches() -> Iterator[Limit]:
    def item(item_id: str, timeout: Duration | None = None) -> BatchFeedbackRequest:
        return BatchFeedbackRequest(item_id=item_id, request=asking_for(), timeout=timeout)

    most = batch.MAX_ITEM_ID
    yield Limit(
        FEEDBACK + "BatchFeedbackRequest.item_id",
        span(1, most),
        "item_id",
        [item("i"), item("가" * most)],
        [item(""), item("가" * (most + 1))],
    )
    yield Limit(
        FEEDBACK + "BatchFeedbackRequest.timeout",
        "above 0",
        "timeout",
        [item("i", Duration(nanos=1))],
        [item("i", Duration()), item("i", Duration(nanos=-1))],
    )

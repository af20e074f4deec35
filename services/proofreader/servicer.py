"""Serves ModelService for the reviewers."""

from collections.abc import AsyncGenerator, Sequence

from typing_extensions import override

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2
from modelkit.generate_request import require_capabilities
from modelkit.servicer import CheckedRequest, GenerationEvent, StreamingServicer
from rpckit.call import served_call
from rpckit.errors import InvalidRequest, ModelNotFound
from services.proofreader.answer import write_answer
from services.proofreader.reading import Reading
from services.proofreader.reading_threads import ReadingThreads
from services.proofreader.review_request import ReviewRequest, read_review_request
from services.proofreader.rule_reviewers import RuleReviewer

_FAMILY = "chorus"
_CAPABILITIES = (model_pb2.CAPABILITY_JSON_SCHEMA,)
# It counts up when the rules change.
_RULES_VERSION = "2"


class ProofreaderServicer(StreamingServicer):
    """Offers each reviewer as a model."""

    def __init__(self, reviewers: Sequence[RuleReviewer], threads: ReadingThreads) -> None:
        super().__init__()
        self._reviewers = {each.name: each for each in reviewers}
        self._threads = threads

    @override
    def listed_models(self) -> list[model_pb2.Model]:
        return [_model(each) for each in self._reviewers.values()]

    @override
    async def generate(
        self, request: CheckedRequest, *, streaming: bool
    ) -> AsyncGenerator[GenerationEvent, None]:
        reviewer = self._reviewer(request.message.model)
        require_capabilities(request.message, reviewer.name, _CAPABILITIES)
        review_request = read_review_request(request)
        pieces = await self._threads.run(
            lambda reading: _review(reviewer, review_request, reading),
            served_call().deadline.with_reserve(),
        )
        # Each point is a piece of its own.
        for piece in pieces:
            yield content_pb2.Part(text=piece)
        yield _completion()

    def _reviewer(self, name: str) -> RuleReviewer:
        if not name:
            raise InvalidRequest({"model": "is empty, and this server has more than one"})
        if name not in self._reviewers:
            raise ModelNotFound("no such reviewer", metadata={"model": name})
        return self._reviewers[name]


def _review(reviewer: RuleReviewer, review_request: ReviewRequest, reading: Reading) -> list[str]:
    submission = review_request.submission()
    findings = reviewer.review(submission, reading)
    return write_answer(
        submission,
        findings,
        review_request.schema,
        review_request.feedback_language or submission.language,
        unread_from=reading.unread_from,
    )


def _model(reviewer: RuleReviewer) -> model_pb2.Model:
    return model_pb2.Model(
        name=reviewer.name,
        kind=model_pb2.Model.KIND_RULES,
        display_name=reviewer.display_name,
        family=_FAMILY,
        capabilities=_CAPABILITIES,
        state=model_pb2.Model.STATE_READY,
        footprint=model_pb2.Footprint(device="cpu"),
        price=model_pb2.Price(),
    )


def _completion() -> model_service_pb2.Completion:
    # That no tokens are read or written is measured, not estimated.
    usage = generation_pb2.Usage(cost_usd_nanos=0, basis=generation_pb2.USAGE_BASIS_MEASURED)
    return model_service_pb2.Completion(
        finish_reason=generation_pb2.FINISH_REASON_STOP,
        usage=usage,
        model_version=_RULES_VERSION,
    )

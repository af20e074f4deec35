"""The ModelService of the reviewers."""

from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any

import grpc
from typing_extensions import override

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2
from modelkit.generate_request import require_capabilities
from modelkit.servicer import CheckedRequest, GenerationEvent, StreamingServicer
from rpckit.errors import InvalidRequest, ModelNotFound
from services.proofreader.answer import write_answer
from services.proofreader.engine import Checkpoint, Engine
from services.proofreader.request import Assignment, read_assignment
from services.proofreader.reviewers import Reviewer

if TYPE_CHECKING:
    # Generic in the stubs, not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]

_FAMILY = "chorus"
_CAPABILITIES = (model_pb2.CAPABILITY_JSON_SCHEMA,)
# Counts up when the rules change.
_RULES_VERSION = "1"


class ProofreaderServicer(StreamingServicer):
    """Each reviewer is a model."""

    def __init__(self, reviewers: Sequence[Reviewer], engine: Engine) -> None:
        super().__init__()
        self._reviewers = {each.name: each for each in reviewers}
        self._engine = engine

    @override
    def listed_models(self) -> list[model_pb2.Model]:
        return [_model(each) for each in self._reviewers.values()]

    @override
    async def generate(
        self, request: CheckedRequest, *, streaming: bool
    ) -> AsyncGenerator[GenerationEvent, None]:
        reviewer = self._reviewer(request.message.model)
        require_capabilities(request.message, reviewer.name, _CAPABILITIES)
        assignment = read_assignment(request)
        # Each point is a piece of its own.
        for piece in await self._engine.run(lambda checkpoint: _review(reviewer, assignment, checkpoint)):
            yield content_pb2.Part(text=piece)
        yield _completion()

    def _reviewer(self, name: str) -> Reviewer:
        if not name:
            raise InvalidRequest({"model": "is empty, and this server has more than one"})
        if name not in self._reviewers:
            raise ModelNotFound("no such reviewer", metadata={"model": name})
        return self._reviewers[name]


def _review(reviewer: Reviewer, assignment: Assignment, checkpoint: Checkpoint) -> list[str]:
    submission = assignment.submission()
    findings = reviewer.review(submission, checkpoint)
    return write_answer(submission, findings, assignment.schema, assignment.feedback_language)


def _model(reviewer: Reviewer) -> model_pb2.Model:
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
    # No tokens are read or written, and that is known, not guessed.
    usage = generation_pb2.Usage(cost_usd_nanos=0, basis=generation_pb2.USAGE_BASIS_MEASURED)
    return model_service_pb2.Completion(
        finish_reason=generation_pb2.FINISH_REASON_STOP,
        usage=usage,
        model_version=_RULES_VERSION,
    )

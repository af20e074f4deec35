"""The ModelService of the reviewers."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

import grpc

from chorus.model.v1 import content_pb2, generation_pb2, model_pb2, model_service_pb2, model_service_pb2_grpc
from modelkit.list_models import list_models_response
from rpckit.errors import InvalidRequest, ModelNotFound
from services.proofreader.answer import write_answer
from services.proofreader.engine import Checkpoint, Engine
from services.proofreader.request import Assignment, read_assignment
from services.proofreader.reviewers import Reviewer

if TYPE_CHECKING:
    # Generic in the stubs, not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]

SERVICE = model_service_pb2.DESCRIPTOR.services_by_name["ModelService"].full_name
_FAMILY = "chorus"
# Counts up when the rules change.
_RULES_VERSION = "1"


class ProofreaderServicer(model_service_pb2_grpc.ModelServiceServicer):
    """Each reviewer is a model."""

    def __init__(self, reviewers: Sequence[Reviewer], engine: Engine) -> None:
        self._reviewers = {each.name: each for each in reviewers}
        self._engine = engine

    async def ListModels(
        self, request: model_service_pb2.ListModelsRequest, context: "Context"
    ) -> model_service_pb2.ListModelsResponse:
        """Lists the reviewers; they are always ready."""
        del context
        return list_models_response([_model(each) for each in self._reviewers.values()], request)

    async def Generate(
        self, request: model_service_pb2.GenerateRequest, context: "Context"
    ) -> model_service_pb2.GenerateResponse:
        """Reviews one text."""
        del context
        pieces = await self._review(request)
        return model_service_pb2.GenerateResponse(
            parts=[content_pb2.Part(text="".join(pieces))], completion=_completion()
        )

    async def StreamGenerate(
        self, request: model_service_pb2.StreamGenerateRequest, context: "Context"
    ) -> AsyncIterator[model_service_pb2.StreamGenerateResponse]:
        """Reviews one text and sends each point as a piece of its own."""
        del context
        for piece in await self._review(request.request):
            yield model_service_pb2.StreamGenerateResponse(delta=content_pb2.Part(text=piece))
        yield model_service_pb2.StreamGenerateResponse(completed=_completion())

    async def _review(self, request: model_service_pb2.GenerateRequest) -> list[str]:
        reviewer = self._reviewer(request.model)
        assignment = read_assignment(request)
        return await self._engine.run(lambda checkpoint: _review(reviewer, assignment, checkpoint))

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
        capabilities=[model_pb2.CAPABILITY_JSON_SCHEMA],
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

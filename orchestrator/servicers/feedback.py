"""Serves FeedbackService: messages in, messages out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc
from chorus.model.v1 import model_pb2
from modelkit.list_models import page_of
from orchestrator.panel.directory import ModelDirectory
from orchestrator.panel.review_cost import most_per_review
from orchestrator.panel.selection import asked_by_default
from orchestrator.panel.track_record import TrackRecords
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.servicers.batch import FeedbackBatch
from orchestrator.servicers.stored_feedbacks import StoredFeedbacks
from rpckit.admission import Admission
from rpckit.call import Deadline, served_call

SERVICE = "chorus.feedback.v1.FeedbackService"


class FeedbackServicer(feedback_service_pb2_grpc.FeedbackServiceServicer):
    """Answers the calls of FeedbackService: reviews, what is stored of them, and the list of models."""

    def __init__(
        self,
        runs: IdempotentRuns,
        directory: ModelDirectory,
        records: TrackRecords,
        feedbacks: StoredFeedbacks,
        default_panel: Sequence[str],
        batch_window: int,
        batch_idle_seconds: float,
        admission: Admission,
        draining: asyncio.Event,
    ) -> None:
        self._runs = runs
        self._directory = directory
        self._records = records
        self._feedbacks = feedbacks
        self._default_panel = default_panel
        self._batch_window = batch_window
        self._batch_idle_seconds = batch_idle_seconds
        self._admission = admission
        self._draining = draining

    async def GetFeedback(
        self,
        request: feedback_service_pb2.GetFeedbackRequest,
        context: Any,
    ) -> feedback_service_pb2.GetFeedbackResponse:
        """Waits for the panel, then returns everything."""
        call = served_call()
        return await self._runs.response(request, call.deadline, call.caller)

    async def StreamFeedback(
        self,
        request: feedback_service_pb2.StreamFeedbackRequest,
        context: Any,
    ) -> AsyncGenerator[feedback_service_pb2.StreamFeedbackResponse]:
        """Returns the same as it happens."""
        call = served_call()
        async with aclosing(self._runs.events(request.request, call.deadline, call.caller)) as events:
            async for event in events:
                yield event

    async def BatchFeedback(
        self,
        request_iterator: AsyncIterator[feedback_service_pb2.BatchFeedbackRequest],
        context: Any,
    ) -> AsyncGenerator[feedback_service_pb2.BatchFeedbackResponse]:
        """Answers many requests, in order of completion."""
        batch = FeedbackBatch(
            self._item_response,
            self._batch_window,
            served_call().deadline,
            self._draining,
            self._batch_idle_seconds,
        )
        async with aclosing(batch.answers(request_iterator)) as answers:
            async for answer in answers:
                yield answer

    async def _item_response(
        self, request: feedback_service_pb2.GetFeedbackRequest, deadline: Deadline
    ) -> feedback_service_pb2.GetFeedbackResponse:
        """Answers one item of a batch, which holds a place as a call does; an idle batch holds none."""
        call = served_call()
        async with self._admission.admit(deadline, call.holder, is_patient=True):
            return await self._runs.response(request, deadline, call.caller)

    async def GetStoredFeedback(
        self,
        request: feedback_service_pb2.GetStoredFeedbackRequest,
        context: Any,
    ) -> feedback_service_pb2.GetStoredFeedbackResponse:
        """Returns what is stored of a feedback."""
        return await self._feedbacks.get(served_call().caller, request.feedback_id)

    async def RecordScores(
        self,
        request: feedback_service_pb2.RecordScoresRequest,
        context: Any,
    ) -> feedback_service_pb2.RecordScoresResponse:
        """Keeps a person's scores."""
        await self._feedbacks.record_scores(served_call().caller, request)
        return feedback_service_pb2.RecordScoresResponse()

    async def RecordDecisions(
        self,
        request: feedback_service_pb2.RecordDecisionsRequest,
        context: Any,
    ) -> feedback_service_pb2.RecordDecisionsResponse:
        """Keeps what a person decided."""
        await self._feedbacks.record_decisions(served_call().caller, request)
        return feedback_service_pb2.RecordDecisionsResponse()

    async def DeleteFeedback(
        self,
        request: feedback_service_pb2.DeleteFeedbackRequest,
        context: Any,
    ) -> feedback_service_pb2.DeleteFeedbackResponse:
        """Deletes what is stored of a feedback."""
        await self._feedbacks.delete(served_call().caller, request.feedback_id)
        return feedback_service_pb2.DeleteFeedbackResponse()

    async def ListModels(
        self,
        request: feedback_service_pb2.ListModelsRequest,
        context: Any,
    ) -> feedback_service_pb2.ListModelsResponse:
        """Lists the models that are asked for, each with its track record here."""
        listing = await self._directory.listing()
        page = page_of([each.model for each in listing.models], request)
        models = []
        for listed in page.models:
            model = model_pb2.Model()
            model.CopyFrom(listed)
            record = self._records.of(listed.name)
            if record is not None:
                model.track_record.CopyFrom(record)
            models.append(model)
        return feedback_service_pb2.ListModelsResponse(
            models=models,
            unreachable=listing.unreachable,
            next_page_token=page.next_page_token,
            default_panel=[each.name for each in asked_by_default(listing, self._default_panel)],
            max_review_cost_usd_nanos=most_per_review(models),
        )

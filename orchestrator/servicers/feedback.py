"""Serves FeedbackService: messages in, messages out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Any

from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc
from chorus.model.v1 import model_pb2
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.panel.directory import ModelDirectory
from orchestrator.panel.track_record import TrackRecords
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.servicers.batch import FeedbackBatch
from orchestrator.servicers.score_check import checked_rubric
from orchestrator.store.store import Store
from rpckit.call import served_call

SERVICE = "chorus.feedback.v1.FeedbackService"


class FeedbackServicer(feedback_service_pb2_grpc.FeedbackServiceServicer):
    """See `feedback_service.proto`."""

    def __init__(
        self,
        runs: IdempotentRuns,
        directory: ModelDirectory,
        records: TrackRecords,
        store: Store,
        calibrator: RaterCalibrator,
        batch_window: int,
        draining: asyncio.Event,
    ) -> None:
        self._runs = runs
        self._directory = directory
        self._records = records
        self._store = store
        self._calibrator = calibrator
        self._batch_window = batch_window
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
        call = served_call()
        respond = partial(self._runs.response, caller=call.caller)
        batch = FeedbackBatch(respond, self._batch_window, call.deadline, self._draining)
        async with aclosing(batch.answers(request_iterator)) as answers:
            async for answer in answers:
                yield answer

    async def RecordScores(
        self,
        request: feedback_service_pb2.RecordScoresRequest,
        context: Any,
    ) -> feedback_service_pb2.RecordScoresResponse:
        """Keeps a person's scores."""
        rubric = checked_rubric(request, await self._store.rubric(request.feedback_id))
        await self._store.keep_scores(request.feedback_id, request.rater, request.scores)
        self._calibrator.learn_from_person(request.feedback_id, request.rater, request.scores, rubric)
        return feedback_service_pb2.RecordScoresResponse()

    async def DeleteFeedback(
        self,
        request: feedback_service_pb2.DeleteFeedbackRequest,
        context: Any,
    ) -> feedback_service_pb2.DeleteFeedbackResponse:
        """Deletes what is stored of a feedback."""
        await self._store.delete_feedback(request.feedback_id)
        await self._calibrator.forget(request.feedback_id)
        return feedback_service_pb2.DeleteFeedbackResponse()

    async def ListModels(
        self,
        request: feedback_service_pb2.ListModelsRequest,
        context: Any,
    ) -> feedback_service_pb2.ListModelsResponse:
        """Lists every model, with its track record here."""
        listing = await self._directory.listing()
        models = []
        for listed in listing.models:
            model = model_pb2.Model()
            model.CopyFrom(listed.model)
            record = self._records.of(listed.name)
            if record is not None:
                model.track_record.CopyFrom(record)
            models.append(model)
        return feedback_service_pb2.ListModelsResponse(models=models, unreachable=listing.unreachable)

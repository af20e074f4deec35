"""Takes one request through every step: check, choose, read, ask, confirm, merge, word the summary."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Protocol

from typing_extensions import override

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from chorus.model.v1 import generation_pb2
from modelkit.usage import total_usage
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.injection.confirm import confirm
from orchestrator.injection.detection import Suspicion, suspicions
from orchestrator.injection.readers import unshared_suspicions
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.merge import merge
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.audience import Audience
from orchestrator.panel.directory import GenerationClient, ModelLister
from orchestrator.panel.fan_out import FanOut, Outcome
from orchestrator.panel.model_reviewer import FeedbackSource
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.selection import SelectedPanel, select
from orchestrator.panel.spending import Bill, Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.review.earlier_run import EarlierRun
from orchestrator.review.panel_outcomes import (
    families_answered,
    in_request_order,
    opinions_of,
    panel_message,
    quorum_not_reached,
)
from orchestrator.review.request_check import check_request
from orchestrator.review.submission_reviewer import (
    Event,
    ProvisionalMerge,
    ReviewEvent,
    SubmissionReviewer,
)
from orchestrator.review.summary import write_summary
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading, read_submission
from orchestrator.submission.reading_threads import Checkpoint, ReadingThreads
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.errors import InvalidRequest, Timeout
from rpckit.retry_budget import RetryBudgets


class _MergeOf(Protocol):
    """Merges some of the outcomes of one review."""

    async def __call__(self, outcomes: Sequence[Outcome]) -> tuple[merged_pb2.MergedFeedback, Calibration]:
        """Returns the merge and the calibration that it rests on."""


class ReviewPipeline(SubmissionReviewer):
    """Reviews submissions with the models that there are.

    Args:
        default_panel: The models asked where a request names none; empty: every ready one.
        retries: What may be asked a second time, of each model; the `source` has the same.
        readings: The threads in which submissions are read.
    """

    def __init__(
        self,
        lister: ModelLister,
        client: GenerationClient,
        source: FeedbackSource,
        default_panel: Sequence[str],
        metrics: ModelMetrics,
        records: TrackRecords,
        calibrator: RaterCalibrator,
        retries: RetryBudgets | None = None,
        readings: ReadingThreads | None = None,
    ) -> None:
        self._readings = readings or ReadingThreads()
        self._retries = retries or RetryBudgets()
        self._lister = lister
        self._client = client
        self._source = source
        self._default_panel = default_panel
        self._metrics = metrics
        self._records = records
        self._calibrator = calibrator

    @override
    async def review(
        self,
        request: feedback_service_pb2.GetFeedbackRequest,
        budget: TimeBudget,
        earlier: EarlierRun,
        audience: Audience,
    ) -> AsyncGenerator[ReviewEvent]:
        check_request(request)
        listing = await self._lister.listing()
        panel = select(request, listing, self._default_panel, earlier.panel)
        kept = earlier.outcomes(listing)
        reading, suspected = await self._read(request.submission, budget.call_by)
        question = ReviewQuestion(
            reading=reading,
            submission=request.submission,
            rubric=request.rubric if request.HasField("rubric") else default_rubric(reading.language_code),
            feedback_language=request.feedback_language_code or reading.language_code,
            sampling=request.sampling,
            include_raw=request.include_raw,
            model_sampling=request.model_sampling,
        )
        pinned = await self._pinned(request, question.rubric)
        passages = [each.passage for each in suspected]
        merge_of = partial(self._merge, audience.caller, question, passages, panel, pinned)
        names = [each.name for each in panel.asked]
        yield Event(accepted=Event.Accepted(models=names, rubric=question.rubric))

        policy = request.policy
        limit = policy.max_cost_usd_nanos if policy.HasField("max_cost_usd_nanos") else None
        spending = Spending(limit, committed=earlier.usage.cost_usd_nanos)
        usages = [earlier.usage]
        fan_out = FanOut(
            self._source, self._records, panel, policy, question, spending, budget, kept, audience
        )
        outcomes: list[Outcome] = []
        async with aclosing(fan_out.run()) as events:
            async for event in events:
                if not isinstance(event, Outcome):
                    yield Event(delta=event)
                    continue
                outcomes.append(event)
                if event.listed.name not in earlier.results:
                    usages.append(self._count(event, earlier))
                yield Event(result=event.result)
                if event.answered and fan_out.is_open and len(families_answered(outcomes)) > 1:
                    yield ProvisionalMerge(partial(_merge_alone, merge_of, tuple(outcomes)))

        response = await self._response(
            audience.caller, question, suspected, panel, outcomes, earlier, usages, merge_of, spending, budget
        )
        yield Event(response=response)

    def _count(self, outcome: Outcome, earlier: EarlierRun) -> generation_pb2.Usage:
        """Returns what a model used in this run, and adds to its result what it used in the earlier one."""
        result = outcome.result
        usage = total_usage([result.usage])
        result.usage.CopyFrom(total_usage([*earlier.attempts_of(result.model), usage]))
        if outcome.listed.server:
            self._metrics.answer(result)
        return usage

    async def _response(
        self,
        caller: str,
        question: ReviewQuestion,
        suspected: Sequence[Suspicion],
        panel: SelectedPanel,
        outcomes: Sequence[Outcome],
        earlier: EarlierRun,
        usages: Sequence[generation_pb2.Usage],
        merge_of: "_MergeOf",
        spending: Spending,
        budget: TimeBudget,
    ) -> feedback_service_pb2.GetFeedbackResponse:
        """Makes the response of the outcomes, for which some models may be asked once more.

        Raises:
            QuorumNotReached: They are not enough.
        """
        results = in_request_order(panel, outcomes)
        if (confirmed := earlier.confirmed(results, total_usage(usages))) is not None:
            return confirmed
        answered = [each.listed for each in outcomes if each.answered]
        if earlier.response is None and not panel.is_enough(answered):
            raise quorum_not_reached(panel, outcomes, total_usage(usages))
        merged, calibration = await merge_of(outcomes)
        doubtful = list(merged.suspected_injections)
        verdict = await confirm(
            self._source, question, outcomes, doubtful, spending, budget.answer_by, self._readings
        )
        usages = [*usages, *verdict.usages]
        if verdict.confirmed:
            merged, calibration = await merge_of(verdict.outcomes)
            merged.confirmed_injections.extend(doubtful)
        elif verdict.moved_nothing:
            taken_back = unshared_suspicions(suspected, outcomes)
            del merged.suspected_injections[:]
            merged.suspected_injections.extend(each for each in doubtful if each not in taken_back)
        if panel.summary_model is not None:
            bill = Bill(panel.summary_model.model, spending)
            summary = await write_summary(
                self._client,
                panel.summary_model,
                merged,
                question.feedback_language,
                bill,
                budget.merge_by,
                self._retries.of(panel.summary_model.name if panel.summary_model.server else ""),
            )
            if summary is not None:
                merged.summary.CopyFrom(summary)
            usages += bill.usages
        await self._calibrator.keep(calibration)
        feedback_id = earlier.response.feedback_id if earlier.response is not None else uuid.uuid4().hex
        language_code = question.reading.language_code
        self._calibrator.learn(
            caller,
            feedback_id,
            question.reading.visible_text,
            opinions_of(verdict.outcomes),
            question.rubric,
            language_code,
        )
        return feedback_service_pb2.GetFeedbackResponse(
            merged=merged,
            results=results,
            usage=total_usage(usages),
            rubric=question.rubric,
            language_code=language_code,
            feedback_id=feedback_id,
        )

    async def _read(
        self, submission: submission_pb2.Submission, deadline: Deadline
    ) -> tuple[SubmissionReading, Sequence[Suspicion]]:
        """Reads a submission, and finds the passages in it that the rules suspect."""

        def read(check: Checkpoint) -> tuple[SubmissionReading, Sequence[Suspicion]]:
            reading = read_submission(submission, check)
            return reading, suspicions(reading, check)

        try:
            async with asyncio.timeout(deadline.remaining()):
                return await self._readings.run(read, len(submission.text))
        except TimeoutError:
            raise Timeout("the deadline leaves no time to ask a model") from None

    async def _pinned(
        self, request: feedback_service_pb2.GetFeedbackRequest, rubric: submission_pb2.Rubric
    ) -> Calibration | None:
        """Returns the calibration that the request asks for; None: it takes what is known now."""
        if not request.calibration_version:
            return None
        pinned = await self._calibrator.pinned(request.calibration_version, rubric)
        if pinned is None:
            raise InvalidRequest({"calibration_version": "it is not kept here, or no longer"})
        return pinned

    async def _merge(
        self,
        caller: str,
        question: ReviewQuestion,
        suspected: Sequence[feedback_pb2.Anchor],
        panel: SelectedPanel,
        pinned: Calibration | None,
        outcomes: Sequence[Outcome],
    ) -> tuple[merged_pb2.MergedFeedback, Calibration]:
        """Merges the answers there are; returns the merge and the calibration that it rests on."""
        opinions = opinions_of(outcomes)
        calibration = pinned or await self._calibrator.calibration(
            caller, opinions, question.rubric, question.reading.language_code
        )
        merged = await asyncio.to_thread(
            merge,
            question.reading,
            question.rubric,
            opinions,
            feedback_language=question.feedback_language,
            suspected_injections=suspected,
            calibration=calibration,
        )
        merged.panel.CopyFrom(panel_message(panel, outcomes))
        return merged, calibration


async def _merge_alone(
    merge_of: "_MergeOf",
    outcomes: Sequence[Outcome],
) -> merged_pb2.MergedFeedback:
    merged, _ = await merge_of(outcomes)
    return merged

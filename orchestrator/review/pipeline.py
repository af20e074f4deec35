"""Takes one request through every step: check, choose, read, ask, confirm, merge, word the summary."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial

from typing_extensions import override

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, merged_pb2, submission_pb2
from chorus.model.v1 import failure_pb2
from modelkit.usage import total_usage
from orchestrator.calibration.calibrator import RaterCalibrator
from orchestrator.injection.confirm import confirm
from orchestrator.injection.detection import suspected_injections
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.merge import merge
from orchestrator.merge.opinion import Opinion
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import GenerationClient, ModelLister
from orchestrator.panel.fan_out import FanOut, Outcome
from orchestrator.panel.model_reviewer import Audience, FeedbackSource, ReviewQuestion
from orchestrator.panel.selection import SelectedPanel, select
from orchestrator.panel.spending import Bill, Spending
from orchestrator.review.request_check import check_request
from orchestrator.review.submission_reviewer import (
    Event,
    ProvisionalMerge,
    Results,
    ReviewEvent,
    SubmissionReviewer,
)
from orchestrator.review.summary import write_summary
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading, read_submission
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.errors import InvalidRequest, QuorumNotReached, Timeout


class ReviewPipeline(SubmissionReviewer):
    """Reviews submissions with the models that there are.

    Args:
        default_panel: The models asked where a request names none; empty: every ready one.
    """

    def __init__(
        self,
        lister: ModelLister,
        client: GenerationClient,
        source: FeedbackSource,
        default_panel: Sequence[str],
        metrics: ModelMetrics,
        calibrator: RaterCalibrator,
    ) -> None:
        self._lister = lister
        self._client = client
        self._source = source
        self._default_panel = default_panel
        self._metrics = metrics
        self._calibrator = calibrator

    @override
    async def review(
        self,
        request: feedback_service_pb2.GetFeedbackRequest,
        budget: TimeBudget,
        kept: Results,
        audience: Audience,
    ) -> AsyncGenerator[ReviewEvent]:
        check_request(request)
        panel = select(request, await self._lister.listing(), self._default_panel)
        reading, suspected = await _read(request.submission, budget.call_by)
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
        merge_of = partial(self._merge, question, suspected, panel, pinned)
        names = [each.name for each in panel.asked]
        yield Event(accepted=Event.Accepted(models=names, rubric=question.rubric))

        policy = request.policy
        spending = Spending(policy.max_cost_usd_nanos if policy.HasField("max_cost_usd_nanos") else None)
        fan_out = FanOut(self._source, panel, policy, question, spending, budget, kept, audience)
        outcomes: list[Outcome] = []
        async with aclosing(fan_out.run()) as events:
            async for event in events:
                if not isinstance(event, Outcome):
                    yield Event(delta=event)
                    continue
                outcomes.append(event)
                if event.listed.server and event.listed.name not in kept:
                    self._metrics.answer(event.result)
                yield Event(result=event.result)
                if event.answered and fan_out.is_open and len(_families(outcomes)) > 1:
                    yield ProvisionalMerge(partial(_merge_alone, merge_of, tuple(outcomes)))

        if not panel.is_enough([each.listed.model.family for each in outcomes if each.answered]):
            raise _quorum_not_reached(panel, outcomes)
        merged, calibration = await merge_of(outcomes)
        usages = [each.result.usage for each in outcomes]
        doubtful = list(merged.suspected_injections)
        verdict = await confirm(self._source, question, outcomes, doubtful, spending, budget.answer_by)
        usages += verdict.usages
        if verdict.confirmed:
            merged, calibration = await merge_of(verdict.outcomes)
            merged.confirmed_injections.extend(doubtful)
        if panel.summary_model is not None:
            bill = Bill(panel.summary_model.model, spending)
            summary = await write_summary(
                self._client,
                panel.summary_model,
                merged,
                question.feedback_language,
                bill,
                budget.merge_by,
            )
            if summary is not None:
                merged.summary.CopyFrom(summary)
            usages += bill.usages
        await self._calibrator.keep(calibration)
        feedback_id = uuid.uuid4().hex
        self._calibrator.learn(
            feedback_id, _opinions(verdict.outcomes), question.rubric, reading.language_code
        )
        yield Event(
            response=feedback_service_pb2.GetFeedbackResponse(
                merged=merged,
                results=[each.result for each in _in_request_order(panel, outcomes)],
                usage=total_usage(usages),
                rubric=question.rubric,
                language_code=reading.language_code,
                feedback_id=feedback_id,
            ),
        )

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
        question: ReviewQuestion,
        suspected: Sequence[feedback_pb2.Anchor],
        panel: SelectedPanel,
        pinned: Calibration | None,
        outcomes: Sequence[Outcome],
    ) -> tuple[merged_pb2.MergedFeedback, Calibration]:
        """Merges the answers there are; returns the merge and the calibration that it rests on."""
        opinions = _opinions(outcomes)
        calibration = pinned or self._calibrator.calibration(
            opinions, question.rubric, question.reading.language_code
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
        merged.panel.CopyFrom(_panel(panel, outcomes))
        return merged, calibration


async def _merge_alone(
    merge_of: Callable[[Sequence[Outcome]], Awaitable[tuple[merged_pb2.MergedFeedback, Calibration]]],
    outcomes: Sequence[Outcome],
) -> merged_pb2.MergedFeedback:
    merged, _ = await merge_of(outcomes)
    return merged


async def _read(
    submission: submission_pb2.Submission, deadline: Deadline
) -> tuple[SubmissionReading, Sequence[feedback_pb2.Anchor]]:
    """Reads a submission in a thread, and finds the passages in it that the rules suspect."""

    def read() -> tuple[SubmissionReading, Sequence[feedback_pb2.Anchor]]:
        reading = read_submission(submission)
        return reading, suspected_injections(reading)

    try:
        async with asyncio.timeout(deadline.remaining()):
            return await asyncio.to_thread(read)
    except TimeoutError:
        raise Timeout("the deadline leaves no time to ask a model") from None


def _opinions(outcomes: Sequence[Outcome]) -> list[Opinion]:
    return [
        Opinion(
            model=each.listed.name,
            family=each.listed.model.family,
            model_version=each.result.model_version,
            feedback=each.result.feedback,
        )
        for each in outcomes
        if each.answered
    ]


def _panel(panel: SelectedPanel, outcomes: Sequence[Outcome]) -> merged_pb2.Panel:
    asked = {each.name for each in (*panel.asked, *(outcome.listed for outcome in outcomes))}
    answered = {each.listed.name for each in outcomes if each.answered}
    families = _families(outcomes)
    if len(families) == 1:
        state = merged_pb2.Panel.STATE_SINGLE
    elif answered == asked:
        state = merged_pb2.Panel.STATE_COMPLETE
    else:
        state = merged_pb2.Panel.STATE_PARTIAL
    return merged_pb2.Panel(
        state=state,
        asked=len(asked),
        answered=len(answered),
        families_answered=len(families),
        missing=sorted(asked - answered),
    )


def _families(outcomes: Sequence[Outcome]) -> set[str]:
    return {each.listed.model.family for each in outcomes if each.answered}


def _in_request_order(panel: SelectedPanel, outcomes: Sequence[Outcome]) -> list[Outcome]:
    places = {each.name: place for place, each in enumerate(panel.asked)}
    return sorted(outcomes, key=lambda each: places.get(each.listed.name, len(places)))


def _quorum_not_reached(panel: SelectedPanel, outcomes: Sequence[Outcome]) -> QuorumNotReached:
    failures: list[failure_pb2.Failure] = []
    for each in outcomes:
        if not each.answered:
            failure = failure_pb2.Failure()
            failure.CopyFrom(each.result.failure)
            failure.metadata["model"] = each.listed.name
            failures.append(failure)
    answered = len(outcomes) - len(failures)
    return QuorumNotReached(
        f"{answered} models of {len(_families(outcomes))} families answered;"
        f" the policy asks for {panel.min_models} of {panel.min_families}",
        details=failures,
    )

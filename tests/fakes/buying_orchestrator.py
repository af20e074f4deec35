"""An orchestrator that keeps what it has answered under a request_id, and counts what was bought."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from chorus.feedback.v1 import feedback_pb2, merged_pb2, submission_pb2
from chorus.feedback.v1.feedback_service_pb2 import (
    DeleteFeedbackRequest,
    DeleteFeedbackResponse,
    GetFeedbackRequest,
    GetFeedbackResponse,
    ListModelsRequest,
    ListModelsResponse,
)
from chorus.model.v1 import generation_pb2
from rpckit.errors import ChorusError, FeedbackNotFound, InvalidRequest, Unavailable
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator

COST = 70


@dataclass
class BuyingOrchestrator(ScriptedOrchestrator):
    """Answers each text once, as the real one does.

    Attributes:
        may_answer: Lets the answers under way be bought.
        may_answer_to: Lets the answers to some texts be bought, each by an event of its own.
        bought: How often each text was.
        asked: The first request of each request_id.
        answers: The answer to each request_id.
        fails: What reviews of a text fail with, one each.
        loses: Texts whose next answer is bought and kept, and does not reach the caller.
        deleted: The feedback_ids that were deleted.
        under_way: How many reviews run.
        most_at_once: How many ever ran at once.
        left: How many reviews their caller has left.
        price: What ListModels says of each model.
    """

    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer_to: dict[str, asyncio.Event] = field(default_factory=dict)
    bought: Counter[str] = field(default_factory=Counter)
    asked: dict[str, GetFeedbackRequest] = field(default_factory=dict)
    answers: dict[str, GetFeedbackResponse] = field(default_factory=dict)
    fails: dict[str, list[ChorusError]] = field(default_factory=dict)
    loses: set[str] = field(default_factory=set)
    deleted: list[str] = field(default_factory=list)
    under_way: int = 0
    most_at_once: int = 0
    left: int = 0
    price: int = 100

    @override
    async def GetFeedback(self, request: GetFeedbackRequest, context: Any) -> GetFeedbackResponse:
        self._take(request)
        text = request.submission.text
        if self.asked.setdefault(request.request_id, request) != request:
            raise InvalidRequest({"request_id": "it was given to another request"})
        if failures := self.fails.get(text):
            raise failures.pop(0)
        if request.request_id in self.answers:
            kept = GetFeedbackResponse(replayed=True)
            kept.MergeFrom(self.answers[request.request_id])
            return kept
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await self.may_answer_to.get(text, self.may_answer).wait()
        except asyncio.CancelledError:
            self.left += 1
            raise
        finally:
            self.under_way -= 1
        self.bought[text] += 1
        self.answers[request.request_id] = answer = answer_to(request)
        if text in self.loses:
            self.loses.discard(text)
            raise Unavailable("it broke off", retry_delay=0.001)
        return answer

    @override
    async def DeleteFeedback(self, request: DeleteFeedbackRequest, context: Any) -> DeleteFeedbackResponse:
        self._take(request)
        if request.feedback_id in self.deleted:
            raise FeedbackNotFound("no such feedback")
        self.deleted.append(request.feedback_id)
        return DeleteFeedbackResponse()

    @override
    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        self._take(request)
        return ListModelsResponse(max_review_cost_usd_nanos={"a/1": self.price, "b/1": self.price})


def answer_to(request: GetFeedbackRequest) -> GetFeedbackResponse:
    """An answer whose criterion is the more contested the longer the text is."""
    text = request.submission.text
    levels = [submission_pb2.Level(score=score) for score in (1, 5)]
    rubric = submission_pb2.Rubric(
        criteria=[submission_pb2.Criterion(id="content", title="Content", levels=levels)]
    )
    words = text.split()
    quote = words[0]
    point = feedback_pb2.Point(
        polarity=feedback_pb2.POLARITY_IMPROVEMENT,
        severity=feedback_pb2.SEVERITY_MODERATE,
        anchor=feedback_pb2.Anchor(start=0, end=len(quote), quote=quote),
        observation=f"{len(words)} words are few.",
    )
    member = merged_pb2.MergedPoint.Member(model="a/1", point=point)
    is_contested = len(words) > 3
    agreement = merged_pb2.AGREEMENT_CONTESTED if is_contested else merged_pb2.AGREEMENT_SUPPORTED
    score = merged_pb2.MergedScore(
        criterion_id="content", score=3, low=2, high=4 + is_contested, agreement=agreement
    )
    return GetFeedbackResponse(
        merged=merged_pb2.MergedFeedback(
            points=[merged_pb2.MergedPoint(id="p1", members=[member], agreement=agreement)],
            scores=[score],
            panel=merged_pb2.Panel(asked=2, answered=2),
        ),
        usage=generation_pb2.Usage(cost_usd_nanos=COST, basis=generation_pb2.USAGE_BASIS_MEASURED),
        rubric=rubric,
        language_code="en",
        feedback_id=f"feedback-{request.request_id[-24:]}",
    )

"""An orchestrator for tests of the page: its review goes on step by step, and it keeps what is decided."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from chorus.classroom.v1.classroom_service_pb2 import SimulateStudentRequest, SimulateStudentResponse
from chorus.feedback.v1.decision_pb2 import Decisions
from chorus.feedback.v1.feedback_service_pb2 import (
    DeleteFeedbackRequest,
    DeleteFeedbackResponse,
    GetFeedbackRequest,
    GetFeedbackResponse,
    GetStoredFeedbackRequest,
    GetStoredFeedbackResponse,
    ListModelsRequest,
    ListModelsResponse,
    RecordDecisionsRequest,
    RecordDecisionsResponse,
    StreamFeedbackRequest,
    StreamFeedbackResponse,
)
from chorus.feedback.v1.merged_pb2 import AGREEMENT_CONSENSUS
from rpckit.errors import ContentBlocked, FeedbackNotFound
from tests.fakes import page_feedback as pages
from tests.fakes.page_feedback import DYING, OTHER, PANEL, QUICK, SLOW
from tests.fakes.page_words import ENGLISH, KOREAN, Words
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator


@dataclass
class PageOrchestrator(ScriptedOrchestrator):
    """Reviews the essays of `page_words`, whatever text it is sent.

    Attributes:
        slow_may_answer: Lets the slow model end.
        aside: Words that the first point says too.
        stored: The answers by their ids.
        decisions: The latest decisions by feedback.
        refuses: Words; a work of a class that holds them is refused, once for each.
    """

    slow_may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    aside: str = ""
    stored: dict[str, GetFeedbackResponse] = field(default_factory=dict)
    decisions: dict[str, Decisions] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)

    def begin_anew(self) -> None:
        """Forgets what came, and lets the slow model answer."""
        self.slow_may_answer.set()
        self.cancelled.clear()
        self.aside = ""
        for kept in (self.stored, self.decisions, self.refuses, self.requests, self.failures):
            kept.clear()

    @override
    async def GetFeedback(self, request: GetFeedbackRequest, context: Any) -> GetFeedbackResponse:
        """Reviews a work of a class; on one that says "calm" all agree."""
        self._take(request)
        text = request.submission.text
        if request.request_id in self.stored:
            return self.stored[request.request_id]
        for each in self.refuses:
            if each in text:
                self.refuses.remove(each)
                raise ContentBlocked("the provider refused it")
        await self.slow_may_answer.wait()
        words, language = _essay(text)
        response = pages.response(words, language)
        response.feedback_id = request.request_id
        if "calm" not in text:
            response.merged.panel.asked = response.merged.panel.answered = 3
        else:
            for point in response.merged.points:
                point.agreement = AGREEMENT_CONSENSUS
            for score in response.merged.scores:
                score.agreement = AGREEMENT_CONSENSUS
        self.stored[response.feedback_id] = response
        return response

    @override
    async def StreamFeedback(
        self, request: StreamFeedbackRequest, context: Any
    ) -> AsyncGenerator[StreamFeedbackResponse]:
        self._take(request)
        words, language = _essay(request.request.submission.text)
        said, outcomes = pages.points(words), pages.results(words)
        accepted = StreamFeedbackResponse.Accepted(models=PANEL, rubric=pages.rubric(words))
        yield StreamFeedbackResponse(accepted=accepted)
        yield pages.delta(QUICK, said["evidence"])
        yield pages.delta(OTHER, said["evidence"])
        yield pages.delta(SLOW, said["question"])
        yield StreamFeedbackResponse(result=outcomes[DYING])
        yield StreamFeedbackResponse(result=outcomes[QUICK])
        yield StreamFeedbackResponse(result=outcomes[OTHER])
        yield StreamFeedbackResponse(merged=pages.merged(words, (QUICK, OTHER)))
        try:
            await self.slow_may_answer.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        yield StreamFeedbackResponse(result=outcomes[SLOW])
        response = pages.response(words, language)
        response.merged.points[0].members[0].point.observation += self.aside
        self.stored[response.feedback_id] = response
        yield StreamFeedbackResponse(response=response)

    @override
    async def GetStoredFeedback(
        self, request: GetStoredFeedbackRequest, context: Any
    ) -> GetStoredFeedbackResponse:
        self._take(request)
        if request.feedback_id not in self.stored:
            raise FeedbackNotFound("no such feedback")
        decided = self.decisions.get(request.feedback_id)
        return GetStoredFeedbackResponse(
            response=self.stored[request.feedback_id], decisions=[decided] if decided else []
        )

    @override
    async def RecordDecisions(self, request: RecordDecisionsRequest, context: Any) -> RecordDecisionsResponse:
        self._take(request)
        self.decisions[request.feedback_id] = request.decisions
        return RecordDecisionsResponse()

    @override
    async def DeleteFeedback(self, request: DeleteFeedbackRequest, context: Any) -> DeleteFeedbackResponse:
        self._take(request)
        del self.stored[request.feedback_id]
        return DeleteFeedbackResponse()

    @override
    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        self._take(request)
        most = {QUICK: 9_100_000, OTHER: 9_100_000, SLOW: 0, DYING: 12_000_000}
        return ListModelsResponse(models=pages.models(), default_panel=PANEL, max_review_cost_usd_nanos=most)

    @override
    async def SimulateStudent(self, request: SimulateStudentRequest, context: Any) -> SimulateStudentResponse:
        self._take(request)
        return SimulateStudentResponse(text="A garden is good becos plants.", model=QUICK)


def _essay(text: str) -> tuple[Words, str]:
    is_korean = any("가" <= each <= "힣" for each in text)
    return (KOREAN, "ko") if is_korean else (ENGLISH, "en")

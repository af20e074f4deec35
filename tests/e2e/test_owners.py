"""Two callers of one orchestrator: neither sees, judges, deletes or joins what is the other's."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest_asyncio

from chorus.feedback.v1.decision_pb2 import Decisions
from chorus.feedback.v1.feedback_service_pb2 import (
    BatchFeedbackRequest,
    DeleteFeedbackRequest,
    GetFeedbackRequest,
    GetStoredFeedbackRequest,
    PanelPolicy,
    RecordDecisionsRequest,
    RecordScoresRequest,
)
from chorus.feedback.v1.submission_pb2 import Submission
from rpckit.call import ON_BEHALF_OF_KEY
from rpckit.errors import ChorusError, FeedbackNotFound, QuorumNotReached
from tests.e2e.processes import FAKE, ORCHESTRATOR, feedback_stub, running
from tests.failed_call import failure


@dataclass(frozen=True)
class Caller:
    """Someone with a token of their own."""

    name: str
    stub: Any
    person: str = ""

    def call(self, method: str, request: object) -> Any:
        """Calls a method of the FeedbackService."""
        metadata = [("authorization", f"Bearer {self.name}")]
        if self.person:
            metadata.append((ON_BEHALF_OF_KEY, self.person))
        return getattr(self.stub, method)(request, timeout=30, metadata=metadata)

    async def refusals(self, feedback_id: str) -> list[ChorusError]:
        """The errors of all that can be asked about a feedback."""
        decided = RecordDecisionsRequest(feedback_id=feedback_id, decisions=Decisions(rater="t"))
        calls = (
            self.call("GetStoredFeedback", GetStoredFeedbackRequest(feedback_id=feedback_id)),
            self.call("RecordScores", RecordScoresRequest(feedback_id=feedback_id, rater="t")),
            self.call("RecordDecisions", decided),
            self.call("DeleteFeedback", DeleteFeedbackRequest(feedback_id=feedback_id)),
        )
        return [await failure(each) for each in calls]


@pytest_asyncio.fixture
async def callers(tmp_path: Path) -> AsyncIterator[tuple[Caller, Caller]]:
    tokens = tmp_path / "tokens"
    names = ("ann", "bob")
    tokens.write_text("".join(f"{each}:{hashlib.sha256(each.encode()).hexdigest()}\n" for each in names))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        fake = await enter(running(FAKE, tmp_path))
        settings = {"CHORUS_MODEL_SERVERS": fake.address, "CHORUS_CALLER_TOKENS": str(tokens)}
        settings["CHORUS_DELEGATES"] = "ann"
        orchestrator = await enter(running(ORCHESTRATOR, tmp_path, **settings))
        stub = await enter(feedback_stub(orchestrator.address))
        yield Caller("ann", stub), Caller("bob", stub)


def asking(*models: str, **policy: Any) -> GetFeedbackRequest:
    return GetFeedbackRequest(
        submission=Submission(text="A garden would help us learn."),
        models=models,
        request_id="r1",
        policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE, **policy),
    )


async def test_a_feedback_is_its_callers_alone(callers: tuple[Caller, Caller]) -> None:
    ann, bob = callers
    request = asking("fake/good")
    own = await ann.call("GetFeedback", request)
    items = iter([BatchFeedbackRequest(item_id="i", request=request)])
    (answer,) = [each async for each in ann.call("BatchFeedback", items)]
    assert (answer.response.feedback_id, answer.response.replayed) == (own.feedback_id, True)
    others = await bob.call("GetFeedback", request)
    assert not others.replayed
    assert others.feedback_id != own.feedback_id

    not_his = await bob.refusals(own.feedback_id)
    nobodys = await bob.refusals("0" * 32)
    assert [str(each) for each in not_his] == [str(each) for each in nobodys]
    assert {type(each) for each in (*not_his, *nobodys)} == {FeedbackNotFound}
    lookup = GetStoredFeedbackRequest(feedback_id=own.feedback_id)
    stored = await ann.call("GetStoredFeedback", lookup)
    assert (stored.response, stored.caller) == (own, "ann")
    await ann.call("DeleteFeedback", DeleteFeedbackRequest(feedback_id=own.feedback_id))


async def test_answers_of_a_call_that_failed_are_deleted_by_who_paid_for_them(
    callers: tuple[Caller, Caller],
) -> None:
    ann, bob = callers
    failed = await failure(ann.call("GetFeedback", asking("fake/good", "fake/dead", min_models=2)))
    assert isinstance(failed, QuorumNotReached)
    feedback_id = failed.metadata["feedback_id"]
    assert {type(each) for each in await bob.refusals(feedback_id)} == {FeedbackNotFound}
    deletion = DeleteFeedbackRequest(feedback_id=feedback_id)
    await ann.call("DeleteFeedback", deletion)
    assert isinstance(await failure(ann.call("DeleteFeedback", deletion)), FeedbackNotFound)


async def test_what_is_kept_for_a_person_is_that_persons_alone(callers: tuple[Caller, Caller]) -> None:
    ann, _ = callers
    kim, lee = replace(ann, person="kim"), replace(ann, person="lee")
    kims = await kim.call("GetFeedback", asking("fake/good"))
    for other in (lee, ann):
        assert {type(each) for each in await other.refusals(kims.feedback_id)} == {FeedbackNotFound}
        others = await other.call("GetFeedback", asking("fake/good"))
        assert not others.replayed
        assert others.feedback_id != kims.feedback_id
    assert (await kim.call("GetFeedback", asking("fake/good"))).replayed
    await kim.call("DeleteFeedback", DeleteFeedbackRequest(feedback_id=kims.feedback_id))

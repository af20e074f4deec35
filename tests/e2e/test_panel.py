import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from chorus.classroom.v1.classroom_service_pb2 import GenerateImageRequest, SimulateStudentRequest
from chorus.feedback.v1.decision_pb2 import DECISION_KEPT, Decisions
from chorus.feedback.v1.feedback_pb2 import Anchor, CriterionScore
from chorus.feedback.v1.feedback_service_pb2 import (
    BatchFeedbackRequest,
    DeleteFeedbackRequest,
    GetFeedbackRequest,
    GetFeedbackResponse,
    GetStoredFeedbackRequest,
    ListModelsRequest,
    RecordDecisionsRequest,
    RecordScoresRequest,
    StreamFeedbackRequest,
)
from chorus.feedback.v1.merged_pb2 import AGREEMENT_CONSENSUS, Panel
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.failure_pb2 import ERROR_REASON_INVALID_REQUEST, ERROR_REASON_PROVIDER_AUTH
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED
from chorus.model.v1.model_pb2 import Model
from rpckit.errors import FeedbackNotFound, InvalidRequest
from tests.e2e.processes import (
    CATALOG,
    CLOUD_PROXY,
    NOWHERE,
    ORCHESTRATOR,
    PROOFREADER,
    ROOT,
    classroom_stub,
    failure,
    feedback_stub,
    running,
)
from tests.e2e.stream_grammar import check_grammar
from tests.fakes.providers import anthropic, emulator, gemini, openai
from tests.fakes.providers.emulator import Emulator
from tests.fakes.providers.reply import Answer, error
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

TALKERS = ("openai/talker", "anthropic/talker", "google/talker", "huggingface/meta/talker")
PROOFREADERS = ("chorus/proofreader-language", "chorus/proofreader-structure")
# An answer costs 80 input tokens, 20 cached ones and 50 output tokens.
COST_USD_NANOS = 80 * 1000 + 20 * 100 + 50 * 5000
SAMPLES = ROOT / "clients/command_line/samples"


@dataclass(frozen=True)
class ReviewedEssay:
    """Holds a text, what the models quote of it, and the criterion that they judge."""

    text: str
    quote: str
    criterion_id: str

    def request(self) -> GetFeedbackRequest:
        return GetFeedbackRequest(submission=Submission(text=self.text))


# The criterion is one of the default rubric of the text's language.
KOREAN = ReviewedEssay(
    (SAMPLES / "ko.txt").read_text("utf-8"), "나는 학교 도서관을 토요일에도 열어야 한다고 생각한다.", "claim"
)
ENGLISH = ReviewedEssay(
    (SAMPLES / "en.txt").read_text("utf-8"), "First, a garden would help us learn.", "content"
)


@dataclass(frozen=True)
class ChorusWithProviders:
    """Holds the stubs of Chorus, and the providers in the order of TALKERS."""

    feedback: Any
    classroom: Any
    providers: Sequence[Emulator]

    def answers(self, work: ReviewedEssay) -> None:
        """Makes the next answer of every provider the same review of an essay."""
        answer = _answer(work)
        pieces = tuple(answer[at : at + 64] for at in range(0, len(answer), 64))
        for provider in self.providers:
            provider.script.append(Answer(pieces=pieces))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(folder: Path) -> AsyncIterator[ChorusWithProviders]:
    dialects = (
        openai.ChatCompletions(),
        anthropic.Messages(),
        gemini.GenerateContent(),
        openai.ChatCompletions(),
    )
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        providers = [await enter(emulator.running(dialect)) for dialect in dialects]
        proxy = await enter(running(CLOUD_PROXY, folder, **_provider_settings(providers)))
        proofreader = await enter(running(PROOFREADER, folder))
        servers = f"{proxy.address},{proofreader.address},{NOWHERE}"
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=servers))
        feedback = await enter(feedback_stub(orchestrator.address))
        classroom = await enter(classroom_stub(orchestrator.address))
        yield ChorusWithProviders(feedback, classroom, providers)


def _provider_settings(providers: Sequence[Emulator]) -> dict[str, str]:
    chat, messages, content, hub = (provider.address for provider in providers)
    return {
        "CLOUD_PROXY_CATALOG": str(CATALOG),
        "OPENAI_BASE_URL": f"{chat}/v1",
        "OPENAI_API_KEY": "not-a-key",
        "ANTHROPIC_BASE_URL": messages,
        "ANTHROPIC_API_KEY": "not-a-key",
        "GEMINI_BASE_URL": content,
        "GEMINI_API_KEY": "not-a-key",
        "HF_BASE_URL": f"{hub}/v1",
        "HF_TOKEN": "hf_not-a-key",
    }


@pytest.mark.parametrize(("language", "work"), [("ko", KOREAN), ("en", ENGLISH)])
async def test_everyone_answers_and_the_feedback_is_merged(
    system: ChorusWithProviders, language: str, work: ReviewedEssay
) -> None:
    system.answers(work)
    response = await system.feedback.GetFeedback(work.request(), timeout=PATIENCE)

    assert [result.model for result in response.results] == [*TALKERS, *PROOFREADERS]
    assert all(result.HasField("feedback") for result in response.results)
    assert response.merged.panel == Panel(
        state=Panel.STATE_COMPLETE, asked=6, answered=6, families_answered=5
    )
    assert response.language_code == language
    (point,) = (each for each in response.merged.points if each.agreement == AGREEMENT_CONSENSUS)
    assert {member.model for member in point.members} == {*TALKERS}
    assert point.families == 4
    assert {member.point.anchor.match for member in point.members} == {Anchor.MATCH_EXACT}
    assert {member.point.anchor.quote for member in point.members} == {work.quote}
    anchors = _anchors(response)
    assert any(model in PROOFREADERS for model, _ in anchors)
    assert all(anchor.quote == work.text[anchor.start : anchor.end] for _, anchor in anchors)
    assert response.merged.summary.sentences

    assert (response.usage.input_tokens, response.usage.output_tokens) == (400, 200)
    assert response.usage.cost_usd_nanos == 4 * COST_USD_NANOS
    assert response.usage.basis == USAGE_BASIS_MEASURED
    assert [result.usage.cost_usd_nanos for result in response.results] == [COST_USD_NANOS] * 4 + [0] * 2


async def test_the_scores_of_a_panel_are_merged(system: ChorusWithProviders) -> None:
    system.answers(ENGLISH)
    response = await system.feedback.GetFeedback(ENGLISH.request(), timeout=PATIENCE)
    (content,) = (each for each in response.merged.scores if each.criterion_id == "content")
    # The rule-based reviewers judge no criteria.
    assert [(rater.model, rater.raw) for rater in content.raters] == [(name, 4) for name in sorted(TALKERS)]
    assert content.score == 4
    assert content.low < 4 < content.high


async def test_a_stream_keeps_to_its_grammar_and_ends_with_what_the_unary_call_returns(
    system: ChorusWithProviders,
) -> None:
    system.answers(ENGLISH)
    system.answers(ENGLISH)
    stream = system.feedback.StreamFeedback(
        StreamFeedbackRequest(request=ENGLISH.request()), timeout=PATIENCE
    )
    events = [event async for event in stream]
    unary = await system.feedback.GetFeedback(ENGLISH.request(), timeout=PATIENCE)

    check_grammar(events, {name: name.partition("/")[0] for name in (*TALKERS, *PROOFREADERS)})
    assert list(events[0].accepted.models) == [*TALKERS, *PROOFREADERS]
    assert {event.delta.model for event in events if event.HasField("delta")} >= {*TALKERS}
    streamed = events[-1].response
    results = {event.result.model: event.result for event in events if event.HasField("result")}
    assert [results[result.model] for result in streamed.results] == [*streamed.results]
    assert _timeless(streamed) == _timeless(unary)
    assert streamed.feedback_id != unary.feedback_id


@pytest.mark.parametrize(
    ("allowed", "substitute"),
    [(("openai", "anthropic", "google"), "anthropic/talker"), (("openai", "google"), "google/talker")],
)
async def test_a_model_that_fails_is_replaced_by_one_that_may_read_the_text(
    system: ChorusWithProviders, allowed: Sequence[str], substitute: str
) -> None:
    for provider in system.providers:
        provider.received.clear()
    openai_api = system.providers[TALKERS.index("openai/talker")]
    openai_api.script.append(error(401, {"error": {"code": "invalid_api_key"}}))
    request = ENGLISH.request()
    request.models.append("openai/talker")
    request.allowed_providers.extend(allowed)
    response = await system.feedback.GetFeedback(request, timeout=PATIENCE)
    failed, stands_in = response.results
    assert failed.failure.reason == ERROR_REASON_PROVIDER_AUTH
    assert (stands_in.model, stands_in.substitute_for) == (substitute, "openai/talker")
    assert stands_in.HasField("feedback")
    asked = [name for name, each in zip(TALKERS, system.providers, strict=True) if each.received]
    assert asked == ["openai/talker", substitute]


async def test_the_models_are_listed_with_their_state_and_their_record(system: ChorusWithProviders) -> None:
    system.answers(ENGLISH)
    await system.feedback.GetFeedback(ENGLISH.request(), timeout=PATIENCE)
    listed = await system.feedback.ListModels(ListModelsRequest(), timeout=PATIENCE)
    models = {model.name: model for model in listed.models}
    assert {name for name, model in models.items() if model.state == Model.STATE_READY} == {
        *TALKERS,
        *PROOFREADERS,
        "google/painter",
    }
    assert models["compatible/talker"].state_detail == "set COMPATIBLE_KEY"
    assert models["openai/grandmother"].state_detail == "retired on 2020-01-01; use openai/talker"
    for name in (*TALKERS, *PROOFREADERS):
        record = models[name].track_record
        assert record.calls > 0
        # Another test makes this model fail.
        assert record.failure_rate == 0 or name == "openai/talker"
        assert record.latency.ToNanoseconds() > 0
        assert (record.output_tokens_per_second > 0) == (name in TALKERS)
    assert not models["google/painter"].HasField("track_record")
    assert list(listed.unreachable) == [NOWHERE]
    assert list(listed.default_panel) == [*TALKERS, *PROOFREADERS]

    ready = ListModelsRequest(page_size=3, states=[Model.STATE_READY])
    first = await system.feedback.ListModels(ready, timeout=PATIENCE)
    ready.page_token = first.next_page_token
    second = await system.feedback.ListModels(ready, timeout=PATIENCE)
    assert [each.name for each in (*first.models, *second.models)] == [
        each.name for each in listed.models if each.state == Model.STATE_READY
    ][:6]
    assert second.default_panel == first.default_panel == listed.default_panel
    for wrong in (ListModelsRequest(page_size=-1), ListModelsRequest(page_token=TALKERS[0])):
        refused = await failure(system.feedback.ListModels(wrong, timeout=PATIENCE))
        assert isinstance(refused, InvalidRequest)


async def test_a_bad_item_of_a_batch_ends_itself_alone(system: ChorusWithProviders) -> None:
    system.answers(ENGLISH)
    system.answers(ENGLISH)
    items = [
        BatchFeedbackRequest(item_id="first", request=ENGLISH.request()),
        BatchFeedbackRequest(item_id="bad", request=GetFeedbackRequest()),
        BatchFeedbackRequest(item_id="last", request=ENGLISH.request()),
    ]
    answers = {
        each.item_id: each async for each in system.feedback.BatchFeedback(iter(items), timeout=PATIENCE)
    }
    assert {*answers} == {"first", "bad", "last"}
    assert answers["bad"].failure.reason == ERROR_REASON_INVALID_REQUEST
    assert [*answers["bad"].failure.metadata] == ["submission.text"]
    assert _timeless(answers["first"].response) == _timeless(answers["last"].response)
    assert answers["first"].response.merged.panel.answered == 6


async def test_a_persons_scores_are_taken_until_the_feedback_is_deleted(system: ChorusWithProviders) -> None:
    system.answers(ENGLISH)
    response = await system.feedback.GetFeedback(ENGLISH.request(), timeout=PATIENCE)
    scores = [CriterionScore(criterion_id="content", score=3)]
    scored = RecordScoresRequest(feedback_id=response.feedback_id, rater="t1", scores=scores)
    await system.feedback.RecordScores(scored, timeout=PATIENCE)
    await system.feedback.RecordScores(scored, timeout=PATIENCE)

    decisions = Decisions(rater="t1", final=True)
    for point in response.merged.points:
        decisions.points.add(point_id=point.id, decision=DECISION_KEPT)
    decided = RecordDecisionsRequest(feedback_id=response.feedback_id, decisions=decisions)
    await system.feedback.RecordDecisions(decided, timeout=PATIENCE)
    lookup = GetStoredFeedbackRequest(feedback_id=response.feedback_id)
    stored = await system.feedback.GetStoredFeedback(lookup, timeout=PATIENCE)
    assert stored.response == response
    assert [(each.rater, list(each.scores)) for each in stored.scores] == [("t1", scores)]
    assert [list(each.points) for each in stored.decisions] == [list(decisions.points)]

    deletion = DeleteFeedbackRequest(feedback_id=response.feedback_id)
    await system.feedback.DeleteFeedback(deletion, timeout=PATIENCE)
    for call in (
        system.feedback.DeleteFeedback(deletion, timeout=PATIENCE),
        system.feedback.GetStoredFeedback(lookup, timeout=PATIENCE),
        system.feedback.RecordScores(scored, timeout=PATIENCE),
        system.feedback.RecordDecisions(decided, timeout=PATIENCE),
    ):
        assert isinstance(await failure(call), FeedbackNotFound)


async def test_scores_off_the_rubric_are_refused(system: ChorusWithProviders) -> None:
    system.answers(ENGLISH)
    response = await system.feedback.GetFeedback(ENGLISH.request(), timeout=PATIENCE)
    scores = [CriterionScore(criterion_id="content", score=6), CriterionScore(criterion_id="beauty", score=3)]
    scored = RecordScoresRequest(feedback_id=response.feedback_id, rater="t1", scores=scores)
    refused = await failure(system.feedback.RecordScores(scored, timeout=PATIENCE))
    assert isinstance(refused, InvalidRequest)
    assert [*refused.metadata] == ["scores[0].score", "scores[1].criterion_id"]


async def test_google_plays_a_student(system: ChorusWithProviders) -> None:
    google = system.providers[TALKERS.index("google/talker")]
    google.script.append(Answer(pieces=("I think ", "plants eat earth.")))
    request = SimulateStudentRequest(task="How do plants grow?")
    request.profile.misconceptions.append("plants eat earth")
    response = await system.classroom.SimulateStudent(request, timeout=PATIENCE)
    assert (response.text, response.model) == ("I think plants eat earth.", "google/talker")
    assert response.usage.cost_usd_nanos == COST_USD_NANOS
    assert "plants eat earth" in json.dumps(google.received[-1].body)


async def test_google_draws(system: ChorusWithProviders) -> None:
    response = await system.classroom.GenerateImage(GenerateImageRequest(prompt="A garden"), timeout=PATIENCE)
    assert (response.image.data, response.image.media_type) == (emulator.PICTURE, "image/png")
    assert response.model == "google/painter"


def _answer(work: ReviewedEssay) -> str:
    point = {
        "id": "p1",
        "criterion_id": "",
        "issue": "reason_weak",
        "polarity": "improvement",
        "sentence_ids": [],
        "quote": work.quote,
        "observation": "The claim stands alone.",
        "reason": "A reader wants to know why.",
        "next_step": "Add a reason.",
        "suggested_rewrite": "",
        "severity": "moderate",
    }
    score = {
        "criterion_id": work.criterion_id,
        "observable": True,
        "evidence_quotes": [work.quote],
        "rationale": "There is a claim.",
        "score": 4,
    }
    answer = {
        "work_language": "other",
        "injection": {"suspected": False, "quote": ""},
        "points": [point],
        "criteria": [score],
        "summary": {"goal": "", "strengths": "", "next": "Add a reason."},
    }
    return json.dumps(answer, ensure_ascii=False)


def _anchors(response: GetFeedbackResponse) -> list[tuple[str, Anchor]]:
    return [
        (member.model, member.point.anchor)
        for point in response.merged.points
        for member in point.members
        if member.point.HasField("anchor")
    ]


def _timeless(response: GetFeedbackResponse) -> GetFeedbackResponse:
    """Returns the response without what differs between equal calls."""
    copy = GetFeedbackResponse()
    copy.CopyFrom(response)
    copy.ClearField("feedback_id")
    for result in copy.results:
        result.ClearField("latency")
    return copy

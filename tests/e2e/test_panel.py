import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

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
from chorus.model.v1.failure_pb2 import ERROR_REASON_INVALID_REQUEST, ERROR_REASON_MODEL_NOT_FOUND
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED
from chorus.model.v1.model_pb2 import Model
from rpckit.errors import FeedbackNotFound, InvalidRequest
from tests.e2e.processes import NOWHERE
from tests.e2e.stream_grammar import check_grammar
from tests.e2e.whole_chorus import (
    COST_USD_NANOS,
    ENGLISH,
    KOREAN,
    PROOFREADERS,
    TALKERS,
    ChorusWithProviders,
    ReviewedEssay,
    chorus_with_providers,
)
from tests.failed_call import failure
from tests.fakes.providers.emulator import PICTURE
from tests.fakes.providers.reply import Output, error
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(folder: Path) -> AsyncIterator[ChorusWithProviders]:
    async with chorus_with_providers(folder) as started:
        yield started


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
    stream = system.feedback.StreamFeedback(StreamFeedbackRequest(request=_uncalibrated()), timeout=PATIENCE)
    events = [event async for event in stream]
    unary = await system.feedback.GetFeedback(_uncalibrated(), timeout=PATIENCE)

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
    openai_api.script.append(error(404, {"error": {"code": "model_not_found"}}))
    system.answers(ENGLISH, [system.providers[TALKERS.index(substitute)]])
    request = ENGLISH.request()
    request.models.append("openai/talker")
    request.allowed_providers.extend(allowed)
    response = await system.feedback.GetFeedback(request, timeout=PATIENCE)
    failed, stands_in = response.results
    assert failed.failure.reason == ERROR_REASON_MODEL_NOT_FOUND
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
        BatchFeedbackRequest(item_id="first", request=_uncalibrated()),
        BatchFeedbackRequest(item_id="bad", request=GetFeedbackRequest()),
        BatchFeedbackRequest(item_id="last", request=_uncalibrated()),
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
    google.script.append(Output(pieces=("I think ", "plants eat earth.")))
    request = SimulateStudentRequest(task="How do plants grow?")
    request.profile.misconceptions.append("plants eat earth")
    response = await system.classroom.SimulateStudent(request, timeout=PATIENCE)
    assert (response.text, response.model) == ("I think plants eat earth.", "google/talker")
    assert response.usage.cost_usd_nanos == COST_USD_NANOS
    assert "plants eat earth" in json.dumps(google.received[-1].body)


async def test_google_draws(system: ChorusWithProviders) -> None:
    response = await system.classroom.GenerateImage(GenerateImageRequest(prompt="A garden"), timeout=PATIENCE)
    assert (response.image.data, response.image.media_type) == (PICTURE, "image/png")
    assert response.model == "google/painter"


def _anchors(response: GetFeedbackResponse) -> list[tuple[str, Anchor]]:
    return [
        (member.model, member.point.anchor)
        for point in response.merged.points
        for member in point.members
        if member.point.HasField("anchor")
    ]


def _uncalibrated() -> GetFeedbackRequest:
    """Asks for an answer that does not rest on what was learned from the calls before it."""
    request = ENGLISH.request()
    request.calibration_version = "none"
    return request


def _timeless(response: GetFeedbackResponse) -> GetFeedbackResponse:
    """Returns the response without what differs between equal calls."""
    copy = GetFeedbackResponse()
    copy.CopyFrom(response)
    copy.ClearField("feedback_id")
    for result in copy.results:
        result.ClearField("latency")
    return copy

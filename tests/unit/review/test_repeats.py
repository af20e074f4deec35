"""What a repeat of a request asks again, and what it pays for."""

import asyncio
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from google.protobuf.duration_pb2 import Duration
from hypothesis import given, settings
from hypothesis import strategies as st

from chorus.feedback.v1.feedback_pb2 import CriterionScore
from chorus.feedback.v1.feedback_service_pb2 import (
    PanelPolicy,
    RecordedScores,
)
from chorus.feedback.v1.merged_pb2 import Panel
from chorus.model.v1 import failure_pb2
from chorus.model.v1.failure_pb2 import ErrorReason
from chorus.model.v1.model_pb2 import Model
from orchestrator.review.idempotent_runs import IdempotentRuns
from rpckit.call import Deadline
from rpckit.errors import QuorumNotReached
from tests.e2e.stream_grammar import check_grammar
from tests.fakes.scripted_panel import (
    COST_USD_NANOS,
    LATENCY_SECONDS,
    language_model,
    pipeline_over,
)
from tests.unit.review.repeater import A, B, C, answered, repeating, request_of

DOWN = failure_pb2.ERROR_REASON_UNAVAILABLE
NO_KEY = failure_pb2.ERROR_REASON_PROVIDER_AUTH
TIMEOUT = failure_pb2.ERROR_REASON_TIMEOUT


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
@pytest.mark.parametrize("reason", [DOWN, TIMEOUT, failure_pb2.ERROR_REASON_RATE_LIMITED])
async def test_an_outage_is_not_replayed_once_it_is_over(
    tmp_path: Path, kind: str, reason: ErrorReason.ValueType
) -> None:
    async with repeating(tmp_path, request_of(A, B, C), kind=kind) as repeater:
        repeater.panel.failing = {B: reason, C: reason}
        first = await repeater.send()
        assert first.merged.panel.state == Panel.STATE_SINGLE
        said = RecordedScores(rater="t", scores=[CriterionScore(criterion_id="content", score=3)])
        assert await repeater.store.keep_scores("", first.feedback_id, said)

        del repeater.panel.failing[B]
        second = await repeater.send()
        assert (second.merged.panel.state, answered(second)) == (Panel.STATE_PARTIAL, {A, B})
        assert not second.replayed
        assert await repeater.stored(first.feedback_id) == second

        repeater.panel.failing.clear()
        third = await repeater.send()
        assert (third.merged.panel.state, answered(third)) == (Panel.STATE_COMPLETE, {A, B, C})
        assert {first.feedback_id, second.feedback_id, third.feedback_id} == {first.feedback_id}
        found = await repeater.store.feedback("", first.feedback_id)
        assert found is not None
        assert found.scores == (said,)

        assert (await repeater.send()).replayed
        assert sorted(repeater.panel.bought) == [A, B, C]
        # A once, B twice, C three times.
        assert third.usage.cost_usd_nanos == 6 * COST_USD_NANOS
        assert [each.usage.cost_usd_nanos for each in third.results] == [
            times * COST_USD_NANOS for times in (1, 2, 3)
        ]


async def test_while_an_outage_lasts_the_stored_answer_is_replayed_with_what_the_new_attempts_used(
    tmp_path: Path,
) -> None:
    async with repeating(tmp_path, request_of(A, B, C)) as repeater:
        repeater.panel.failing = {C: DOWN}
        first = await repeater.send()
        for attempts in (2, 3):
            later = await repeater.send()
            assert later.replayed
            assert later.merged == first.merged
            assert later.feedback_id == first.feedback_id
            assert later.usage.cost_usd_nanos == (2 + attempts) * COST_USD_NANOS
            assert later.results[2].usage.cost_usd_nanos == attempts * COST_USD_NANOS
        stored = await repeater.stored(first.feedback_id)
        assert stored is not None
        assert not stored.replayed
        assert stored.usage == later.usage


@pytest.mark.parametrize(
    "reason",
    [
        NO_KEY,
        failure_pb2.ERROR_REASON_QUOTA_EXHAUSTED,
        failure_pb2.ERROR_REASON_CONTENT_BLOCKED,
        failure_pb2.ERROR_REASON_BAD_OUTPUT,
        failure_pb2.ERROR_REASON_MODEL_NOT_FOUND,
        failure_pb2.ERROR_REASON_BUDGET_EXCEEDED,
        failure_pb2.ERROR_REASON_INTERNAL,
    ],
)
async def test_whoever_failed_for_a_reason_that_lasts_is_not_asked_again(
    tmp_path: Path, reason: ErrorReason.ValueType
) -> None:
    async with repeating(tmp_path, request_of(A, B, C)) as repeater:
        repeater.panel.failing = {B: reason}
        assert answered(await repeater.send()) == {A, C}
        repeater.panel.failing.clear()
        assert (await repeater.send()).replayed
        assert repeater.panel.asked == [A, B, C]


@pytest.mark.parametrize(
    ("reason", "policy", "again"),
    [
        (TIMEOUT, PanelPolicy(straggler_grace=Duration(seconds=9)), False),
        (TIMEOUT, PanelPolicy(model_timeout=Duration(seconds=9)), True),
        (DOWN, PanelPolicy(straggler_grace=Duration(seconds=9)), True),
    ],
)
async def test_whom_the_policy_gave_up_for_the_others_is_not_asked_again(
    tmp_path: Path, reason: ErrorReason.ValueType, policy: PanelPolicy, again: bool
) -> None:
    policy.substitution = PanelPolicy.SUBSTITUTION_NONE
    async with repeating(tmp_path, request_of(A, B, C, policy=policy)) as repeater:
        repeater.panel.failing = {B: reason}
        await repeater.send()
        repeater.panel.failing.clear()
        assert (await repeater.send()).replayed is not again
        assert repeater.panel.asked.count(B) == 1 + again


@pytest.mark.parametrize(("reason", "again"), [(TIMEOUT, False), (DOWN, True)])
async def test_whoever_had_too_little_time_is_not_asked_again_with_less(
    tmp_path: Path, reason: ErrorReason.ValueType, again: bool
) -> None:
    async with repeating(tmp_path, request_of(A, B, C)) as repeater:
        repeater.panel.failing = {B: reason}
        await repeater.send()
        repeater.panel.failing.clear()
        assert (await repeater.send(LATENCY_SECONDS - 1)).replayed is not again
        assert answered(await repeater.send()) == {A, B, C}


async def test_a_substitute_keeps_its_place_beside_the_model_that_is_back(tmp_path: Path) -> None:
    policy = PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_MODELS)
    request = request_of(A, B, providers=["a", "b", "c"], policy=policy)
    async with repeating(tmp_path, request) as repeater:
        repeater.panel.failing = {A: DOWN}
        first = await repeater.send()
        assert [(each.model, each.substitute_for) for each in first.results] == [(A, ""), (B, ""), (C, A)]
        again = await repeater.send()
        assert answered(again) == {B, C}
        repeater.panel.failing.clear()
        last = await repeater.send()
        assert answered(last) == {A, B, C}
        assert sorted(repeater.panel.bought) == [A, B, C]


async def test_a_failure_that_lasts_and_its_substitute_stay_as_they_are(tmp_path: Path) -> None:
    policy = PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_MODELS)
    request = request_of(A, B, providers=["a", "b", "c", "d"], policy=policy)
    async with repeating(tmp_path, request, A, B, C, "d/1") as repeater:
        repeater.panel.failing = {A: NO_KEY, C: NO_KEY, B: DOWN}
        first = await repeater.send()
        assert answered(first) == {"d/1"}
        repeater.panel.failing = {}
        second = await repeater.send()
        assert answered(second) == {B, "d/1"}
        assert Counter(repeater.panel.asked) == {A: 1, B: 2, C: 1, "d/1": 1}
        assert {each.model: each.substitute_for for each in second.results} == {
            each.model: each.substitute_for for each in first.results
        }


async def test_the_panel_of_a_repeat_is_that_of_the_first_call(tmp_path: Path) -> None:
    async with repeating(tmp_path, request_of()) as repeater:
        repeater.panel.failing = {B: DOWN}
        await repeater.send()
        unready = language_model(A)
        unready.state = Model.STATE_LOADING
        repeater.panel.models = (unready, *map(language_model, (B, C, "new/1")))
        repeater.panel.failing.clear()
        second = await repeater.send()
        assert answered(second) == {A, B, C}
        assert repeater.panel.asked == [A, B, C, B]


async def test_where_an_answer_would_be_lost_the_stored_one_stands(tmp_path: Path) -> None:
    async with repeating(tmp_path, request_of(A, B, C)) as repeater:
        repeater.panel.failing = {B: DOWN}
        first = await repeater.send()
        repeater.panel.models = tuple(map(language_model, (B, C)))
        second = await repeater.send()
        assert second.replayed
        assert second.merged == first.merged
        assert repeater.panel.asked == [A, B, C]


async def test_what_was_spent_before_counts_toward_the_limit(tmp_path: Path) -> None:
    async with repeating(tmp_path, request_of(A, B, C)) as repeater:
        repeater.panel.failing = {B: DOWN}
        await repeater.send()
        await repeater.send()
        assert repeater.panel.committed == [0, 0, 0, 3 * COST_USD_NANOS]


async def test_a_failed_call_keeps_what_it_bought_and_tells_what_it_used(tmp_path: Path) -> None:
    policy = PanelPolicy(min_models=3, substitution=PanelPolicy.SUBSTITUTION_NONE)
    async with repeating(tmp_path, request_of(A, B, C, policy=policy)) as repeater:
        repeater.panel.failing = {B: DOWN}
        for cost in (3, 3):
            with pytest.raises(QuorumNotReached) as caught:
                await repeater.send()
            assert caught.value.metadata["cost_usd_nanos"] == str(cost * COST_USD_NANOS)
        repeater.panel.failing.clear()
        assert answered(await repeater.send()) == {A, B, C}
        assert sorted(repeater.panel.bought) == [A, B, C]


async def test_a_feedback_that_is_deleted_meanwhile_stays_deleted(tmp_path: Path) -> None:
    async with repeating(tmp_path, request_of(A, B)) as repeater:
        repeater.panel.failing = {B: DOWN}
        first = await repeater.send()
        repeater.panel.failing.clear()
        repeater.panel.asking.clear()
        repeater.panel.go.clear()
        repeat = asyncio.create_task(repeater.send())
        await repeater.panel.asking.wait()
        assert await repeater.store.delete_feedback("", first.feedback_id)
        repeater.panel.go.set()
        again = await repeat
        assert answered(again) == {A, B}
        assert again.store_failed
        assert await repeater.stored(first.feedback_id) is None


@pytest.mark.parametrize("orchestrators", [1, 4])
async def test_repeats_at_once_ask_a_model_once(tmp_path: Path, orchestrators: int) -> None:
    async with repeating(tmp_path, request_of(A, B, C), kind="redis") as repeater:
        repeater.panel.failing = {B: DOWN}
        await repeater.send()
        repeater.panel.failing.clear()
        async with pipeline_over(repeater.panel, tmp_path) as pipeline:
            servers = [IdempotentRuns(pipeline, repeater.store) for _ in range(orchestrators)]
            responses = await asyncio.gather(
                *(each.response(repeater.request, Deadline.after(60)) for each in servers * 2)
            )
        assert all(answered(each) == {A, B, C} for each in responses)
        assert sorted(repeater.panel.bought) == [A, B, C]


@pytest.mark.parametrize("is_over", [True, False])
async def test_the_stream_of_a_repeat_keeps_to_its_grammar(tmp_path: Path, is_over: bool) -> None:
    async with repeating(tmp_path, request_of(A, B, C)) as repeater:
        repeater.panel.failing = {B: DOWN}
        await repeater.send()
        if is_over:
            repeater.panel.failing.clear()
        async with pipeline_over(repeater.panel, tmp_path) as pipeline:
            runs = IdempotentRuns(pipeline, repeater.store)
            events = [event async for event in runs.events(repeater.request, Deadline.after(60))]
        check_grammar(events, {name: name for name in (A, B, C)})
        results = {event.result.model: event.result for event in events if event.HasField("result")}
        response = events[-1].response
        assert [results[each.model] for each in response.results] == list(response.results)
        assert response.replayed is not is_over


OUTAGES = st.lists(
    st.dictionaries(
        st.sampled_from([A, B, C, "d/1", "e/1"]),
        st.sampled_from([DOWN, TIMEOUT, NO_KEY, failure_pb2.ERROR_REASON_BAD_OUTPUT]),
    ),
    min_size=2,
    max_size=5,
)


@settings(max_examples=40, deadline=None)
@given(outages=OUTAGES, min_models=st.integers(1, 3), substitution=st.sampled_from([1, 2]))
def test_no_answer_is_ever_bought_twice_or_lost(
    outages: list[dict[str, ErrorReason.ValueType]],
    min_models: int,
    substitution: PanelPolicy.Substitution.ValueType,
) -> None:
    policy = PanelPolicy(min_models=min_models, substitution=substitution)
    request = request_of(A, B, C, providers="abcde", policy=policy)

    async def send_all(folder: Path) -> None:
        heard: set[str] = set()
        attempts = 0
        feedback_ids: set[str] = set()
        async with repeating(folder, request, A, B, C, "d/1", "e/1") as repeater:
            for outage in outages:
                repeater.panel.failing = dict(outage)
                try:
                    response = await repeater.send()
                except QuorumNotReached:
                    assert not feedback_ids
                    continue
                feedback_ids.add(response.feedback_id)
                assert answered(response) >= heard
                assert answered(response) == {*repeater.panel.bought}
                assert response.replayed is (answered(response) == heard)
                heard = answered(response)
                assert response.usage.cost_usd_nanos >= attempts
                attempts = response.usage.cost_usd_nanos
            assert max(Counter(repeater.panel.bought).values(), default=0) <= 1
        assert len(feedback_ids) <= 1

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(send_all(Path(folder)))

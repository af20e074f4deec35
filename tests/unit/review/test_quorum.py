"""Whose answers are enough."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, GetFeedbackResponse, PanelPolicy
from chorus.feedback.v1.merged_pb2 import Panel
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1 import failure_pb2
from chorus.model.v1.failure_pb2 import ErrorReason
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, Usage
from orchestrator.review.idempotent_runs import IdempotentRuns
from orchestrator.store.sqlite import SqliteStore
from rpckit.call import Deadline
from rpckit.errors import MAX_DETAILS_BYTES, QuorumNotReached, to_failure, to_status
from tests.fakes.scripted_panel import COST_USD_NANOS, ScriptedPanel, language_model, pipeline_over, rules

FIVE = ("a/1", "b/1", "c/1", "d/1", "e/1")
PROOFREADERS = ("chorus/language", "chorus/structure")
DOWN = failure_pb2.ERROR_REASON_UNAVAILABLE
BLOCKED = failure_pb2.ERROR_REASON_CONTENT_BLOCKED
ANY = PanelPolicy.SUBSTITUTION_ANY


async def review(
    folder: Path,
    models: Sequence[str],
    named: Sequence[str],
    failing: Mapping[str, ErrorReason.ValueType],
    policy: PanelPolicy,
) -> GetFeedbackResponse:
    panel = ScriptedPanel(*map(language_model, models), *map(rules, PROOFREADERS))
    panel.failing.update(failing)
    request = GetFeedbackRequest(
        submission=Submission(text="Dogs bark.", language_code="en"), models=named, policy=policy
    )
    async with (
        SqliteStore.open(folder / "store", 60) as store,
        pipeline_over(panel, folder) as pipeline,
    ):
        return await IdempotentRuns(pipeline, store).response(request, Deadline.after(60))


@pytest.mark.parametrize(
    ("models", "named", "failing", "policy"),
    [
        (FIVE, FIVE, dict.fromkeys(FIVE, DOWN), PanelPolicy()),
        (FIVE, FIVE, dict.fromkeys(FIVE, BLOCKED), PanelPolicy()),
        # Whoever stands in is not named.
        (FIVE, FIVE, dict.fromkeys(FIVE, DOWN), PanelPolicy(substitution=ANY)),
        # The default panel has language models, so that the proofreaders do not count.
        (FIVE, (), dict.fromkeys(FIVE, DOWN), PanelPolicy()),
        (FIVE, (), dict.fromkeys(FIVE[:3], DOWN), PanelPolicy(min_models=4, min_families=3)),
        (FIVE, (), dict.fromkeys(FIVE[:3], DOWN), PanelPolicy(min_families=3)),
        (FIVE, (), dict.fromkeys(FIVE[2:], DOWN), PanelPolicy(min_models=3)),
    ],
    ids=[
        "five named are down",
        "five named refuse",
        "rules may stand in",
        "all of the default panel are down",
        "two of five, and two by rule, for four of three families",
        "two of five, and two by rule, for three families",
        "two of five, and two by rule, for three models",
    ],
)
async def test_a_reviewer_by_rule_makes_no_quorum(
    tmp_path: Path,
    models: Sequence[str],
    named: Sequence[str],
    failing: Mapping[str, ErrorReason.ValueType],
    policy: PanelPolicy,
) -> None:
    with pytest.raises(QuorumNotReached) as caught:
        await review(tmp_path, models, named, failing, policy)
    assert "that count" in caught.value.text


async def test_what_a_call_without_a_quorum_used_is_told_however_many_failed(tmp_path: Path) -> None:
    models = [f"provider-{number}/{'x' * 150}" for number in range(100)]
    with pytest.raises(QuorumNotReached) as caught:
        await review(tmp_path, models, models, dict.fromkeys(models, DOWN), PanelPolicy())
    status = to_status(caught.value)
    assert status.ByteSize() <= MAX_DETAILS_BYTES
    usage = Usage()
    assert any(detail.Unpack(usage) for detail in status.details)
    cost = 100 * COST_USD_NANOS
    assert usage == Usage(output_tokens=100, cost_usd_nanos=cost, basis=USAGE_BASIS_MEASURED)
    # An item of a batch has no details.
    assert to_failure(caught.value).metadata == {"usage_basis": "MEASURED", "cost_usd_nanos": str(cost)}


@pytest.mark.parametrize(
    ("models", "named", "failing", "policy", "state"),
    [
        # Nobody else was asked.
        ((), (), {}, PanelPolicy(), Panel.STATE_SINGLE),
        ((), (), {}, PanelPolicy(min_models=2), Panel.STATE_SINGLE),
        # They are named.
        (FIVE, PROOFREADERS, {}, PanelPolicy(min_models=2), Panel.STATE_SINGLE),
        (FIVE, ("a/1", *PROOFREADERS), {"a/1": DOWN}, PanelPolicy(), Panel.STATE_SINGLE),
        (FIVE, ("a/1", *PROOFREADERS), {}, PanelPolicy(min_models=3, min_families=2), Panel.STATE_COMPLETE),
        # They only add to what is enough.
        (FIVE, (), dict.fromkeys(FIVE[1:], DOWN), PanelPolicy(), Panel.STATE_PARTIAL),
    ],
    ids=["no model ready", "two wanted", "named alone", "named, model down", "named too", "beside one"],
)
async def test_it_counts_where_it_is_named_or_alone(
    tmp_path: Path,
    models: Sequence[str],
    named: Sequence[str],
    failing: Mapping[str, ErrorReason.ValueType],
    policy: PanelPolicy,
    state: Panel.State.ValueType,
) -> None:
    response = await review(tmp_path, models, named, failing, policy)
    assert response.merged.panel.state == state

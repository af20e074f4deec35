"""Tests, with real processes, that a late answer is asked for a second time where the policy says so."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, USAGE_BASIS_UNKNOWN
from tests.e2e.whole_chorus import (
    COST_USD_NANOS,
    ENGLISH,
    PROOFREADERS,
    TALKERS,
    ChorusWithProviders,
    chorus_with_providers,
)
from tests.fakes.providers.reply import Fault, Raw
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODEL, *_ = TALKERS
# With fewer answers nobody knows when one is late.
LEAST_ANSWERS = 10


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(folder: Path) -> AsyncIterator[ChorusWithProviders]:
    async with chorus_with_providers(folder) as started:
        yield started


def request(*, hedge: bool) -> GetFeedbackRequest:
    request = ENGLISH.request()
    request.models.extend((MODEL, PROOFREADERS[0]))
    # Nobody is given up, so that what a call comes to does not depend on how busy the machine is.
    request.policy.CopyFrom(
        PanelPolicy(hedge=hedge, wait_for_all=True, substitution=PanelPolicy.SUBSTITUTION_NONE)
    )
    return request


async def test_a_late_answer_is_asked_for_again_if_the_policy_says_so_and_else_not(
    system: ChorusWithProviders,
) -> None:
    provider, *_ = system.providers
    for _ in range(LEAST_ANSWERS):
        system.answers(ENGLISH, [provider])
        response = await system.feedback.GetFeedback(request(hedge=True), timeout=PATIENCE)
        assert response.results[0].usage.basis == USAGE_BASIS_MEASURED
    before = len(provider.received)
    assert before == LEAST_ANSWERS

    provider.script.extend([Raw(fault=Fault.SILENCE), Raw(fault=Fault.SILENCE)])
    system.answers(ENGLISH, [provider])
    provider.reached.clear()
    waiting = system.feedback.GetFeedback(request(hedge=False), timeout=PATIENCE)
    async with asyncio.timeout(PATIENCE):
        await provider.reached.wait()
    assert not provider.hung_up.is_set()
    response = await system.feedback.GetFeedback(request(hedge=True), timeout=PATIENCE)
    # The one that is not hedged is older, and was asked for once.
    assert len(provider.received) == before + 3
    assert not waiting.done()
    late, _ = response.results
    assert late.model == MODEL
    assert late.HasField("feedback")
    # Nobody knows what the provider takes for the first one, which is cut off.
    assert (late.usage.basis, late.usage.cost_usd_nanos) == (USAGE_BASIS_UNKNOWN, COST_USD_NANOS)
    assert response.usage.cost_usd_nanos == COST_USD_NANOS
    async with asyncio.timeout(PATIENCE):
        await provider.hung_up.wait()
    waiting.cancel()

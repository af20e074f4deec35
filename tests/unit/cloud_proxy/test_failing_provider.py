"""Tests how often a provider that fails is asked, and what its callers are told meanwhile."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from prometheus_client import CollectorRegistry

from rpckit import errors
from services.cloud_proxy.metrics import ProviderMetrics
from services.cloud_proxy.provider import AnswerPiece, Prompt, Provider, text
from services.cloud_proxy.provider_client import ProviderClient
from services.cloud_proxy.provider_errors import ConnectionLost
from tests.fakes.clock import FakeClock
from tests.unit.cloud_proxy.prompts import ENTRY, prompt
from tests.unit.cloud_proxy.scripted_provider import STOP, ProviderScript, ScriptedProvider


class Failing(ScriptedProvider):
    """Fails every call in one way, and counts them."""

    def __init__(self, *script: AnswerPiece | errors.ChorusError) -> None:
        super().__init__()
        self.script = list(script)

    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        self.scripts = [self.script]
        async for each in super().answer(prompt):
            yield each


def clocked(
    provider: Provider, clock: FakeClock, registry: CollectorRegistry | None = None
) -> ProviderClient:
    metrics = ProviderMetrics(registry or CollectorRegistry())
    return ProviderClient(provider, places=1, metrics=metrics, clock=clock)


async def fail(asking: ProviderClient, asked: Prompt | None = None) -> errors.ChorusError:
    with pytest.raises(errors.ChorusError) as caught:
        async for _ in asking.generate(asked or prompt()):
            pass
    return caught.value


@pytest.mark.parametrize(
    "script",
    [
        [errors.Unavailable("x", retry_delay=0.0)],
        [ConnectionLost("x", retry_delay=0.0)],
        [errors.RateLimited("x", retry_delay=0.0)],
        [text("a")],
        [STOP],
    ],
    ids=["503", "reset", "429", "cut", "empty"],
)
async def test_a_provider_that_fails_every_call_is_asked_a_fifth_more_often(script: ProviderScript) -> None:
    calls, clock, failing = 200, FakeClock(), Failing(*script)
    asking = clocked(failing, clock)
    for _ in range(calls):
        clock.now += 0.2
        await fail(asking)
    assert len(failing.prompts) <= 1.2 * calls


async def test_a_pause_after_a_429_holds_for_every_call_to_the_endpoint() -> None:
    registry, clock = CollectorRegistry(), FakeClock()
    limited = Failing(errors.RateLimited("x", retry_delay=20))
    asking = clocked(limited, clock, registry)
    await fail(asking)
    clock.now += 5
    other = prompt(replace(ENTRY, name="a/c"))
    error = await fail(asking, other)
    assert isinstance(error, errors.RateLimited)
    assert error.retry_delay == 15
    assert len(limited.prompts) == 1
    refused = {"model": "a/c", "reason": "RATE_LIMITED"}
    assert registry.get_sample_value("chorus_provider_refusals_total", refused) == 1
    clock.now += 15
    await fail(asking, other)
    assert len(limited.prompts) == 2


async def test_a_model_whose_breaker_is_open_is_not_asked_and_says_so() -> None:
    registry, clock = CollectorRegistry(), FakeClock()
    refusing = Failing(errors.ProviderAuth("x", metadata={"setting": "A_KEY"}))
    asking = clocked(refusing, clock, registry)
    model = {"model": ENTRY.name}
    for _ in range(10):
        error = await fail(asking)
        assert isinstance(error, errors.ProviderAuth)
        assert error.metadata == {"setting": "A_KEY"}
    assert len(refusing.prompts) == 1
    assert asking.why_closed(ENTRY.name) == "x; it is tried again in 30 s"
    assert asking.why_closed("a/c") == ""
    assert registry.get_sample_value("chorus_provider_circuit_open", model) == 1
    refused = model | {"reason": "PROVIDER_AUTH"}
    assert registry.get_sample_value("chorus_provider_refusals_total", refused) == 9
    clock.now += 30
    assert asking.why_closed(ENTRY.name) == ""
    refusing.script = [text("a"), STOP]
    async for _ in asking.generate(prompt()):
        pass
    assert registry.get_sample_value("chorus_provider_circuit_open", model) == 0

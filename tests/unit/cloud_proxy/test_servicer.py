from collections.abc import Iterator
from contextlib import aclosing
from datetime import date
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from chorus.model.v1 import content_pb2
from modelkit.servicer import CheckedRequest
from rpckit.call import Call, Deadline, current_call
from rpckit.settings import Environment
from services.cloud_proxy.key_check import KeyCheck
from services.cloud_proxy.metrics import ProviderMetrics
from services.cloud_proxy.provider import text
from services.cloud_proxy.provider_client import ProviderClient
from services.cloud_proxy.servicer import ModelServicer
from services.cloud_proxy.settings import CloudProxySettings
from tests.unit.cloud_proxy.prompts import request
from tests.unit.cloud_proxy.scripted_provider import STOP, ScriptedProvider

CATALOG = """
packaged = false
[models."openai/a"]
display_name = "A"
family = "a"
capabilities = ["TEXT"]
price = [
    { input = 1, cached_input = 1, output = 1 },
    { from = "2027-01-01", input = 2, cached_input = 2, output = 2 },
]
"""


@pytest.fixture
def served() -> Iterator[None]:
    token = current_call.set(Call("/chorus.model.v1.ModelService/Generate", "id", Deadline.after(60)))
    yield
    current_call.reset(token)


def servicer_of(folder: Path, provider: ScriptedProvider, days: list[date]) -> ModelServicer:
    path = folder / "catalog.toml"
    path.write_text(CATALOG)
    settings = CloudProxySettings.read(
        Environment({"CLOUD_PROXY_CATALOG": str(path), "OPENAI_API_KEY": "not-a-key"})
    )
    client = ProviderClient(provider, places=1, metrics=ProviderMetrics(CollectorRegistry()))
    clients = {settings.connections["openai/a"]: client}
    return ModelServicer(settings, clients, KeyCheck(), today=lambda: days[-1])


@pytest.mark.usefixtures("served")
async def test_the_price_of_the_day_is_listed_and_paid(tmp_path: Path) -> None:
    days = [date(2026, 12, 31)]
    servicer = servicer_of(tmp_path, ScriptedProvider([text("a"), STOP], [text("a"), STOP]), days)

    async def listed_and_paid() -> tuple[int, int]:
        (model,) = servicer.listed_models()
        asked = CheckedRequest(request(model="openai/a"), schema=None)
        async with aclosing(servicer.generate(asked, streaming=False)) as events:
            *_, completion = [event async for event in events]
        assert not isinstance(completion, content_pb2.Part)
        return model.price.output_usd_nanos, completion.usage.cost_usd_nanos

    assert await listed_and_paid() == (1_000_000_000, 150_000)
    # The server runs on into the new year.
    days.append(date(2027, 1, 1))
    assert await listed_and_paid() == (2_000_000_000, 300_000)


def test_a_model_on_this_machine_is_listed_as_such(tmp_path: Path) -> None:
    line = (
        CATALOG.partition("[models")[0]
        + '[models."{}"]\ndisplay_name = "A"\nfamily = "a"\n{}capabilities = ["TEXT"]\n'
    )
    path = tmp_path / "catalog.toml"
    found = {}
    for name, address in (("ollama/a", 'base_url = "http://127.0.0.1:11434/v1"\n'), ("openai/a", "")):
        path.write_text(line.format(name, address))
        settings = CloudProxySettings.read(
            Environment({"CLOUD_PROXY_CATALOG": str(path), "OPENAI_API_KEY": "not-a-key"})
        )
        client = ProviderClient(ScriptedProvider([]), places=1, metrics=ProviderMetrics(CollectorRegistry()))
        clients = dict.fromkeys(settings.connections.values(), client)
        (model,) = ModelServicer(settings, clients, KeyCheck()).listed_models()
        found[name] = model.footprint.device
    assert found == {"ollama/a": "local", "openai/a": ""}


@pytest.mark.parametrize("attempts", [0, 1, 2])
async def test_a_call_that_says_it_is_a_retry_is_asked_as_one(tmp_path: Path, attempts: int) -> None:
    provider = ScriptedProvider([text("a"), STOP])
    servicer = servicer_of(tmp_path, provider, [date(2026, 12, 31)])
    call = Call(
        "/chorus.model.v1.ModelService/Generate", "id", Deadline.after(60), previous_attempts=attempts
    )
    token = current_call.set(call)
    async with aclosing(
        servicer.generate(CheckedRequest(request(model="openai/a"), None), streaming=False)
    ) as it:
        assert [event async for event in it]
    current_call.reset(token)
    assert [each.is_retry for each in provider.prompts] == [attempts > 0]

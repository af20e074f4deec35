"""The library for callers in Python, against an orchestrator."""

from pathlib import Path

from chorus_client.client import ChorusClient
from tests.fakes.model_server import FakeModels
from tests.fakes.models import FAKES
from tests.fakes.orchestrating import orchestrating
from tests.patience import PATIENCE


async def test_the_models_of_all_pages_are_one_list(tmp_path: Path) -> None:
    many = {f"fake/{number:04}": FAKES["fake/good"] for number in range(1001)}
    async with (
        FakeModels(many).start() as models,
        orchestrating(tmp_path, models, "127.0.0.1:1", CHORUS_PANEL="fake/0007,fake/1000") as address,
        ChorusClient.connect(address) as chorus,
    ):
        found = await chorus.list_models(timeout=PATIENCE)
    assert [each.name for each in found.models] == list(many)
    assert list(found.default_panel) == ["fake/0007", "fake/1000"]
    assert list(found.unreachable) == ["127.0.0.1:1"]

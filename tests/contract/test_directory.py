"""The list of models that all callers share, over real model servers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from prometheus_client import CollectorRegistry

from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import Directory
from rpckit.call import Call, Deadline, current_call
from rpckit.settings import Security
from tests.fakes.model_server import FakeModels
from tests.fakes.models import FAKES

GOOD = {"fake/good": FAKES["fake/good"]}
LOADING = {"fake/good": FAKES["fake/loading"]}


@asynccontextmanager
async def directory(*servers: FakeModels) -> AsyncIterator[tuple[Directory, list[str]]]:
    async with AsyncExitStack() as stack:
        targets = [await stack.enter_async_context(server.start()) for server in servers]
        metrics = ModelMetrics(CollectorRegistry())
        yield Directory(targets, Security(), stack, metrics), targets


async def test_a_caller_without_time_leaves_the_list_as_it_is_for_the_others() -> None:
    async with directory(FakeModels(GOOD)) as (listed, _):
        call = current_call.set(Call("/a/B", "id", Deadline.after(0)))
        await listed.listing()
        current_call.reset(call)
        assert (await listed.listing()).unreachable == ()


async def test_a_model_of_two_servers_is_listed_once_where_it_is_ready() -> None:
    async with directory(FakeModels(LOADING), FakeModels(GOOD), FakeModels(GOOD)) as (listed, targets):
        models = (await listed.listing()).models
        assert [(each.name, each.server) for each in models] == [("fake/good", targets[1])]

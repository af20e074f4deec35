"""Tests the list of models that all callers share, over real model servers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from chorus.model.v1.model_pb2 import Model
from chorus.model.v1.model_service_pb2 import ListModelsRequest, ListModelsResponse
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import ListedModel, ModelDirectory
from rpckit.call import Call, Deadline, current_call
from rpckit.errors import Unavailable
from rpckit.settings import Security
from tests.contract.requests import answer_request
from tests.fakes.model_server import FakeModels
from tests.fakes.models import FAKES
from tests.fakes.name_server import NameServer
from tests.patience import PATIENCE

GOOD = {"fake/good": FAKES["fake/good"]}
LOOKUPS = 20
LOADING = {"fake/good": FAKES["fake/loading"]}


@asynccontextmanager
async def directory(
    *servers: FakeModels, timeout_seconds: float = PATIENCE
) -> AsyncIterator[tuple[ModelDirectory, list[str]]]:
    async with AsyncExitStack() as stack:
        targets = [await stack.enter_async_context(server.start()) for server in servers]
        metrics = ModelMetrics(CollectorRegistry())
        yield (
            ModelDirectory(
                targets, Security(), stack, metrics, max_age_seconds=0, timeout_seconds=timeout_seconds
            ),
            targets,
        )


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


async def test_a_server_of_many_models_is_read_page_by_page() -> None:
    many = {f"fake/{number:04}": FAKES["fake/good"] for number in range(1001)}
    async with directory(FakeModels(many)) as (listed, _):
        assert [each.name for each in (await listed.listing()).models] == list(many)


async def test_a_model_whose_name_nobody_could_send_is_left_out() -> None:
    good = FAKES["fake/good"]
    names = {"a" * 200: good, "b" * 201: good, "": good}
    async with directory(FakeModels(names)) as (listed, _):
        assert [each.name for each in (await listed.listing()).models] == ["a" * 200]


class EndlessModels(FakeModels):
    """Always has another page."""

    asked = 0

    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        self.asked += 1
        response = await super().ListModels(ListModelsRequest(), context)
        return ListModelsResponse(models=response.models, next_page_token=f"after {self.asked}")


async def test_a_server_that_never_comes_to_an_end_is_read_so_far() -> None:
    endless = EndlessModels(GOOD)
    async with directory(endless) as (listed, _):
        assert [each.name for each in (await listed.listing()).models] == ["fake/good"]
        assert endless.asked <= 20


class HungModels(FakeModels):
    """Says nothing until `go`; `asked` is set when it is asked."""

    def __init__(self) -> None:
        super().__init__(GOOD)
        self.asked = asyncio.Event()
        self.go = asyncio.Event()

    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        self.asked.set()
        await self.go.wait()
        return await super().ListModels(request, context)


class FailedModels(HungModels):
    """Fails once and then says nothing until `go`."""

    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        if not self.asked.is_set():
            self.asked.set()
            raise Unavailable("starting")
        return await super().ListModels(request, context)


async def test_a_server_is_waited_for() -> None:
    hung = HungModels()
    async with directory(hung) as (listed, _):
        listing = asyncio.create_task(listed.listing())
        await hung.asked.wait()
        assert not listing.done()
        hung.go.set()
        assert [each.name for each in (await listing).models] == ["fake/good"]


async def test_a_server_that_hangs_is_waited_for_no_longer_than_the_timeout() -> None:
    async with directory(HungModels(), timeout_seconds=0.1) as (listed, targets):
        assert (await listed.listing()).unreachable == (targets[0],)


async def test_a_server_that_failed_is_asked_until_it_answers_and_not_waited_for() -> None:
    failed = FailedModels()
    async with directory(failed, FakeModels({"fake/second": FAKES["fake/second"]})) as (listed, targets):
        assert [each.name for each in (await listed.listing()).models] == ["fake/second"]
        # The listing would take longer than this if it waited for the server.
        async with asyncio.timeout(PATIENCE / 2):
            assert (await listed.listing()).unreachable == (targets[0],)
        failed.go.set()
        while (await listed.listing()).unreachable:
            pass
        assert [each.name for each in (await listed.listing()).models] == ["fake/good", "fake/second"]


@pytest.mark.parametrize("before", ["", "127.0.0.2"], ids=["no address", "another address"])
async def test_a_server_is_found_as_soon_as_its_name_has_its_address(before: str) -> None:
    names, metrics = NameServer(), ModelMetrics(CollectorRegistry())
    names.address = before
    async with (
        AsyncExitStack() as stack,
        names.serving() as name_server,
        FakeModels(GOOD).start() as address,
        asyncio.timeout(PATIENCE),
    ):
        target = f"dns://{name_server}/models.test:{address.rpartition(':')[2]}"
        listed = ModelDirectory([target], Security(insecure=True), stack, metrics, max_age_seconds=0)
        # grpc by itself would look so often in some minutes, and then wait for minutes again.
        while names.lookups < LOOKUPS:
            assert (await listed.listing()).unreachable == (target,)
        model = ListedModel(Model(name="fake/good"), target)
        with pytest.raises(Unavailable):
            await listed.generate(model, answer_request("fake/good"), Deadline.after(PATIENCE))

        names.address = "127.0.0.1"
        while (await listed.listing()).unreachable:
            pass
        assert await listed.generate(model, answer_request("fake/good"), Deadline.after(PATIENCE))

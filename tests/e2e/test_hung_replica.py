"""Tests a replica of three that hangs: its connections stay open, and nothing answers."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry

from chorus.model.v1.content_pb2 import ROLE_USER, Part, Turn
from chorus.model.v1.model_service_pb2 import GenerateRequest
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import ListedModel, ModelDirectory
from rpckit.call import Deadline
from rpckit.settings import Security
from tests.e2e.events import Events
from tests.e2e.processes import FAKE, ServerProcess, running
from tests.fakes.model_server import FINISHED
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

MODEL = "fake/good"


@dataclass(frozen=True)
class Replicas:
    """Holds the replicas, what each has answered, and the directory that asks them as one server."""

    processes: list[ServerProcess]
    events: list[Events]
    directory: ModelDirectory

    def answered(self) -> list[int]:
        """Counts the answers of each replica."""
        return [each.seen(MODEL, FINISHED) for each in self.events]

    async def listed(self) -> ListedModel:
        """Returns the model as a review finds it, which must be ready."""
        model = (await self.directory.listing()).find(MODEL)
        assert model is not None
        assert model.ready
        return model

    async def ask(self) -> None:
        """Asks for one answer; a failure raises."""
        request = GenerateRequest(turns=[Turn(role=ROLE_USER, parts=[Part(text="Well?")])])
        await self.directory.generate(await self.listed(), request, Deadline.after(PATIENCE))

    async def until_all_answer(self) -> None:
        """Asks until every replica has answered once more."""
        before = self.answered()
        async with asyncio.timeout(PATIENCE):
            while any(now == then for now, then in zip(self.answered(), before, strict=True)):
                await self.ask()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def replicas(folder: Path) -> AsyncIterator[Replicas]:
    events = [Events(folder / f"events-{number}.jsonl") for number in range(3)]
    async with AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(running(FAKE, folder, FAKE_EVENTS=str(each.path)))
            for each in events
        ]
        target = "ipv4:" + ",".join(each.address for each in processes)
        metrics = ModelMetrics(CollectorRegistry())
        yield Replicas(processes, events, ModelDirectory([target], Security(), stack, metrics))


async def test_a_replica_that_hangs_is_left_out_and_comes_back(replicas: Replicas) -> None:
    await replicas.until_all_answer()
    hung = replicas.processes[0].process
    hung.send_signal(signal.SIGSTOP)
    try:
        # Some of these are sent to the replica that hangs. They end when it is out, elsewhere.
        await asyncio.gather(*(replicas.ask() for _ in range(9)))
        before = replicas.answered()
        await asyncio.gather(*(replicas.ask() for _ in range(90)))
        first, *others = (now - then for now, then in zip(replicas.answered(), before, strict=True))
        assert first == 0
        assert sum(others) == 90
    finally:
        hung.send_signal(signal.SIGCONT)
    await replicas.until_all_answer()

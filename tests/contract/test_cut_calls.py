"""What a call may have cost whose server, or whose network, was gone before it ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1 import failure_pb2
from chorus.model.v1.generation_pb2 import USAGE_BASIS_MEASURED, USAGE_BASIS_UNKNOWN, Sampling, Usage
from chorus.model.v1.model_pb2 import Price
from modelkit.usage import usage_of
from orchestrator.answer.prompt import review_request
from orchestrator.metrics import ModelMetrics
from orchestrator.panel.directory import ModelDirectory
from orchestrator.panel.model_reviewer import ModelReviewer
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.spending import Spending
from orchestrator.panel.track_record import TrackRecords
from orchestrator.rubrics.default import default_rubric
from orchestrator.store.sqlite import SqliteStore
from orchestrator.submission.reading import read_submission
from rpckit.call import Deadline
from rpckit.errors import Unavailable
from rpckit.settings import Security
from tests.fakes.cut_connection import CuttableNetwork
from tests.fakes.model_server import STARTED, FakeModels
from tests.fakes.models import FAKES
from tests.patience import PATIENCE

SUBMISSION = Submission(text="Cats are kind.", language_code="en")
RUBRIC = default_rubric("en")
QUESTION = ReviewQuestion(
    read_submission(SUBMISSION), SUBMISSION, RUBRIC, "en", Sampling(), include_raw=False
)
REQUEST = review_request(QUESTION.reading, SUBMISSION, RUBRIC, "en", short=False)
PRICE = Price(input_usd_nanos=10**9, output_usd_nanos=10**10)
# One hangs before its answer, one in it.
HANGING = {name: replace(FAKES[name], price=PRICE) for name in ("fake/hangs", "fake/stalls")}
LIMIT = 10**9
NAMES = pytest.mark.parametrize("name", [*HANGING])


@asynccontextmanager
async def behind_a_network() -> AsyncIterator[tuple[FakeModels, CuttableNetwork, ModelDirectory]]:
    fake = FakeModels(HANGING)
    async with AsyncExitStack() as stack:
        network = CuttableNetwork(await stack.enter_async_context(fake.start()))
        target = await stack.enter_async_context(network.listening())
        metrics = ModelMetrics(CollectorRegistry())
        yield fake, network, ModelDirectory([target], Security(), stack, metrics, max_age_seconds=0)


async def reviewed(
    directory: ModelDirectory, name: str, folder: Path, seconds: float = PATIENCE
) -> tuple[ModelResult, Spending]:
    spending = Spending(LIMIT)
    listed = (await directory.listing()).find(name)
    assert listed is not None
    async with SqliteStore.open(folder / "store", 60) as store:
        reviewer = ModelReviewer(directory, TrackRecords(), store)
        return await reviewer.ask(listed, QUESTION, spending, Deadline.after(seconds), None), spending


@NAMES
async def test_a_review_that_is_cut_in_its_middle_may_cost_all_that_was_reserved(
    name: str, tmp_path: Path
) -> None:
    async with behind_a_network() as (fake, network, directory):
        asking = asyncio.create_task(reviewed(directory, name, tmp_path))
        await fake.wait_for(name, STARTED)
        await network.cut()
        result, spending = await asking
    assert result.failure.reason == failure_pb2.ERROR_REASON_UNAVAILABLE
    assert result.usage == Usage(basis=USAGE_BASIS_UNKNOWN)
    # 4,096 tokens of output, and a prompt.
    assert 4096 * 10_000 < spending.committed < 2 * 4096 * 10_000


@NAMES
async def test_so_may_one_that_comes_to_its_deadline(name: str, tmp_path: Path) -> None:
    async with behind_a_network() as (_, _, directory):
        result, spending = await reviewed(directory, name, tmp_path, seconds=0.5)
    assert result.failure.reason == failure_pb2.ERROR_REASON_TIMEOUT
    assert result.usage == Usage(basis=USAGE_BASIS_UNKNOWN)
    assert spending.committed > 0


async def test_a_call_that_gives_its_whole_answer_at_once_is_no_exception() -> None:
    async with behind_a_network() as (fake, network, directory):
        listed = (await directory.listing()).find("fake/hangs")
        assert listed is not None
        asking = asyncio.create_task(directory.generate(listed, REQUEST, Deadline.after(PATIENCE)))
        await fake.wait_for("fake/hangs", STARTED)
        await network.cut()
        with pytest.raises(Unavailable) as caught:
            await asking
    assert usage_of(caught.value) == Usage(basis=USAGE_BASIS_UNKNOWN)


async def test_a_server_that_was_not_there_before_has_cost_nothing(tmp_path: Path) -> None:
    async with behind_a_network() as (_, network, directory):
        await directory.listing()
        await network.cut()
        result, spending = await reviewed(directory, "fake/hangs", tmp_path)
    assert result.failure.reason == failure_pb2.ERROR_REASON_UNAVAILABLE
    assert result.usage == Usage(basis=USAGE_BASIS_MEASURED)
    assert spending.committed == 0

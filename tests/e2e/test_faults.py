"""The fault suite in its short form: it counts calls and requests, and asserts no time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bench.faults.case import Case
from bench.faults.cases import cases
from bench.faults.chat_target import ChatServer
from bench.faults.grpc_targets import grpc_target
from bench.faults.play import Stage
from bench.faults.product import Product, chorus_before
from bench.faults.provider import FaultyProvider, faulty_provider
from rpckit.settings import Environment
from tests.e2e.processes import NOWHERE, run_to_end
from tests.patience import with_growing_deadline

pytestmark = pytest.mark.asyncio(loop_scope="module")

# One is a stream and one is not.
CALLS = 2
SECONDS = 3.0


@dataclass(frozen=True)
class FaultyChorus:
    """Holds Chorus, and the faulty provider behind it."""

    provider: FaultyProvider
    product: Product


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def faulty(folder: Path) -> AsyncIterator[FaultyChorus]:
    names = [each.name for each in cases()]
    async with (
        faulty_provider("127.0.0.1", 0) as provider,
        chorus_before(provider.address, names, folder) as product,
    ):
        yield FaultyChorus(provider, product)


@pytest.mark.parametrize("kind", ["model_server", "orchestrator"])
async def test_every_fault_ends_as_it_is_promised(faulty: FaultyChorus, kind: str) -> None:
    target, channel = await grpc_target(getattr(faulty.product, kind), Environment({}))
    left = cases()

    async def attempt(seconds: float) -> list[str]:
        stage = Stage(faulty.provider, faulty.product, CALLS, seconds)
        played = [each async for each in stage.play(left, target)]
        left[:] = [each.case for each in played if each.complaints]
        return [f"{each.case.name}: {'; '.join(each.complaints)}" for each in played if each.complaints]

    async with channel:
        # What was too slow for its deadline is played again, and nothing else.
        assert await with_growing_deadline(attempt, lambda broken: not broken, SECONDS) == []


async def test_a_gateway_that_only_passes_on_breaks_what_it_does_not_mend(faulty: FaultyChorus) -> None:
    kept = ["none", "503", "429-wait", "401", "filter"]
    broken = ["silence", "503-once", "302", "reset-body", "cut-stream", "empty", "html", "error-200", "drip"]
    chosen: list[Case] = [each for each in cases() if each.name in {*kept, *broken}]
    async with aiohttp.ClientSession() as session:
        gateway = ChatServer(session, f"{faulty.provider.address}/v1", key="")
        stage = Stage(faulty.provider, None, CALLS, SECONDS)
        played = [each async for each in stage.play(chosen, gateway)]
    assert {each.case.name for each in played if each.complaints} == set(broken)


async def test_a_running_server_is_asked_by_its_address(faulty: FaultyChorus, folder: Path) -> None:
    arguments = ("bench.faults", faulty.product.orchestrator, "--calls", "1", "--only", "none", "401")
    code, output, errors = await run_to_end(folder, *arguments)
    assert (code, errors) == (0, "")
    assert "2 of 2 kept" in output


async def test_a_broken_promise_shows_in_the_exit_code(folder: Path) -> None:
    arguments = ("bench.faults", f"http://{NOWHERE}/v1", "--calls", "1", "--only", "none")
    code, output, errors = await run_to_end(folder, *arguments)
    assert (code, errors) == (1, "")
    assert "BROKEN: ended with 1 a broken answer" in output


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ((NOWHERE,), f"nothing answers at {NOWHERE}"),
        (("--only", "earthquake"), "invalid choice: 'earthquake'"),
        (("--calls", "0"), "0 is not at least 1"),
        (("--listen", "8080"), "'8080' is not of the form host:port"),
    ],
)
async def test_what_cannot_be_played_is_said(folder: Path, arguments: tuple[str, ...], wrong: str) -> None:
    code, _, errors = await run_to_end(folder, "bench.faults", *arguments)
    assert code == 2
    assert wrong in errors
    assert "Traceback" not in errors


async def test_the_catalog_names_every_fault_to_ask_and_to_review(folder: Path) -> None:
    code, output, _ = await run_to_end(folder, "bench.faults", "--catalog", "--listen", "10.0.0.9:8080")
    assert code == 0
    for each in cases():
        for prefix in ("faults", "reviews"):
            assert f'base_url = "http://10.0.0.9:8080/{prefix}/{each.name}/v1"' in output

"""Tests several hosts with an address each, behind names that resolve to all replicas."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.events import Events
from tests.e2e.hosts import NetnsHost, Network, network, why_not
from tests.e2e.processes import until
from tests.fakes.authority import Authority
from tests.patience import PATIENCE

CONNECTION_AGE_SECONDS = 10.0
ORCHESTRATORS, MODELS = "orchestrators.chorus.test", "models.chorus.test"
ASKED = ("fake/good", "fake/slow")


@pytest_asyncio.fixture
async def hosts(tmp_path: Path, folder: Path) -> AsyncIterator["ReplicatedChorus"]:
    if reason := why_not():
        pytest.skip(reason)
    async with network(folder) as opened:
        yield ReplicatedChorus(opened, Authority(), tmp_path)


@dataclass
class ReplicatedChorus:
    """Starts orchestrators and model servers that talk mutual TLS, and a caller."""

    network: Network
    authority: Authority
    folder: Path

    def variables(self, host: NetnsHost, name: str, prefix: str, port: int) -> dict[str, str]:
        return {
            f"{prefix}_HOST": host.address,
            f"{prefix}_PORT": str(port),
            f"{prefix}_HEALTH_PORT": "9091",
            "CHORUS_TLS_DIR": str(self.authority.issue(self.folder / host.namespace, name)),
            "CHORUS_CONNECTION_AGE_SECONDS": str(CONNECTION_AGE_SECONDS),
        }

    async def orchestrator(self) -> NetnsHost:
        host = self.network.host()
        variables = self.variables(host, ORCHESTRATORS, "ORCHESTRATOR", 50051)
        await host.start("orchestrator", CHORUS_MODEL_SERVERS=f"dns:///{MODELS}:50052", **variables)
        return host

    async def model_server(self) -> NetnsHost:
        host = self.network.host()
        variables = self.variables(host, MODELS, "FAKE", 50052)
        events = self.events(host).path
        await host.start(
            "tests.fakes.model_server", FAKE_SLOW_SECONDS="0.5", FAKE_EVENTS=str(events), **variables
        )
        return host

    def events(self, model_server: NetnsHost) -> Events:
        return Events(self.folder / f"{model_server.namespace}.jsonl")

    async def ready(self, *hosts: NetnsHost) -> None:
        prober = self.network.host()
        probing = await prober.start("tests.e2e.probe", *(f"{each.address}:9091" for each in hosts))
        async with asyncio.timeout(PATIENCE):
            assert await probing.wait() == 0

    async def caller(self) -> "LoadGenerator":
        host = self.network.host()
        folder = self.authority.issue(self.folder / host.namespace, "caller")
        target = f"dns:///{ORCHESTRATORS}:50051"
        process = await host.start("tests.e2e.load", target, *ASKED, CHORUS_TLS_DIR=str(folder))
        return LoadGenerator(process)


@dataclass
class LoadGenerator:
    """Holds a process that keeps calling, and the outcome of each of its calls."""

    process: Process
    endings: list[str] = field(default_factory=list)

    async def listen(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.endings.append(line.decode().strip())

    async def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            assert await self.process.wait() == 0


async def test_no_call_fails_while_replicas_come_drain_and_die(hosts: ReplicatedChorus) -> None:
    orchestrators = [await hosts.orchestrator() for _ in range(3)]
    models = [await hosts.model_server() for _ in range(3)]
    await hosts.ready(*orchestrators, *models)
    hosts.network.name(ORCHESTRATORS, orchestrators)
    hosts.network.name(MODELS, models)
    caller = await hosts.caller()
    listening = asyncio.create_task(caller.listen())

    def at_work(replicas: list[NetnsHost], method: str) -> bool:
        return all(each.calls(method) for each in replicas)

    await until(lambda: at_work(orchestrators, "GetFeedback") and at_work(models, "StreamGenerate"))

    new_orchestrator, new_model = await hosts.orchestrator(), await hosts.model_server()
    await hosts.ready(new_orchestrator, new_model)
    hosts.network.name(ORCHESTRATORS, [*orchestrators, new_orchestrator])
    hosts.network.name(MODELS, [*models, new_model])
    # No connection is lost here. Clients resolve the name again because connections reach their age.
    await until(lambda: at_work([new_model], "StreamGenerate"))
    await until(lambda: at_work([new_orchestrator], "GetFeedback"))

    # As in the cluster, a replica leaves the name before it drains, and after it dies.
    hosts.network.name(ORCHESTRATORS, [*orchestrators[1:], new_orchestrator])
    hosts.network.name(MODELS, [*models[1:], new_model])
    assert await end_all(orchestrators[0], models[0], by=signal.SIGTERM) == [0, 0]

    events = hosts.events(models[1])

    def is_writing() -> bool:
        return events.seen("fake/slow", "started") > events.seen("fake/slow", "finished")

    await until(is_writing)
    answered = len(caller.endings)
    assert await end_all(orchestrators[1], models[1], by=signal.SIGKILL) == [-signal.SIGKILL, -signal.SIGKILL]
    hosts.network.name(ORCHESTRATORS, [orchestrators[2], new_orchestrator])
    hosts.network.name(MODELS, [models[2], new_model])
    await until(lambda: len(caller.endings) > answered + 100)
    await caller.stop()
    await listening

    assert not [each for each in caller.endings if not each.startswith("OK ")]
    # Both had calls in flight when they died, which others took over.
    assert is_writing()
    assert was_asked_again(orchestrators[1], models=[models[2], new_model])


async def end_all(*hosts: NetnsHost, by: signal.Signals) -> list[int]:
    return await asyncio.gather(*(each.end(by) for each in hosts))


def was_asked_again(dead: NetnsHost, models: list[NetnsHost]) -> bool:
    """Says whether, for one call of a caller, models were asked by a dead orchestrator and by another."""
    askers: defaultdict[str, set[str]] = defaultdict(set)
    for call in (each for model in models for each in model.calls("StreamGenerate")):
        askers[call["request_id"]].add(call["peer"].split(":")[1])
    return any(dead.address in each and len(each) > 1 for each in askers.values())

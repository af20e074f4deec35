"""Runs Chorus with several replicas of each server, which share a store, before an emulated provider."""

import asyncio
import json
import shutil
import sys
import urllib.request
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.soak.evidence import Sale
from bench.soak.name_server import name_server
from bench.soak.replica import Replica
from tests.e2e.processes import CLOUD_PROXY, ORCHESTRATOR, PROOFREADER, feedback_stub
from tests.fakes.recorder import free_port
from tests.fakes.redis_server import RedisServer

# As deploy/kustomize/components/redis has it.
REDIS_OPTIONS = ("appendonly yes", "appendfsync always")
_NAME = "proxies.test"
_HTTP_SECONDS = 30.0


@dataclass(frozen=True)
class Chorus:
    """Holds the replicas of each server, the store, a stub that reaches all orchestrators, and the provider.

    Attributes:
        redis: The store of several orchestrators; None: a SQLite file is that of the one there is.
        folder: Holds the logs of all processes that there have been.
    """

    orchestrators: list[Replica]
    proxies: list[Replica]
    proofreader: Replica
    redis: RedisServer | None
    stub: Any
    provider_url: str
    folder: Path

    @property
    def replicas(self) -> list[Replica]:
        """All processes of Chorus."""
        return [*self.orchestrators, *self.proxies, self.proofreader]

    async def sold(self) -> tuple[dict[str, list[Sale]], dict[str, int]]:
        """Asks the provider what it has sold, by essay and model, and how often it has failed, by fault."""

        def read() -> Any:
            url = f"{self.provider_url}/sold"
            with urllib.request.urlopen(url, timeout=_HTTP_SECONDS) as response:  # noqa: S310 - our own
                return json.loads(response.read())

        found = await asyncio.to_thread(read)
        return {key: [*map(Sale.of, sales)] for key, sales in found["sold"].items()}, found["faults"]


@asynccontextmanager
async def chorus(folder: Path, *, orchestrators: int, proxies: int) -> AsyncIterator[Chorus]:
    """Runs the processes while the block runs; then each that is up must drain and exit with 0."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        url = await enter(_provider())
        port = free_port()
        # Replicas of one name have one port, and an address each.
        hosts = [f"127.0.0.{number + 2}" for number in range(proxies)]
        names = await enter(name_server(hosts))
        settings = {
            "CLOUD_PROXY_CATALOG": str(Path(__file__).with_name("catalog.toml")),
            "OPENAI_API_KEY": "not-a-key",
            "HF_TOKEN": "hf_not-a-key",
        }
        behind = [
            Replica(
                f"cloud proxy {number}", CLOUD_PROXY, folder, settings | _provider_of(url, number), host, port
            )
            for number, host in enumerate(hosts)
        ]
        proofreader = Replica("proofreader", PROOFREADER, folder, {})
        redis = await _redis(stack, folder) if orchestrators > 1 else None
        settings = {
            "CHORUS_MODEL_SERVERS": f"dns://{names}/{_NAME}:{port},{proofreader.address}",
            # The name is not this machine's, though its addresses are.
            "CHORUS_INSECURE": "yes",
            "CHORUS_REDIS_URL": redis.url if redis else "",
        }
        before = [
            Replica(f"orchestrator {number}", ORCHESTRATOR, folder, settings)
            for number in range(orchestrators)
        ]
        for each in (*behind, proofreader, *before):
            await each.start()
            stack.push_async_callback(each.stop)
        stub = await enter(feedback_stub("ipv4:" + ",".join(each.address for each in before)))
        yield Chorus(before, behind, proofreader, redis, stub, url, folder)


def has_redis() -> bool:
    """Says whether several orchestrators can share a store here."""
    return shutil.which("redis-server") is not None


async def _redis(stack: AsyncExitStack, folder: Path) -> RedisServer:
    server = RedisServer(folder)
    stack.push_async_callback(server.kill)
    await server.start(*REDIS_OPTIONS)
    return server


def _provider_of(url: str, number: int) -> dict[str, str]:
    """Returns the settings of one cloud proxy, by whose path the provider knows it."""
    own = f"{url}/cloud-proxy-{number}/v1"
    return {"OPENAI_BASE_URL": own, "HF_BASE_URL": own}


@asynccontextmanager
async def _provider() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.soak.provider", stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()

"""Plants secrets and texts, lets calls succeed and fail, and then searches everything that gets out."""

import asyncio
import hashlib
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import grpc
import pytest
import pytest_asyncio

from chorus.feedback.v1 import feedback_service_pb2_grpc
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from tests.e2e.processes import CATALOG, CLOUD_PROXY, ORCHESTRATOR, ServerProcess, running
from tests.fakes.answers import SCORES_ALONE
from tests.fakes.authority import Authority
from tests.fakes.collector import Collector
from tests.fakes.providers import emulator, openai
from tests.fakes.providers.reply import Output, error
from tests.fakes.recorder import free_port
from tests.fakes.redis_server import PASSWORD, RedisServer, redis_server
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
KEY = "sk-planted-key-of-a-provider"
TOKEN = "planted-token-of-a-caller"  # noqa: S105 - of nothing
WRONG_TOKEN = "planted-token-of-nobody"  # noqa: S105 - of nothing
TEXT = "Planted words of a student. They must not be seen again."
MODEL = "openai/talker"


@dataclass(frozen=True)
class ChorusWithSecrets:
    """Holds a Chorus with every secret that it can have."""

    folder: Path
    stub: Any
    provider: emulator.Emulator
    redis: RedisServer
    collector: Collector
    processes: tuple[ServerProcess, ...]
    metrics_ports: tuple[int, ...]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector().running() as collector:
        yield collector


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(folder: Path, collector: Collector) -> AsyncIterator[ChorusWithSecrets]:
    authority = Authority()
    tokens = folder / "tokens"
    tokens.write_text(f"tutor:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n")
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        redis = await enter(redis_server(folder))
        provider = await enter(emulator.running(openai.ChatCompletions()))
        ports = (free_port(), free_port())
        common = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "CHORUS_TLS_DIR": str(authority.issue(folder / "server", "orchestrator")),
        }
        proxy = await enter(
            running(
                CLOUD_PROXY,
                folder,
                CLOUD_PROXY_CATALOG=str(CATALOG),
                CLOUD_PROXY_METRICS_PORT=str(ports[0]),
                OPENAI_BASE_URL=f"{provider.address}/v1",
                OPENAI_API_KEY=KEY,
                **common,
            )
        )
        token_port = free_port()
        orchestrator = await enter(
            running(
                ORCHESTRATOR,
                folder,
                CHORUS_MODEL_SERVERS=proxy.address,
                CHORUS_REDIS_URL=redis.url,
                CHORUS_CALLER_TOKENS=str(tokens),
                ORCHESTRATOR_TOKEN_PORT=str(token_port),
                ORCHESTRATOR_METRICS_PORT=str(ports[1]),
                **common,
            )
        )
        bare = grpc.ssl_channel_credentials((folder / "server" / "ca.crt").read_bytes())
        channel = await enter(grpc.aio.secure_channel(f"127.0.0.1:{token_port}", bare))
        stub = feedback_service_pb2_grpc.FeedbackServiceStub(channel)
        yield ChorusWithSecrets(folder, stub, provider, redis, collector, (proxy, orchestrator), ports)


_ANSWER = Output(pieces=(SCORES_ALONE,))


async def test_no_secret_and_no_text_gets_out(system: ChorusWithSecrets) -> None:
    seen: list[bytes] = []

    async def call(request_id: str, token: str) -> grpc.StatusCode:
        request = GetFeedbackRequest(submission=Submission(text=TEXT), models=[MODEL], request_id=request_id)
        metadata = (("authorization", f"Bearer {token}"),)
        try:
            await system.stub.GetFeedback(request, timeout=PATIENCE, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            seen.extend((repr(error).encode(), repr(error.trailing_metadata()).encode()))
            return error.code()
        return grpc.StatusCode.OK

    refusal = {"error": {"message": f"Incorrect API key provided: {KEY}. It said: {TEXT}", "code": "x"}}
    system.provider.script += [_ANSWER, _ANSWER, error(401, refusal)]
    assert await call("r1", WRONG_TOKEN) is grpc.StatusCode.UNAUTHENTICATED
    assert await call("r1", TOKEN) is grpc.StatusCode.OK
    await system.redis.kill()
    assert await call("r2", TOKEN) is grpc.StatusCode.OK
    assert await call("r3", TOKEN) is grpc.StatusCode.ABORTED

    seen += [await asyncio.to_thread(_page, port) for port in system.metrics_ports]
    seen += _command_lines()
    for process in system.processes:
        await process.end(signal.SIGTERM)
    seen += [process.log.read_bytes() for process in system.processes]
    # These words show that the search covers what it should.
    everything = b"\n".join([*seen, *system.collector.bodies])
    for word in (
        b"PROVIDER_AUTH",
        b"UNAUTHENTICATED",
        b"store fails",
        b"chorus_cost_usd",
        b"attempt",
        b"tutor",
    ):
        assert word in everything
    for secret in (KEY, TOKEN, WRONG_TOKEN, PASSWORD, *_words(TEXT), *_key_lines(system.folder)):
        assert secret.encode() not in everything


def _page(port: int) -> bytes:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as response:
        page: bytes = response.read()
        return page


def _command_lines() -> list[bytes]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        # A process may have ended meanwhile.
        with suppress(OSError):
            found.append(path.read_bytes())
    return found


def _words(text: str) -> list[str]:
    return [text[at : at + 12] for at in range(0, len(text) - 12, 6)]


def _key_lines(folder: Path) -> list[str]:
    lines = (folder / "server" / "tls.key").read_text().splitlines()
    return [line for line in lines if "PRIVATE KEY" not in line]

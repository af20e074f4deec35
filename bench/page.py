"""Prints what the page's server adds to reviews: one at a time, and those of many teachers at once.

    python -m bench.page [--teachers 50] [--rounds 5] [--pace 0.01] [--profile]

A provider that writes at a pace, a cloud proxy, an orchestrator and the page's server are real processes on
the loopback. Each review is one by three models, and its answer comes as a stream with early points. The
baseline is the same call made straight to the orchestrator, in turns with those through the page's server,
each teacher by a name of their own; what the caller takes for it is the "bare client", for the page's server
is one too. The processor time is that of all threads of a process, in milliseconds for one review; medians of
the rounds. The provider and the callers take their part of the machine, too.
"""

import argparse
import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import grpc

from bench.path.answers import essay
from bench.path.memory import sizes_of
from bench.path.reviews import processor_seconds, review_of
from chorus.feedback.v1.feedback_service_pb2 import StreamFeedbackRequest, StreamFeedbackResponse
from chorus.feedback.v1.merged_pb2 import Panel
from clients.web.server.visiting import call_metadata
from tests.e2e.processes import CLOUD_PROXY, ORCHESTRATOR, WEB, Program, feedback_stub, running, serving

_DEADLINE_SECONDS = 300.0
_HEADER = "x-forwarded-email"
_PATH = "/chorus.feedback.v1.FeedbackService/StreamFeedback"
_MODELS = [f"openai/paced-{voice}" for voice in "abc"]
_ENVELOPE_BYTES = 5
_END_OF_STREAM = 0x02

Review = Callable[[str, "Heard"], Awaitable[None]]


@dataclass
class Heard:
    """What callers heard of reviews, in seconds from their calls."""

    first_points: list[float] = field(default_factory=list)
    responses: list[float] = field(default_factory=list)
    failures: int = 0

    def take(self, event: StreamFeedbackResponse, seconds: float, *, is_first: bool) -> None:
        """Keeps when an event came that tells a first point, or everything."""
        if is_first:
            self.first_points.append(seconds)
        if event.HasField("response"):
            complete = event.response.merged.panel.state == Panel.STATE_COMPLETE
            self.responses.append(seconds)
            self.failures += not complete


@dataclass(frozen=True)
class Servers:
    """The processes whose time counts, and the two ways to a review."""

    page: int
    orchestrator: int
    ways: dict[str, Review]


async def main(teachers: int, rounds: int, pace: float, profile: Path | None) -> None:
    """Prints the tables."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = await stack.enter_async_context(_servers(folder, pace, profile))
        for review in servers.ways.values():  # what is made once at the first call
            await review("warm", Heard())
        if profile:
            os.kill(servers.page, signal.SIGUSR1)
        print(f"memory of the page's server at rest: {_memory(servers.page)}", flush=True)
        columns = (
            f"{'page':>7}{'bare client':>13}{'orchestrator':>14}{'direct':>8}{'page/direct':>13}{'failed':>8}"
        )
        print(f"\n{'CPU ms per review':18}{columns}")
        heard = await _table("one at a time", servers, 1, rounds)
        heard = await _table(f"{teachers} at once", servers, teachers, max(1, rounds // 2))
        print(f"\n{'seconds':18}{'first point':>16}{'':8}{'all':>8}")
        print(f"{f'{teachers} at once':18}{'p50':>8}{'p99':>8}{'p50':>8}{'p99':>8}")
        for name, each in heard.items():
            print(f"{name:18}{_percentiles(each.first_points)}{_percentiles(each.responses)}")
        print(f"\nmemory of the page's server after it: {_memory(servers.page)}")


async def _table(name: str, servers: Servers, at_once: int, rounds: int) -> dict[str, Heard]:
    """Prints what one review takes with so many at once; returns what was heard on each way."""
    heard = {way: Heard() for way in servers.ways}
    spent: dict[str, list[list[float]]] = {way: [] for way in servers.ways}
    pids = (servers.page, servers.orchestrator, os.getpid())
    for number in range(rounds):
        for way, review in servers.ways.items():
            before = list(map(processor_seconds, pids))
            await asyncio.gather(*(review(f"{number}.{each}", heard[way]) for each in range(at_once)))
            after = list(map(processor_seconds, pids))
            spent[way].append([1000 * (b - a) / at_once for a, b in zip(before, after, strict=True)])
    page, orchestrator, _ = map(statistics.median, zip(*spent["page"], strict=True))
    _, direct, bare = map(statistics.median, zip(*spent["direct"], strict=True))
    failures = sum(each.failures for each in heard.values())
    row = f"{page:7.1f}{bare:13.1f}{orchestrator:14.1f}{direct:8.1f}{page / direct:13.2f}{failures:8}"
    print(f"{name:18}{row}", flush=True)
    return heard


@asynccontextmanager
async def _servers(folder: Path, pace: float, profile: Path | None) -> AsyncIterator[Servers]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        url = await enter(_provider(pace))
        proxy = await enter(
            running(
                CLOUD_PROXY,
                folder,
                CLOUD_PROXY_CATALOG=str(Path(__file__).parent / "path" / "catalog.toml"),
                OPENAI_BASE_URL=url,
                OPENAI_API_KEY="not-a-key",
            )
        )
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=proxy.address))
        program = Program(("bench.path.profiled", str(profile), *WEB.arguments), WEB.port_variable)
        web = await enter(
            serving(
                program if profile else WEB,
                folder,
                CHORUS_SERVER=orchestrator.address,
                WEB_STATE_DIR=str(folder / "web"),
                WEB_IDENTITY_HEADER=_HEADER,
                WEB_IDENTITY_PROXIES="127.0.0.1",
            )
        )
        stub = await enter(feedback_stub(orchestrator.address))
        session = await enter(
            aiohttp.ClientSession(f"http://{web.address}", connector=aiohttp.TCPConnector(limit=0))
        )
        async with session.get("/api/session", headers={_HEADER: "teacher"}) as answer:
            token = (await answer.json())["csrf"]
        headers = {"cookie": f"chorus_csrf={token}", "x-chorus-csrf": token}
        yield Servers(
            page=web.process.pid,
            orchestrator=orchestrator.process.pid,
            ways={
                "direct": lambda teacher, heard: _direct(stub, teacher, heard),
                "page": lambda teacher, heard: _through_page(session, headers, teacher, heard),
            },
        )


async def _direct(stub: Any, teacher: str, heard: Heard) -> None:
    began_at, is_first = time.monotonic(), True
    try:
        call = stub.StreamFeedback(_request(), timeout=_DEADLINE_SECONDS, metadata=call_metadata("", teacher))
        async for event in call:
            has_points = event.HasField("delta")
            heard.take(event, time.monotonic() - began_at, is_first=is_first and has_points)
            is_first = is_first and not has_points
    except grpc.aio.AioRpcError:
        heard.failures += 1


async def _through_page(
    session: aiohttp.ClientSession, headers: dict[str, str], teacher: str, heard: Heard
) -> None:
    began_at, is_first, is_whole = time.monotonic(), True, False
    message = _request().SerializeToString()
    sent = headers | {
        _HEADER: teacher,
        "content-type": "application/connect+proto",
        "connect-protocol-version": "1",
        "connect-timeout-ms": str(round(1000 * _DEADLINE_SECONDS)),
    }
    body = b"\0" + len(message).to_bytes(4, "big") + message
    try:
        async with session.post(_PATH, data=body, headers=sent) as answer:
            while not answer.content.at_eof():
                head = await answer.content.readexactly(_ENVELOPE_BYTES)
                data = await answer.content.readexactly(int.from_bytes(head[1:], "big"))
                if head[0] & _END_OF_STREAM:
                    break
                event = StreamFeedbackResponse.FromString(data)
                has_points = event.HasField("delta")
                heard.take(event, time.monotonic() - began_at, is_first=is_first and has_points)
                is_first = is_first and not has_points
                is_whole = event.HasField("response")
    except (aiohttp.ClientError, asyncio.IncompleteReadError):
        is_whole = False
    heard.failures += not is_whole


def _request() -> StreamFeedbackRequest:
    return StreamFeedbackRequest(request=review_of(essay(), "en", _MODELS))


@asynccontextmanager
async def _provider(pace: float) -> AsyncIterator[str]:
    """Runs the provider; yields its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.path.provider", str(pace), stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.stdin.close()
        await process.wait()


def _percentiles(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return f"{cuts[49]:8.2f}{cuts[98]:8.2f}"


def _memory(pid: int) -> str:
    resident, _, private = sizes_of(pid)
    return f"{resident:.0f} MiB, {private:.0f} of them its own alone"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--teachers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pace", type=float, default=0.01, help="seconds from one token to the next")
    parser.add_argument("--profile", action="store_true", help="say where the time of the page's server goes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as profiles:
        file = Path(profiles) / "page" if arguments.profile else None
        asyncio.run(main(arguments.teachers, arguments.rounds, arguments.pace, file))
        if file:
            print(f"\n{file.read_text('utf-8')}")

"""Tests what Prometheus reads from a server."""

import asyncio
import urllib.request
from typing import Any, cast

import grpc
import pytest
from prometheus_client.parser import text_string_to_metric_families

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import GenerateRequest
from rpckit.channel import connect
from rpckit.memory_in_use import malloc_bytes
from rpckit.settings import SettingError
from tests.fakes.recorder import SERVICE, Recorder, free_port
from tests.patience import PATIENCE

GENERATE = f"/{SERVICE}/Generate"
Labels = dict[str, str]


async def page(port: int) -> str:
    def read() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as response:
            return str(response.read().decode())

    return await asyncio.to_thread(read)


def samples(page: str) -> list[tuple[str, Labels, float]]:
    families = text_string_to_metric_families(page)
    return [(each.name, each.labels, each.value) for family in families for each in family.samples]


def value(page: str, name: str, **labels: str) -> float:
    return next(found for each, those, found in samples(page) if (each, those) == (name, labels))


async def test_calls_are_counted_while_they_run_and_when_they_end() -> None:
    recorder, metrics_port = Recorder(), free_port()
    variables = {"X_METRICS_PORT": str(metrics_port), "X_MAX_IN_FLIGHT": "1"}
    async with (
        recorder.start(**variables) as port,
        connect(f"127.0.0.1:{port}", SERVICE) as channel,
    ):
        stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError):
            await stub.Generate(GenerateRequest(system_instruction="fail"), timeout=PATIENCE)

        running = asyncio.ensure_future(
            stub.Generate(GenerateRequest(system_instruction="wait"), timeout=PATIENCE)
        )
        await recorder.started.wait()
        queued = asyncio.ensure_future(stub.Generate(GenerateRequest(), timeout=PATIENCE))
        while value(await page(metrics_port), "chorus_calls_queued") != 1:
            pass
        assert value(await page(metrics_port), "chorus_calls_in_flight") == 2

        recorder.go.set()
        await asyncio.gather(running, queued)
        text = await page(metrics_port)
    assert value(text, "chorus_calls_in_flight") == value(text, "chorus_calls_queued") == 0
    assert value(text, "chorus_calls_total", method=GENERATE, code="OK", reason="", caller="other") == 2
    failed = {"code": "UNAVAILABLE", "reason": "UNAVAILABLE", "caller": "other"}
    assert value(text, "chorus_calls_total", method=GENERATE, **failed) == 1
    assert value(text, "chorus_call_seconds_count", method=GENERATE) == 3


async def test_tasks_are_counted_until_they_end() -> None:
    metrics_port = free_port()
    async with Recorder().start(X_METRICS_PORT=str(metrics_port)):
        before = value(await page(metrics_port), "chorus_asyncio_tasks")
        go = asyncio.Event()
        waiting = [asyncio.create_task(go.wait()) for _ in range(5)]
        assert value(await page(metrics_port), "chorus_asyncio_tasks") == before + 5
        go.set()
        await asyncio.gather(*waiting)
        assert value(await page(metrics_port), "chorus_asyncio_tasks") == before


@pytest.mark.skipif(not malloc_bytes(), reason="this is not glibc")
async def test_what_is_in_use_is_told_and_what_is_freed_is_not() -> None:
    metrics_port = free_port()
    async with Recorder().start(X_METRICS_PORT=str(metrics_port)):
        before = value(await page(metrics_port), "chorus_malloc_bytes")
        held = [bytes(2**20) for _ in range(20)]
        assert value(await page(metrics_port), "chorus_malloc_bytes") > before + 19 * 2**20
        held.clear()
        after = await page(metrics_port)
    assert value(after, "chorus_malloc_bytes") < before + 10 * 2**20
    assert value(after, "chorus_python_blocks") > 0


async def test_no_label_holds_what_a_caller_wrote() -> None:
    metrics_port = free_port()
    async with (
        Recorder().start(X_METRICS_PORT=str(metrics_port)) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        for method in (f"/{SERVICE}/Unknown", "/not.Ours/Generate"):
            with pytest.raises(grpc.aio.AioRpcError):
                await cast("Any", channel.unary_unary(method))(b"", timeout=PATIENCE)
        text = await page(metrics_port)
    assert not any("Unknown" in line or "not.Ours" in line for line in text.splitlines())


async def test_a_taken_port_names_its_variable() -> None:
    port = free_port()
    async with Recorder().start(X_METRICS_PORT=str(port)):
        with pytest.raises(SettingError, match=r"X_METRICS_PORT: cannot listen"):
            async with Recorder().start(X_METRICS_PORT=str(port)):
                pass

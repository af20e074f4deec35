"""Tests what a server reports of itself to clients that watch it and to probes that ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from rpckit.errors import InvalidRequest, from_rpc_error
from rpckit.health import LIVENESS
from rpckit.server import Host, serving
from rpckit.settings import Environment, ServerSettings
from tests.fakes.recorder import ServerOnlySettings, free_port
from tests.patience import PATIENCE

LOADING, READY = "loading.v1.Service", "ready.v1.Service"
SERVING, NOT_SERVING = HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING


@asynccontextmanager
async def health_of(port: int) -> AsyncIterator[Any]:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield health_pb2_grpc.HealthStub(channel)


@asynccontextmanager
async def host_of(**variables: str) -> AsyncIterator[tuple[Host, int]]:
    """Runs a server of two services, one of which still loads."""
    hosts: list[Host] = []

    async def register(host: Host, _: ServerOnlySettings) -> None:
        await host.set_ready(LOADING, ready=False)
        await host.set_ready(READY, ready=True)
        hosts.append(host)

    environment = Environment({"X_PORT": "0", "CHORUS_DRAIN_PAUSE_SECONDS": "0"} | variables)
    async with serving(ServerOnlySettings(ServerSettings.read(environment, "X", port=0)), register) as port:
        yield hosts[0], port


async def status(stub: Any, service: str) -> int:
    answer: HealthCheckResponse = await stub.Check(HealthCheckRequest(service=service), timeout=PATIENCE)
    return answer.status


async def test_a_process_is_ready_when_all_its_services_are_and_alive_before_that() -> None:
    async with host_of() as (host, port), health_of(port) as stub:
        said = [await status(stub, each) for each in (READY, LOADING, "", LIVENESS)]
        assert said == [SERVING, NOT_SERVING, NOT_SERVING, SERVING]
        await host.set_ready(LOADING, ready=True)
        assert await status(stub, "") == SERVING


async def test_of_an_unknown_service_nothing_is_said() -> None:
    async with host_of() as (_, port), health_of(port) as stub:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await status(stub, "unknown.v1.Service")
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_who_watches_is_told_though_another_watcher_left() -> None:
    async with host_of() as (host, port), health_of(port) as stub, health_of(port) as other:
        watches = [each.Watch(HealthCheckRequest(service=LOADING)) for each in (stub, other)]
        assert [(await each.read()).status for each in watches] == [NOT_SERVING, NOT_SERVING]
        watches[0].cancel()
        # When the server has answered two more calls, it has seen the watcher leave.
        await asyncio.gather(*(status(stub, "") for _ in range(2)))
        await host.set_ready(LOADING, ready=True)
        async with asyncio.timeout(PATIENCE):
            assert (await watches[1].read()).status == SERVING


async def test_probes_have_a_port_of_their_own_and_find_a_draining_process_alive() -> None:
    health_port = free_port()
    async with health_of(health_port) as probes, host_of(X_HEALTH_PORT=str(health_port)) as (host, _):
        await host.set_ready(LOADING, ready=True)
        assert [await status(probes, each) for each in ("", LIVENESS)] == [SERVING, SERVING]
        host.health.drain()
        assert [await status(probes, each) for each in ("", LIVENESS)] == [NOT_SERVING, SERVING]


async def test_malformed_bytes_of_a_probe_are_named_by_their_message() -> None:
    health_port = free_port()
    async with (
        host_of(X_HEALTH_PORT=str(health_port)),
        grpc.aio.insecure_channel(f"127.0.0.1:{health_port}") as channel,
    ):
        check: Any = channel.unary_unary("/grpc.health.v1.Health/Check")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await check(b"\xff\xff\xff", timeout=PATIENCE)
    error = from_rpc_error(caught.value)
    assert isinstance(error, InvalidRequest)
    assert [*error.metadata] == ["grpc.health.v1.HealthCheckRequest"]

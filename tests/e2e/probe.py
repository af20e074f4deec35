"""Waits until all servers report themselves ready: `python -m tests.e2e.probe ADDRESS...`."""

import asyncio
import sys
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc


async def _until_ready(address: str) -> None:
    async with grpc.aio.insecure_channel(address, [("grpc.max_reconnect_backoff_ms", 200)]) as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        watch = stub.Watch(health_pb2.HealthCheckRequest(), wait_for_ready=True)
        while (await watch.read()).status != health_pb2.HealthCheckResponse.SERVING:
            pass


async def main(addresses: list[str]) -> None:
    """Waits for all of the servers."""
    await asyncio.gather(*map(_until_ready, addresses))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))

"""Stands between a caller and a server, and lets through only what the released contract knows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool

_RELEASED = Path(__file__).parents[2] / "protos" / "released.binpb"


def released_pool() -> Any:
    """The messages and services of the last release, beside today's."""
    pool: Any = DescriptorPool()
    for file in FileDescriptorSet.FromString(_RELEASED.read_bytes()).file:
        pool.Add(file)
    return pool


@dataclass
class ReleasedLens(grpc.GenericRpcHandler):
    """Forwards each call of the services that are named; messages lose what the release had not.

    A method that the release lacks is UNIMPLEMENTED, as it was there. `seen` lists the methods called.
    """

    channel: Any
    methods: dict[str, MethodDescriptor]
    seen: list[str] = field(default_factory=list)

    def service(self, handler_call_details: Any) -> Any:
        """Finds the handler of a method by its path; None: the release has none."""
        path = handler_call_details.method
        method = self.methods.get(path)
        if method is None:
            return None
        self.seen.append(method.name)
        asked = message_factory.GetMessageClass(method.input_type)
        answered = message_factory.GetMessageClass(method.output_type)

        def reduced(kind: Any, data: bytes) -> bytes:
            message = kind.FromString(data)
            message.DiscardUnknownFields()
            return bytes(message.SerializeToString())

        async def unary(request: bytes, context: Any) -> bytes:
            call = self.channel.unary_unary(path)(reduced(asked, request), timeout=context.time_remaining())
            try:
                return reduced(answered, await call)
            except grpc.aio.AioRpcError as error:
                await context.abort(error.code(), error.details(), error.trailing_metadata())
                raise

        async def stream(request: bytes, context: Any) -> AsyncIterator[bytes]:
            call = self.channel.unary_stream(path)(reduced(asked, request), timeout=context.time_remaining())
            try:
                async for each in call:
                    yield reduced(answered, each)
            except grpc.aio.AioRpcError as error:
                await context.abort(error.code(), error.details(), error.trailing_metadata())

        if method.server_streaming:
            return grpc.unary_stream_rpc_method_handler(stream)
        return grpc.unary_unary_rpc_method_handler(unary)


@asynccontextmanager
async def through_the_release(address: str, *services: str) -> AsyncIterator[tuple[str, ReleasedLens]]:
    """Serves the named services of a server as the release knows them; yields the address, and the lens."""
    pool = released_pool()
    methods = {
        f"/{service}/{method.name}": method
        for service in services
        for method in pool.FindServiceByName(service).methods
    }
    async with grpc.aio.insecure_channel(address) as channel:
        lens = ReleasedLens(channel, methods)
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((lens,))
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            yield f"127.0.0.1:{port}", lens
        finally:
            await server.stop(None)

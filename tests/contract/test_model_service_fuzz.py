"""The same odd requests go to every model server: each says of each whether it is malformed, and lives on."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings

from chorus.model.v1.model_service_pb2 import GenerateRequest, StreamGenerateRequest, StreamGenerateResponse
from modelkit.servicer import MODEL_SERVICE
from rpckit.channel import connect
from rpckit.errors import BadOutput, ChorusError, InputTooLong, InvalidRequest, NotSupported, from_rpc_error
from tests.contract.fuzzed import fuzzed_requests
from tests.contract.requests import answer_request
from tests.contract.subject import Subject, model_servers
from tests.patience import PATIENCE

# What a server may say of a request that is well-formed.
WELL_FORMED = (NotSupported, InputTooLong, BadOutput)
# One of each service, and each adapter of the cloud proxy: an SDK may stumble where another does not.
SUBJECTS = [
    each
    for each in itertools.chain.from_iterable(parameter.values for parameter in model_servers())
    if isinstance(each, Subject) and each.name != "proofreader-structure"
]

pytestmark = pytest.mark.asyncio(loop_scope="module")


class FuzzedServer:
    """A subject's server that is asked with bytes, of which it makes what it can."""

    def __init__(self, subject: Subject, channel: grpc.aio.Channel) -> None:
        self.subject = subject
        self._stream: Any = channel.unary_stream(
            f"/{MODEL_SERVICE}/StreamGenerate", response_deserializer=StreamGenerateResponse.FromString
        )

    async def failure(self, request: bytes) -> ChorusError | None:
        """Why there is no answer; None if one begins."""
        # The last value of a field counts.
        named = request + GenerateRequest(model=self.subject.model).SerializeToString()
        outer = StreamGenerateRequest.DESCRIPTOR.fields_by_name["request"]
        message = bytes([outer.number << 3 | 2]) + _varint(len(named)) + named
        call = self._stream(message, timeout=PATIENCE)
        try:
            await call.read()
        except grpc.aio.AioRpcError as error:
            return from_rpc_error(error)
        finally:
            call.cancel()
        return None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[list[FuzzedServer]]:
    async with AsyncExitStack() as stack:
        running = []
        for subject in SUBJECTS:
            target = await stack.enter_async_context(subject.start())
            channel = await stack.enter_async_context(connect(target, MODEL_SERVICE))
            # gRPC shares connections: a port that an earlier server here had may still count as refused.
            await channel.channel_ready()
            running.append(FuzzedServer(subject, channel))
        yield running


@settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(request_=fuzzed_requests())
async def test_every_server_takes_the_same_requests(servers: list[FuzzedServer], request_: bytes) -> None:
    failures = await asyncio.gather(*(each.failure(request_) for each in servers))
    wrong = [each.metadata if isinstance(each, InvalidRequest) else {} for each in failures]
    assert all(fields == wrong[0] for fields in wrong)
    for server, failure in zip(servers, failures, strict=True):
        is_expected = failure is None or isinstance(failure, (InvalidRequest, *WELL_FORMED))
        assert is_expected, (server.subject.name, failure)


async def test_every_server_lives_on(servers: list[FuzzedServer]) -> None:
    plain = answer_request("").SerializeToString()
    assert await asyncio.gather(*(each.failure(plain) for each in servers)) == [None] * len(servers)


def _varint(number: int) -> bytes:
    groups = []
    while number > 0x7F:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])

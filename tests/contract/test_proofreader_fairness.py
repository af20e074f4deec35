"""One text takes the proofreader from nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import grpc
import pytest

from chorus.model.v1.generation_pb2 import FINISH_REASON_STOP
from chorus.model.v1.model_service_pb2 import GenerateResponse
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from rpckit.server import serving
from rpckit.settings import Environment
from tests.contract.requests import answer_request
from tests.hostile_texts import HOSTILE_TEXTS
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from chorus.model.v1.model_service_pb2_grpc import ModelServiceAsyncStub

LANGUAGE = "chorus/proofreader-language"
# Nothing but its own length bounds a reading.
UNBOUNDED = str(100 * PATIENCE)


@asynccontextmanager
async def proofreader(**variables: str) -> AsyncIterator["ModelServiceAsyncStub"]:
    pytest.importorskip("spellchecker", reason="pyspellchecker comes with the extra 'proofreader'")
    from services.proofreader.__main__ import register  # noqa: PLC0415 - needs the extra
    from services.proofreader.settings import ProofreaderSettings  # noqa: PLC0415

    settings = {"PROOFREADER_PORT": "0", "CHORUS_DRAIN_PAUSE_SECONDS": "0", "PROOFREADER_THREADS": "1"}
    async with (
        serving(ProofreaderSettings.read(Environment(settings | variables)), register) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        yield cast("ModelServiceAsyncStub", ModelServiceStub(channel))


async def test_an_honest_text_is_read_while_hostile_ones_are() -> None:
    hostile = answer_request(LANGUAGE, HOSTILE_TEXTS["misspelt Korean"](100_000))
    async with proofreader(PROOFREADER_CPU_SECONDS=UNBOUNDED) as stub:
        calls = [stub.Generate(hostile, timeout=PATIENCE) for _ in range(3)]
        # They have reached the server once it has answered a call that came after them.
        for _ in range(3):
            answer = await stub.Generate(answer_request(LANGUAGE), timeout=PATIENCE)
            assert answer.completion.finish_reason == FINISH_REASON_STOP
        assert not any(call.done() for call in calls)
        for call in calls:
            call.cancel()
        await asyncio.wait(map(asyncio.ensure_future, map(_end, calls)))


async def _end(call: Awaitable[GenerateResponse]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await call

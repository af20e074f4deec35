import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, PanelPolicy, StreamFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.model_service_pb2 import GenerateRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from rpckit.errors import Unavailable
from tests.contract.requests import answer_request
from tests.e2e.events import Events
from tests.e2e.processes import (
    CATALOG,
    CLOUD_PROXY,
    FAKE,
    GEMMA,
    ORCHESTRATOR,
    PROOFREADER,
    ServerProcess,
    feedback_stub,
    running,
    serving,
    until,
)
from tests.failed_call import failure
from tests.fakes.providers.emulator import Emulator
from tests.fakes.providers.emulator import running as emulating
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.reply import SILENT
from tests.hostile_texts import HOSTILE_TEXTS
from tests.patience import PATIENCE, with_growing_deadline

LANGUAGE = "chorus/proofreader-language"
TEXT = "Our school needs a garden. Students would learn how plants grow."


def asking(*models: str, request_id: str = "") -> GetFeedbackRequest:
    return GetFeedbackRequest(
        submission=Submission(text=TEXT),
        models=models,
        policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE, min_models=len(models)),
        request_id=request_id,
    )


@pytest.mark.parametrize("stops_first", ["orchestrator", "model server"])
async def test_a_process_that_is_told_to_stop_answers_what_it_has_begun(
    tmp_path: Path, folder: Path, stops_first: str
) -> None:
    events, go = Events(tmp_path / "events.jsonl"), tmp_path / "go"
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        settings = {"FAKE_EVENTS": str(events.path), "FAKE_SLOW_UNTIL": str(go)}
        fake = await enter(running(FAKE, folder, **settings))
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=fake.address))
        stub = await enter(feedback_stub(orchestrator.address))
        call = asyncio.ensure_future(stub.GetFeedback(asking("fake/slow", "fake/good"), timeout=PATIENCE))
        await until(lambda: events.seen("fake/slow", "started") == 1)

        stopping: ServerProcess = {"orchestrator": orchestrator, "model server": fake}[stops_first]
        ended = asyncio.ensure_future(stopping.end(signal.SIGTERM))
        await until(lambda: '"draining"' in stopping.logged())
        assert not call.done()
        go.touch()
        assert (await call).merged.panel.answered == 2
        assert await ended == 0


async def test_gemma_does_not_wait_for_its_weights_when_it_is_told_to_stop(folder: Path) -> None:
    pytest.importorskip("torch", reason="torch comes with the extra 'gemma'")
    config, writers = folder / "config.json", list[int]()
    os.mkfifo(config)

    def is_read() -> bool:
        with suppress(OSError):
            writers.append(os.open(config, os.O_WRONLY | os.O_NONBLOCK))
        return bool(writers)

    async with serving(GEMMA, folder, GEMMA_MODEL=str(folder)) as gemma:
        await until(is_read)
        # Nothing is written to the pipe, so the load never ends by itself.
        assert await gemma.end(signal.SIGTERM) == 0
    assert "Traceback" not in gemma.logged()
    os.close(writers[0])


async def test_a_text_that_is_being_read_keeps_no_proofreader_from_stopping(folder: Path) -> None:
    pytest.importorskip("spellchecker", reason="pyspellchecker comes with the extra 'proofreader'")
    settings = {"PROOFREADER_CPU_SECONDS": str(100 * PATIENCE), "CHORUS_DRAIN_GRACE_SECONDS": "0"}
    async with (
        running(PROOFREADER, folder, **settings) as proofreader,
        grpc.aio.insecure_channel(proofreader.address) as channel,
    ):
        stub: Any = ModelServiceStub(channel)
        shapes = ("a sentence, then at signs", "misspelt Korean", "misspelt English")
        hostile = [answer_request(LANGUAGE, HOSTILE_TEXTS[each](100_000)) for each in shapes]
        calls = [asyncio.ensure_future(_outcome(stub, each)) for each in hostile]
        # It answers, though it reads them.
        await stub.Generate(answer_request(LANGUAGE), timeout=PATIENCE)
        assert await proofreader.end(signal.SIGTERM) == 0
        await asyncio.gather(*calls)


async def _outcome(stub: Any, request: GenerateRequest) -> None:
    with suppress(grpc.aio.AioRpcError):
        await stub.Generate(request, timeout=PATIENCE)


async def test_what_is_stored_survives_the_death_of_the_process(tmp_path: Path, folder: Path) -> None:
    events = Events(tmp_path / "events.jsonl")
    answered, unanswered = asking("fake/good", request_id="a"), asking("fake/second", "fake/stalls")
    unanswered.request_id = "b"
    async with running(FAKE, folder, FAKE_EVENTS=str(events.path)) as fake:
        settings = {"CHORUS_MODEL_SERVERS": fake.address, "CHORUS_STATE_DIR": str(tmp_path)}
        async with (
            running(ORCHESTRATOR, folder, **settings) as orchestrator,
            feedback_stub(orchestrator.address) as stub,
        ):
            before = await stub.GetFeedback(answered, timeout=PATIENCE)
            stream = stub.StreamFeedback(StreamFeedbackRequest(request=unanswered), timeout=PATIENCE)
            while not (await stream.read()).HasField("result"):
                pass
            await orchestrator.end(signal.SIGKILL)
            assert isinstance(await failure(stream.read()), Unavailable)

        async with (
            running(ORCHESTRATOR, folder, **settings) as orchestrator,
            feedback_stub(orchestrator.address) as stub,
        ):
            after = await stub.GetFeedback(answered, timeout=PATIENCE)
            assert after.replayed
            after.replayed = False
            assert after.SerializeToString(deterministic=True) == before.SerializeToString(deterministic=True)

            stream = stub.StreamFeedback(StreamFeedbackRequest(request=unanswered), timeout=PATIENCE)
            while not (event := await stream.read()).HasField("result"):
                pass
            assert event.result.model == "fake/second"
            stream.cancel()
        assert events.seen("fake/good", "started") == 1
        # This answer was paid for before the process died.
        assert events.seen("fake/second", "started") == 1


@dataclass(frozen=True)
class ChorusWithOneProvider:
    """Holds the stub of Chorus, and the one provider that it has a key for."""

    stub: Any
    provider: Emulator


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(folder: Path) -> AsyncIterator[ChorusWithOneProvider]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        provider = await enter(emulating(ChatCompletions()))
        settings = {
            "CLOUD_PROXY_CATALOG": str(CATALOG),
            "OPENAI_BASE_URL": f"{provider.address}/v1",
            "OPENAI_API_KEY": "not-a-key",
        }
        proxy = await enter(running(CLOUD_PROXY, folder, **settings))
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=proxy.address))
        yield ChorusWithOneProvider(await enter(feedback_stub(orchestrator.address)), provider)


def _unary(stub: Any, timeout: float) -> Any:
    return stub.GetFeedback(asking("openai/talker"), timeout=timeout)


def _stream(stub: Any, timeout: float) -> Any:
    return stub.StreamFeedback(StreamFeedbackRequest(request=asking("openai/talker")), timeout=timeout)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("start_call", [_unary, _stream])
@pytest.mark.parametrize("end", ["cancel", "deadline"])
async def test_the_end_of_a_call_reaches_the_provider(
    system: ChorusWithOneProvider, start_call: Callable[[Any, float], Any], end: str
) -> None:
    provider = system.provider
    provider.script.append(SILENT)
    provider.reached.clear()
    provider.hung_up.clear()
    if end == "cancel":
        call = start_call(system.stub, PATIENCE)
        async with asyncio.timeout(PATIENCE):
            await provider.reached.wait()
        assert not provider.hung_up.is_set()
        call.cancel()
    else:

        async def time_out(seconds: float) -> Any:
            return await start_call(system.stub, seconds).code()

        await with_growing_deadline(time_out, lambda _: provider.reached.is_set(), 3)
    async with asyncio.timeout(PATIENCE):
        await provider.hung_up.wait()

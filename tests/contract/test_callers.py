"""Tests callers that say who they are, by a token or a certificate, and callers that do not."""

import asyncio
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import (
    GenerateRequest,
    GenerateResponse,
    ListModelsRequest,
    StreamGenerateRequest,
)
from rpckit.call import ON_BEHALF_OF_KEY
from rpckit.certificates import CertificateFolder
from rpckit.channel import connect
from rpckit.errors import InvalidRequest, RateLimited, Unauthenticated
from rpckit.settings import Security, SettingError
from tests.failed_call import failure
from tests.fakes.authority import Authority
from tests.fakes.json_log import json_log
from tests.fakes.recorder import SERVICE, Recorder, free_port
from tests.patience import PATIENCE

TOKEN = "a-token-of-the-tutor"  # noqa: S105 - of nothing
REQUEST = GenerateRequest()


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    path = tmp_path / "tokens"
    path.write_text(f"tutor:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n")
    return path


def two_callers(folder: Path) -> Path:
    path = folder / "two"
    holders = {"tutor": TOKEN, "library": "another"}
    path.write_text(
        "".join(f"{name}:{hashlib.sha256(token.encode()).hexdigest()}\n" for name, token in holders.items())
    )
    return path


def models(channel: grpc.aio.Channel) -> Any:
    return model_service_pb2_grpc.ModelServiceStub(channel)


def bearer(token: str) -> tuple[tuple[str, str]]:
    return (("authorization", f"Bearer {token}"),)


async def test_a_call_without_a_valid_token_gets_nothing(tokens: Path) -> None:
    recorder = Recorder()
    async with (
        recorder.start(CHORUS_CALLER_TOKENS=str(tokens)) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        stub = models(channel)
        for metadata in ((), bearer("another"), bearer(""), (("authorization", TOKEN),)):
            for call in (
                stub.Generate(REQUEST, timeout=PATIENCE, metadata=metadata),
                stub.ListModels(ListModelsRequest(), timeout=PATIENCE, metadata=metadata),
                stub.StreamGenerate(StreamGenerateRequest(), timeout=PATIENCE, metadata=metadata).read(),
                stub.Generate(REQUEST, metadata=metadata),
            ):
                error = await failure(call)
                assert isinstance(error, Unauthenticated)
                assert "another" not in error.text
        assert recorder.calls == []
        assert await stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN)) == GenerateResponse()
        assert recorder.calls[-1].caller == "tutor"


async def test_tokens_are_looked_at_the_later_the_more_are_wrong_and_known_ones_at_once(tokens: Path) -> None:
    async with (
        Recorder().start(CHORUS_CALLER_TOKENS=str(tokens)) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        stub = models(channel)

        def wrong() -> Any:
            return stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer("another"))

        assert await stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN)) == GenerateResponse()
        for _ in range(9):
            assert isinstance(await failure(wrong()), Unauthenticated)
        late = [asyncio.ensure_future(failure(wrong())) for _ in range(100)]
        await asyncio.wait(late, return_when=asyncio.FIRST_COMPLETED)
        assert await stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN)) == GenerateResponse()
        assert sum(not each.done() for each in late) >= 64
        kinds = Counter(type(each) for each in await asyncio.gather(*late))
    assert kinds == {Unauthenticated: 64, RateLimited: 36}


async def test_the_log_names_the_caller_of_each_call(
    tokens: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with json_log():
        async with (
            Recorder().start(CHORUS_CALLER_TOKENS=str(tokens)) as port,
            grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
        ):
            await models(channel).Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN))
            await failure(models(channel).Generate(REQUEST, timeout=PATIENCE, metadata=bearer("another")))
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["caller"] for line in lines if line["event"] == "call"] == ["tutor", ""]


async def test_a_delegate_calls_for_people_and_nobody_else_does(tmp_path: Path) -> None:
    recorder = Recorder()
    variables = {"CHORUS_CALLER_TOKENS": str(two_callers(tmp_path)), "CHORUS_DELEGATES": "page, tutor"}
    async with (
        recorder.start(**variables) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):

        def generate(token: str, *people: str) -> Any:
            metadata = (*bearer(token), *((ON_BEHALF_OF_KEY, each) for each in people))
            return models(channel).Generate(REQUEST, timeout=PATIENCE, metadata=metadata)

        await generate(TOKEN, "kim")
        await generate(TOKEN)
        assert isinstance(await failure(generate("another", "kim")), Unauthenticated)
        for wrong in (["kim", "lee"], ["k:m"], ["k" * 101], ["k m"]):
            error = await failure(generate(TOKEN, *wrong))
            assert isinstance(error, InvalidRequest)
            assert [*error.metadata] == [ON_BEHALF_OF_KEY]
    assert [call.caller for call in recorder.calls] == ["tutor:kim", "tutor"]


async def test_where_nobody_needs_a_name_anyone_may_say_for_whom_it_calls() -> None:
    recorder = Recorder()
    async with recorder.start() as port, grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        metadata = ((ON_BEHALF_OF_KEY, "kim"),)
        await models(channel).Generate(REQUEST, timeout=PATIENCE, metadata=metadata)
    (call,) = recorder.calls
    assert (call.caller, call.holder) == (":kim", "")


async def test_health_is_for_all_and_reflection_for_callers(tokens: Path) -> None:
    async with (
        Recorder().start(CHORUS_CALLER_TOKENS=str(tokens)) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        health: Any = health_pb2_grpc.HealthStub(channel)
        assert (await health.Check(health_pb2.HealthCheckRequest(), timeout=PATIENCE)).status
        reflection_stub: Any = reflection_pb2_grpc.ServerReflectionStub
        reflection = reflection_stub(channel)
        question = reflection_pb2.ServerReflectionRequest(list_services="")
        unknown = reflection.ServerReflectionInfo(iter([question]))
        assert isinstance(await failure(unknown.read()), Unauthenticated)
        known = reflection.ServerReflectionInfo(iter([question]), metadata=bearer(TOKEN))
        assert (await known.read()).list_services_response.service


async def test_with_certificates_a_token_has_a_port_of_its_own(tokens: Path, tmp_path: Path) -> None:
    authority = Authority()
    server, client = authority.issue(tmp_path / "s", "model"), authority.issue(tmp_path / "c", "library")
    recorder, token_port = Recorder(), free_port()
    variables = {"CHORUS_TLS_DIR": str(server), "X_TOKEN_PORT": str(token_port)}
    async with recorder.start(CHORUS_CALLER_TOKENS=str(tokens), **variables) as port:
        certified = Security(CertificateFolder(client))
        async with connect(f"127.0.0.1:{port}", SERVICE, security=certified) as channel:
            stub = models(channel)
            await stub.Generate(REQUEST, timeout=PATIENCE)
            await stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN))
            error = await failure(stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer("another")))
            assert isinstance(error, Unauthenticated)
        address = f"127.0.0.1:{token_port}"
        bare = Security(CertificateFolder(client, shows_own=False))
        async with connect(address, SERVICE, security=bare, token=TOKEN) as channel:
            await models(channel).Generate(REQUEST, timeout=PATIENCE)
        async with connect(address, SERVICE, security=bare) as channel:
            assert isinstance(
                await failure(models(channel).Generate(REQUEST, timeout=PATIENCE)), Unauthenticated
            )
    assert [call.caller for call in recorder.calls] == ["library", "tutor", "tutor"]


async def test_a_caller_that_calls_too_often_is_told_when_to_come_back(tokens: Path) -> None:
    variables = {"CHORUS_CALLER_TOKENS": str(tokens), "CHORUS_CALLER_CALLS_PER_MINUTE": "1"}
    async with (
        Recorder().start(**variables) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        stub = models(channel)
        await stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN))
        error = await failure(stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN)))
    assert isinstance(error, RateLimited)
    assert error.retry_delay is not None
    assert 0 < error.retry_delay <= 60


async def test_every_request_of_a_stream_counts(tokens: Path) -> None:
    variables = {"CHORUS_CALLER_TOKENS": str(tokens), "CHORUS_CALLER_CALLS_PER_MINUTE": "3"}
    async with (
        Recorder().start(**variables) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        reflection_stub: Any = reflection_pb2_grpc.ServerReflectionStub
        questions = [reflection_pb2.ServerReflectionRequest(list_services="")] * 2
        answers = reflection_stub(channel).ServerReflectionInfo(iter(questions), metadata=bearer(TOKEN))
        assert len([answer async for answer in answers]) == 2
        await models(channel).Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN))
        error = await failure(models(channel).Generate(REQUEST, timeout=PATIENCE, metadata=bearer(TOKEN)))
    assert isinstance(error, RateLimited)


async def test_one_caller_leaves_places_to_the_others(tmp_path: Path) -> None:
    tokens = two_callers(tmp_path)
    recorder = Recorder()
    variables = {
        "CHORUS_CALLER_TOKENS": str(tokens),
        "X_MAX_IN_FLIGHT": "2",
        "CHORUS_CALLER_SHARE_PERCENT": "50",
    }
    waiting = GenerateRequest(system_instruction="wait")
    async with (
        recorder.start(**variables) as port,
        grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        stub = models(channel)
        calls = [stub.Generate(waiting, timeout=PATIENCE, metadata=bearer(TOKEN)) for _ in range(3)]
        await recorder.started.wait()
        await stub.Generate(REQUEST, timeout=PATIENCE, metadata=bearer("another"))
        assert [call.caller for call in recorder.calls] == ["tutor", "library"]
        recorder.go.set()
        for call in calls:
            await call


def test_a_token_never_leaves_the_machine_in_plaintext() -> None:
    with pytest.raises(SettingError, match="CHORUS_TLS_DIR: is needed to send a token") as caught:
        connect("10.0.0.1:1", SERVICE, security=Security(insecure=True), token=TOKEN)
    assert TOKEN not in str(caught.value)

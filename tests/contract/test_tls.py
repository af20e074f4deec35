"""Tests servers and clients that show each other certificates, and renew them while they talk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import GenerateRequest, GenerateResponse, StreamGenerateRequest
from rpckit.certificates import CertificateFolder
from rpckit.channel import connect
from rpckit.settings import Environment, Security, ServerSettings, SettingError
from tests.fakes.authority import Authority
from tests.fakes.recorder import SERVICE, Recorder, free_port
from tests.patience import PATIENCE

REQUEST = GenerateRequest()


@pytest.fixture
def authority() -> Authority:
    return Authority()


@asynccontextmanager
async def stub(port: int, folder: Path | None, server_name: str = "") -> AsyncIterator[Any]:
    """Opens a stub with the certificate in a folder, which is read again for each call."""
    certificates = CertificateFolder(folder, reload_interval_seconds=0) if folder else None
    security = Security(certificates, server_name=server_name)
    async with connect(f"127.0.0.1:{port}", SERVICE, security=security) as channel:
        yield model_service_pb2_grpc.ModelServiceStub(channel)


async def code(call: Any) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code()


async def test_a_certificate_of_the_authority_is_let_in_and_names_the_caller(
    authority: Authority, tmp_path: Path
) -> None:
    server, client = (
        authority.issue(tmp_path / "server", "model"),
        authority.issue(tmp_path / "client", "tutor"),
    )
    recorder = Recorder()
    async with recorder.start(CHORUS_TLS_DIR=str(server)) as port, stub(port, client) as tutor:
        assert await tutor.Generate(REQUEST, timeout=PATIENCE) == GenerateResponse()
        assert [each async for each in tutor.StreamGenerate(StreamGenerateRequest(), timeout=PATIENCE)]
    assert [call.caller for call in recorder.calls] == ["tutor", "tutor"]


async def test_a_server_answers_those_alone_that_its_setting_names(
    authority: Authority, tmp_path: Path
) -> None:
    names = ("orchestrator", "tutor", "essay-site")
    folders = {each: authority.issue(tmp_path / each, each) for each in names}
    recorder = Recorder()
    variables = {"CHORUS_TLS_DIR": str(folders["orchestrator"]), "X_CALLERS": "orchestrator, tutor"}
    async with recorder.start(**variables) as port:
        for name in names[:2]:
            async with stub(port, folders[name]) as known:
                assert await known.Generate(REQUEST, timeout=PATIENCE) == GenerateResponse()
        async with stub(port, folders["essay-site"]) as other:
            for call in (
                other.Generate(REQUEST, timeout=PATIENCE),
                other.StreamGenerate(StreamGenerateRequest(), timeout=PATIENCE).read(),
            ):
                assert await code(call) is grpc.StatusCode.UNAUTHENTICATED
    assert [call.caller for call in recorder.calls] == ["orchestrator", "tutor"]


async def test_nobody_else_is_let_in(authority: Authority, tmp_path: Path) -> None:
    server = authority.issue(tmp_path / "server", "model")
    stranger = Authority().issue(tmp_path / "stranger", "model")
    (tmp_path / "nameless").mkdir()
    recorder = Recorder()
    async with recorder.start(CHORUS_TLS_DIR=str(server)) as port:
        for folder in (stranger, None):
            async with stub(port, folder) as outsider:
                assert await code(outsider.Generate(REQUEST, timeout=PATIENCE)) is grpc.StatusCode.UNAVAILABLE
        authorities = (server / "ca.crt").read_bytes()
        bare = grpc.ssl_channel_credentials(authorities)
        async with grpc.aio.secure_channel(f"127.0.0.1:{port}", bare) as channel:
            call: Any = channel.unary_unary(f"/{SERVICE}/Generate")
            assert await code(call(b"", timeout=PATIENCE)) is grpc.StatusCode.UNAVAILABLE
    assert recorder.calls == []


async def test_a_server_that_is_not_whom_it_should_be_gets_no_call(
    authority: Authority, tmp_path: Path
) -> None:
    server, client = (
        authority.issue(tmp_path / "server", "model"),
        authority.issue(tmp_path / "client", "tutor"),
    )
    recorder = Recorder()
    async with recorder.start(CHORUS_TLS_DIR=str(server)) as port:
        async with stub(port, client, "model") as named:
            await named.Generate(REQUEST, timeout=PATIENCE)
        async with stub(port, client, "another") as misled:
            assert await code(misled.Generate(REQUEST, timeout=PATIENCE)) is grpc.StatusCode.UNAVAILABLE
    assert len(recorder.calls) == 1


async def test_both_sides_renew_their_certificates_and_no_call_fails(
    authority: Authority, tmp_path: Path
) -> None:
    server, client = authority.issue(tmp_path / "server", "old"), authority.issue(tmp_path / "client", "old")
    recorder = Recorder()
    variables = {"CHORUS_TLS_DIR": str(server), "CHORUS_CONNECTION_AGE_SECONDS": "1"}
    async with recorder.start(**variables) as port, stub(port, client) as renewing:
        waiting = asyncio.ensure_future(
            renewing.Generate(GenerateRequest(system_instruction="wait"), timeout=PATIENCE)
        )
        await recorder.started.wait()
        authority.issue(client, "new")
        await renewing.Generate(REQUEST, timeout=PATIENCE)
        assert recorder.calls[-1].caller == "new"

        authority.issue(server, "new")
        async with stub(port, client, "new") as knowing:
            # The server reads its files again at most once a second.
            while await _fails(knowing.Generate(REQUEST, timeout=PATIENCE)):
                await renewing.Generate(REQUEST, timeout=PATIENCE)
        recorder.go.set()
        assert await waiting == GenerateResponse()
    assert recorder.calls[0].caller == "old"


async def _fails(call: Any) -> bool:
    try:
        await call
    except grpc.aio.AioRpcError:
        return True
    return False


async def test_files_that_do_not_fit_together_change_nothing(
    authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server, client = (
        authority.issue(tmp_path / "server", "model"),
        authority.issue(tmp_path / "client", "tutor"),
    )
    other = authority.issue(tmp_path / "other", "other")
    recorder = Recorder()
    async with recorder.start(CHORUS_TLS_DIR=str(server)) as port, stub(port, client) as tutor:
        (client / "tls.key").unlink()
        (client / "tls.key").write_bytes((other / "tls.key").read_bytes())
        await tutor.Generate(REQUEST, timeout=PATIENCE)
    assert recorder.calls[-1].caller == "tutor"
    assert "files not read again" in caplog.messages


async def test_a_folder_without_a_certificate_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"CHORUS_TLS_DIR: .*ca.crt: No such file"):
        Security.read(Environment({"CHORUS_TLS_DIR": str(tmp_path)}))


async def test_probes_ask_for_health_in_plaintext_and_for_nothing_else(
    authority: Authority, tmp_path: Path
) -> None:
    server, health_port = authority.issue(tmp_path / "server", "model"), free_port()
    variables = {"CHORUS_TLS_DIR": str(server), "X_HEALTH_PORT": str(health_port)}
    async with (
        Recorder().start(**variables),
        grpc.aio.insecure_channel(f"127.0.0.1:{health_port}") as channel,
    ):
        health: Any = health_pb2_grpc.HealthStub(channel)
        answer = await health.Check(health_pb2.HealthCheckRequest(service=SERVICE), timeout=PATIENCE)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
        models: Any = model_service_pb2_grpc.ModelServiceStub(channel)
        assert await code(models.Generate(REQUEST, timeout=PATIENCE)) is grpc.StatusCode.UNIMPLEMENTED


def test_plaintext_beyond_the_machine_is_asked_for_by_name() -> None:
    beyond = {"X_HOST": "0.0.0.0"}  # noqa: S104 - that is what must not go through
    with pytest.raises(SettingError, match=r"X_HOST: 0\.0\.0\.0:1 is beyond this machine"):
        ServerSettings.read(Environment(beyond), "X", port=1)
    assert ServerSettings.read(Environment(beyond | {"CHORUS_INSECURE": "yes"}), "X", port=1)


@pytest.mark.parametrize(
    "target", ["gemma:50052", "dns:///gemma:50052", "10.0.0.1:1", "ipv4:127.0.0.1:1,10.0.0.1:1"]
)
def test_a_target_beyond_the_machine_is_not_dialled_in_plaintext(target: str) -> None:
    with pytest.raises(SettingError, match=r"CHORUS_TLS_DIR: .* is beyond this machine"):
        connect(target, SERVICE)


@pytest.mark.parametrize(
    "target", ["localhost:1", "127.0.0.2:1", "[::1]:1", "dns:///localhost:1", "unix:/a/b"]
)
async def test_a_target_on_the_machine_is(target: str) -> None:
    await connect(target, SERVICE).close()

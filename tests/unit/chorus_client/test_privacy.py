"""What leaves the machine, and to whom."""

import hashlib
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus_client import ChorusClient, NothingAnswersError, Tls, UnauthenticatedError, UntrustedServerError
from tests.fakes.authority import Authority
from tests.fakes.recorder import free_port
from tests.fakes.scripted_orchestrator import ScriptedOrchestrator

REQUEST = GetFeedbackRequest()
SECONDS = 30.0
TOKEN = "a" * 32


@pytest.mark.parametrize(
    "target", ["127.0.0.1:50051", "localhost:50051", "[::1]:50051", "unix:/run/chorus", "dns:///localhost:1"]
)
async def test_this_machine_is_reached_in_plaintext(target: str) -> None:
    await ChorusClient.connect(target, token=TOKEN).close()


@pytest.mark.parametrize("target", ["chorus.example:50051", "dns:///chorus.example:443", "192.0.2.1:50051"])
async def test_nothing_leaves_the_machine_in_plaintext_unless_it_is_asked_for_and_a_token_never(
    target: str,
) -> None:
    with pytest.raises(ValueError, match="beyond this machine"):
        ChorusClient.connect(target)
    with pytest.raises(ValueError, match="a token does not go"):
        ChorusClient.connect(target, token=TOKEN, insecure=True)
    await ChorusClient.connect(target, insecure=True).close()
    await ChorusClient.connect(target, tls=Tls(), token=TOKEN).close()


async def test_a_certificate_says_who_calls(tmp_path: Path) -> None:
    authority = Authority()
    server = authority.issue(tmp_path / "server", "chorus")
    tls = Tls.from_folder(authority.issue(tmp_path / "client", "tutor"), server_name="chorus")
    orchestrator = ScriptedOrchestrator()
    async with (
        orchestrator.start(CHORUS_TLS_DIR=str(server)) as address,
        ChorusClient.connect(address, tls=tls) as chorus,
    ):
        assert (await chorus.review(REQUEST, timeout=SECONDS)).feedback_id == "f1"
    assert [call.caller for call in orchestrator.calls] == ["tutor"]


@pytest.mark.parametrize("name", ["another", ""])
async def test_a_server_that_is_not_whom_it_should_be_gets_no_call(tmp_path: Path, name: str) -> None:
    authority = Authority()
    server = authority.issue(tmp_path / "server", "chorus")
    client = (authority if name else Authority()).issue(tmp_path / "client", "tutor")
    orchestrator = ScriptedOrchestrator()
    async with (
        orchestrator.start(CHORUS_TLS_DIR=str(server)) as address,
        ChorusClient.connect(address, tls=Tls.from_folder(client, server_name=name)) as chorus,
    ):
        with pytest.raises(UntrustedServerError) as caught:
            await chorus.review(REQUEST, timeout=SECONDS)
    assert caught.value.text
    assert orchestrator.calls == []


async def test_a_server_that_is_away_is_not_one_that_is_not_believed(tmp_path: Path) -> None:
    tls = Tls.from_folder(Authority().issue(tmp_path, "tutor"), server_name="chorus")
    async with ChorusClient.connect(f"127.0.0.1:{free_port()}", tls=tls) as chorus:
        with pytest.raises(NothingAnswersError):
            await chorus.review(REQUEST, timeout=SECONDS)


async def test_a_folder_without_a_certificate_of_its_own_will_do(tmp_path: Path) -> None:
    folder = Authority().issue(tmp_path, "chorus")
    (folder / "tls.crt").unlink()
    with pytest.raises(FileNotFoundError, match=r"tls\.crt"):
        Tls.from_folder(folder)
    (folder / "tls.key").unlink()
    found = Tls.from_folder(folder)
    assert (found.authorities, found.certificate, found.key) == ((folder / "ca.crt").read_bytes(), None, None)


async def test_a_token_says_who_calls(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.write_text(f"tutor:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n", encoding="utf-8")
    orchestrator = ScriptedOrchestrator()
    async with orchestrator.start(CHORUS_CALLER_TOKENS=str(tokens)) as address:
        async with ChorusClient.connect(address, token=TOKEN) as chorus:
            await chorus.review(REQUEST, timeout=SECONDS)
        async with ChorusClient.connect(address, token="b" * 32) as chorus:
            with pytest.raises(UnauthenticatedError):
                await chorus.review(REQUEST, timeout=SECONDS)
    assert [call.caller for call in orchestrator.calls] == ["tutor"]


@pytest.mark.parametrize(("certificate", "key"), [(b"c", None), (None, b"k")])
def test_a_certificate_without_its_key_is_refused(certificate: bytes | None, key: bytes | None) -> None:
    # grpc would end the process.
    with pytest.raises(ValueError, match="the one without the other"):
        Tls(certificate=certificate, key=key)


async def test_no_secret_is_printed() -> None:
    tls = Tls(certificate=b"the certificate", key=b"the key")
    client = ChorusClient.connect("127.0.0.1:1", tls=tls, token=TOKEN)
    shown = f"{client!r} {tls!r}"
    await client.close()
    assert TOKEN not in shown
    assert "the key" not in shown

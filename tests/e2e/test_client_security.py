"""Runs the client of each language against servers that ask for TLS and a token, and one that goes away."""

import asyncio
import hashlib
import re
import shutil
import subprocess
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse, StreamFeedbackResponse
from tests.e2e.language_clients import ClientRunner, LanguageClient
from tests.e2e.processes import FEEDBACK_SERVICE, ORCHESTRATOR, PROOFREADER, ROOT, running
from tests.fakes.authority import Authority
from tests.fakes.recorder import free_port
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOKEN = "a" * 32
TEXT = "Dogs are loud. I recieve one."
DISTRUST = "the server's certificate is not believed: "


@dataclass(frozen=True)
class SecuredChorus:
    """Holds the addresses for callers with a certificate and with a token, and what they may show.

    Attributes:
        own: A folder with a certificate of the authority.
        authority_alone: A folder with the authority, for who has a token.
        stranger: A folder of another authority.
        server: The server's own folder.
    """

    address: str
    token_address: str
    own: Path
    authority_alone: Path
    stranger: Path
    server: Path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def secured(folder: Path) -> AsyncIterator[SecuredChorus]:
    authority = Authority()
    own = authority.issue(folder / "own", "tutor")
    # Java reads keys of this form alone, and every other language reads it, too.
    key = load_pem_private_key((own / "tls.key").read_bytes(), None)
    (own / "tls.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    alone = folder / "authority"
    alone.mkdir()
    (alone / "ca.crt").write_bytes((own / "ca.crt").read_bytes())
    tokens = folder / "tokens"
    tokens.write_text(f"tutor:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n", "utf-8")
    server = authority.issue(folder / "server", "chorus")
    tls, port = {"CHORUS_TLS_DIR": str(server)}, free_port()
    async with (
        running(PROOFREADER, folder, **tls) as proofreader,
        running(
            ORCHESTRATOR,
            folder,
            CHORUS_MODEL_SERVERS=proofreader.address,
            CHORUS_CALLER_TOKENS=str(tokens),
            ORCHESTRATOR_TOKEN_PORT=str(port),
            **tls,
        ) as orchestrator,
    ):
        stranger = folder / "stranger"
        Authority().issue(stranger, "tutor")
        for each in ("tls.crt", "tls.key"):
            (stranger / each).unlink()
        yield SecuredChorus(orchestrator.address, f"127.0.0.1:{port}", own, alone, stranger, server)


@pytest.fixture(scope="module")
def essay(folder: Path) -> Path:
    file = folder / "essay.txt"
    file.write_text(TEXT, "utf-8")
    return file


@dataclass(frozen=True)
class Caller:
    """Runs the client of a language with variables of its own."""

    client: LanguageClient
    environment: dict[str, str] = field(repr=False)
    essay: Path

    async def call(self, address: str, **variables: str) -> tuple[int | None, str, str]:
        """Returns the exit code, standard output and standard error."""
        runner = ClientRunner(self.client, address, self.environment | variables)
        return await runner.to_end(self.essay)


@pytest.fixture
def caller(client: LanguageClient, tool_environment: dict[str, str], essay: Path) -> Caller:
    return Caller(client, tool_environment, essay)


async def test_a_token_over_tls_is_let_in(caller: Caller, secured: SecuredChorus) -> None:
    code, output, errors = await caller.call(
        secured.token_address,
        CHORUS_TLS_DIR=str(secured.authority_alone),
        CHORUS_TLS_SERVER_NAME="chorus",
        CHORUS_TOKEN=TOKEN,
    )
    assert (code, errors) == (0, "")
    assert re.search(r"^response: [1-9]\d* point", output, re.MULTILINE)


async def test_the_address_is_in_the_environment_and_a_certificate_is_let_in(
    caller: Caller, secured: SecuredChorus
) -> None:
    code, output, errors = await caller.call(
        "", CHORUS_SERVER=secured.address, CHORUS_TLS_DIR=str(secured.own), CHORUS_TLS_SERVER_NAME="chorus"
    )
    assert (code, errors) == (0, "")
    assert re.search(r"^response: [1-9]\d* point", output, re.MULTILINE)


async def test_a_token_that_nobody_has_is_refused(caller: Caller, secured: SecuredChorus) -> None:
    code, output, errors = await caller.call(
        secured.token_address, CHORUS_TLS_DIR=str(secured.authority_alone), CHORUS_TOKEN="b" * 32
    )
    assert (code, output) == (1, "")
    assert "\nreason: UNAUTHENTICATED (chorus)\n" in errors
    assert DISTRUST not in errors


@pytest.mark.parametrize(
    ("name", "trusts"), [("chorus", False), ("another", True)], ids=["authority", "name"]
)
async def test_a_server_that_is_not_believed_is_said_to_be(
    caller: Caller, secured: SecuredChorus, name: str, trusts: bool
) -> None:
    shown = secured.authority_alone if trusts else secured.stranger
    tls = {"CHORUS_TLS_DIR": str(shown), "CHORUS_TLS_SERVER_NAME": name, "CHORUS_TOKEN": TOKEN}
    code, output, errors = await caller.call(secured.token_address, **tls)
    assert (code, output) == (1, "")
    assert re.match(r"failed: .*unavailable", errors, re.IGNORECASE)
    assert DISTRUST in errors


async def test_a_server_that_is_away_is_not_said_to_be_disbelieved(
    caller: Caller, secured: SecuredChorus
) -> None:
    tls = {"CHORUS_TLS_DIR": str(secured.authority_alone), "CHORUS_TOKEN": TOKEN}
    code, output, errors = await caller.call(f"127.0.0.1:{free_port()}", **tls)
    assert (code, output) == (1, "")
    assert re.match(r"failed: .*unavailable", errors, re.IGNORECASE)
    assert DISTRUST not in errors


@pytest.mark.parametrize(
    ("variables", "setting"),
    [
        ({"CHORUS_TOKEN": TOKEN, "CHORUS_INSECURE": "yes"}, "CHORUS_TLS_DIR"),
        ({}, "CHORUS_INSECURE=yes"),
        ({"CHORUS_TLS_DIR": "/nowhere"}, "CHORUS_TLS_DIR: "),
    ],
    ids=["token", "text", "folder"],
)
async def test_nothing_leaves_the_machine_in_plaintext_unasked(
    caller: Caller, variables: dict[str, str], setting: str
) -> None:
    # The address is of no machine.
    code, output, errors = await caller.call("192.0.2.1:50051", **variables)
    assert (code, output) == (2, "")
    assert setting in errors


@pytest.mark.parametrize(("absences", "expected"), [(2, 0), (3, 1)])
async def test_a_replica_that_goes_away_is_asked_three_times(
    caller: Caller, secured: SecuredChorus, absences: int, expected: int
) -> None:
    calls = 0

    async def answer(_: bytes, context: Any) -> AsyncGenerator[bytes]:
        nonlocal calls
        calls += 1
        if calls <= absences:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the connection is gone")
        response = StreamFeedbackResponse(response=GetFeedbackResponse(feedback_id="f1"))
        yield response.SerializeToString()

    server = grpc.aio.server()
    methods: Any = {"StreamFeedback": grpc.unary_stream_rpc_method_handler(answer)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(FEEDBACK_SERVICE, methods),))
    pair = [(secured.server / each).read_bytes() for each in ("tls.key", "tls.crt")]
    credentials = grpc.ssl_server_credentials([(pair[0], pair[1])])
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    try:
        code, output, _ = await caller.call(f"127.0.0.1:{port}", CHORUS_TLS_DIR=str(secured.authority_alone))
    finally:
        await server.stop(None)
    assert (code, calls) == (expected, 3)
    assert output == ("" if expected else "response: 0 point(s), feedback f1\n")


@pytest.fixture
def ruby(folder: Path) -> Path:
    """The folder of the program that protos/README.md shows, and of what it is generated by."""
    for needed in ("ruby", "protoc", "grpc_ruby_plugin"):
        if shutil.which(needed) is None:
            pytest.skip(f"there is no {needed}")
    gems = "require 'grpc'; require 'google/rpc/error_details_pb'"
    if subprocess.run(("ruby", "-e", gems), capture_output=True, check=False).returncode:  # noqa: S603, S607
        pytest.skip("Ruby lacks the gems grpc and googleapis-common-protos-types")
    program = folder / "ruby"
    program.mkdir()
    readme = (ROOT / "protos/README.md").read_text("utf-8")
    config, code = re.findall(r"\*\*Ruby\*\*.*?```yaml\n(.*?)```.*?```ruby\n(.*?)```", readme, re.DOTALL)[0]
    (program / "buf.gen.yaml").write_text(config.replace("../../protos", str(ROOT / "protos")), "utf-8")
    (program / "review.rb").write_text(code, "utf-8")
    (service_config,) = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    (program / "service_config.json").write_text(service_config, "utf-8")
    (program / "empty.txt").touch()
    return program


async def test_the_ruby_of_the_readme_streams_by_tls_and_reads_errors(
    ruby: Path, secured: SecuredChorus, tool_environment: dict[str, str], essay: Path
) -> None:
    async def ran(*command: str, **variables: str) -> tuple[int | None, str, str]:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=ruby, env=tool_environment | variables, stdout=PIPE, stderr=PIPE
        )
        async with asyncio.timeout(PATIENCE):
            output, errors = await process.communicate()
        return process.returncode, output.decode(), errors.decode()

    assert await ran("buf", "generate") == (0, "", "")
    review = ("ruby", "-I", "generated", "review.rb")
    chorus = {
        "CHORUS_SERVER": secured.token_address,
        "CHORUS_TLS_SERVER_NAME": "chorus",
        "CHORUS_TOKEN": TOKEN,
    }
    believing = chorus | {"CHORUS_TLS_DIR": str(secured.authority_alone)}
    status, output, errors = await ran(*review, str(essay), **believing)
    assert (status, errors) == (0, "")
    assert "chorus/proofreader-language: answered" in output
    assert "recieve" in output.splitlines()
    status, output, errors = await ran(*review, "empty.txt", **believing)
    assert status == 1
    assert '"reason":"INVALID_REQUEST"' in output
    assert '"field":"submission.text"' in output
    assert errors.startswith("GRPC::InvalidArgument: ")
    distrusting = chorus | {"CHORUS_TLS_DIR": str(secured.stranger)}
    status, _, errors = await ran(*review, str(essay), **distrusting)
    assert status == 1
    assert "GRPC::Unavailable" in errors

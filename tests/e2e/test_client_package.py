"""Builds chorus-client, installs it where nothing of the repository is, and calls Chorus with it."""

import asyncio
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
import pytest_asyncio
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from packaging.requirements import Requirement

from chorus_client.version import VERSION
from clients.packages import contract
from tests.e2e.processes import ORCHESTRATOR, PROOFREADER, ROOT, running
from tests.fakes.authority import Authority
from tests.fakes.recorder import free_port
from tests.patience import PATIENCE

LIBRARY = ROOT / "clients" / "python"
TOKEN = "a" * 32
PACKAGES = {"chorus"} | {
    f"chorus_{each}" for each in ("client", "command_line", "documents", "tools", "wording")
}
TOP_LEVEL = PACKAGES | {f"chorus_client-{VERSION}.dist-info"}
PROGRAM = """
from importlib.resources import files
from chorus.feedback.v1 import feedback_service_pb2, submission_pb2
from chorus_client import BlockingChorusClient, utf16_range

text = "📚 Dogs are loud. I recieve one."
request = feedback_service_pb2.GetFeedbackRequest(submission=submission_pb2.Submission(text=text))
kinds = []
with BlockingChorusClient.from_environment() as chorus:
    response = chorus.stream(request, lambda event: kinds.append(event.WhichOneof("event")), timeout=60)
anchors = [each.members[0].point.anchor for each in response.merged.points]
print(kinds[0], kinds[-1], {each.quote: utf16_range(text, each) for each in anchors}["recieve"])
print((files("chorus_client") / "protos/chorus/model/v1/failure.proto").is_file())
"""
TYPED = """
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus_client import BlockingChorusClient

with BlockingChorusClient.from_environment() as chorus:
    right: str = chorus.review(GetFeedbackRequest(), timeout=60).feedback_id
    wrong: int = chorus.review(GetFeedbackRequest(), timeout=60).feedback_id
"""


@pytest.fixture(scope="module")
def built(folder: Path) -> Path:
    """A folder with the wheel and the source distribution."""
    return build(LIBRARY, folder / "dist")


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def library_alone(folder: Path, wheel: Path) -> Path:
    return installed(folder / "library", wheel)


@pytest.fixture(scope="module")
def with_command_line(folder: Path, wheel: Path) -> Path:
    return installed(folder / "cli", wheel, "cli", "mcp")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reached(folder: Path) -> AsyncIterator[dict[str, str]]:
    """What a caller sets to reach a Chorus that asks for TLS and a token."""
    server = Authority().issue(folder / "server", "chorus")
    caller = folder / "caller"
    caller.mkdir()
    shutil.copy(server / "ca.crt", caller)
    tokens = folder / "tokens"
    tokens.write_text(f"tutor:{hashlib.sha256(TOKEN.encode()).hexdigest()}\n", "utf-8")
    tls, port = {"CHORUS_TLS_DIR": str(server)}, str(free_port())
    callers = {"CHORUS_CALLER_TOKENS": str(tokens), "ORCHESTRATOR_TOKEN_PORT": port}
    async with (
        running(PROOFREADER, folder, **tls) as proofreader,
        running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=proofreader.address, **callers, **tls),
    ):
        yield {
            "CHORUS_SERVER": f"127.0.0.1:{port}",
            "CHORUS_TLS_DIR": str(caller),
            "CHORUS_TOKEN": TOKEN,
        }


def build(project: Path, target: Path) -> Path:
    command = (sys.executable, "-m", "hatchling", "build", "-d", str(target))
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return target


def wanted(lines: Iterable[str], extras: Iterable[str]) -> Iterator[Requirement]:
    """Those of the requirements that an installer heeds, with some extras asked for."""
    asked = ("", *extras)
    for needed in map(Requirement, lines):
        if needed.marker is None or any(needed.marker.evaluate({"extra": each}) for each in asked):
            yield needed


def needed_by(wheel: Path, extras: Iterable[str]) -> set[str]:
    """The distributions that an installer would fetch: what the wheel declares, and what that needs."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        declared = re.findall(r"^Requires-Dist: (.+)$", archive.read(name).decode(), re.MULTILINE)
    left = list(wanted(declared, extras))
    found: set[tuple[str, frozenset[str]]] = set()
    while left:
        needed = left.pop()
        if (key := (needed.name, frozenset(needed.extras))) not in found:
            found.add(key)
            left += wanted(distribution(needed.name).requires or (), needed.extras)
    return {name for name, _ in found}


def installed(environment: Path, wheel: Path, *extras: str) -> Path:
    """Makes an environment with the wheel and what it needs, taken from this one: no network is asked."""
    run(sys.executable, "-m", "venv", "--without-pip", str(environment))
    (site,) = environment.glob("lib/python*/site-packages")
    for name in needed_by(wheel, extras):
        for file in distribution(name).files or ():
            source = Path(str(file.locate()))
            if ".." not in file.parts and source.is_file():
                (site / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, site / file)
    python = environment / "bin" / "python"
    run(
        sys.executable, "-m", "pip", "--python", str(python), "install", "--no-index", "--no-deps", str(wheel)
    )
    # The versions fit what the wheel declares.
    run(sys.executable, "-m", "pip", "--python", str(python), "check")
    return python


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def ran(*command: str | Path, **variables: str) -> tuple[int | None, str, str]:
    """Runs a program in a folder where nothing can be imported; returns its exit code and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command),
        cwd=Path(command[0]).parent,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"} | variables,
        stdout=PIPE,
        stderr=PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        output, errors = await process.communicate()
    return process.returncode, output.decode(), errors.decode()


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_has_the_version_of_the_contract() -> None:
    assert contract.VERSION == VERSION


def test_it_brings_its_packages_and_the_contract(wheel: Path) -> None:
    found = names(wheel)
    assert {each.partition("/")[0] for each in found} == TOP_LEVEL
    # Without it, `chorus` is a namespace, which a package of that name by others does not hide.
    assert "chorus/__init__.py" not in found
    protos = {str(each.relative_to(ROOT / "protos")) for each in (ROOT / "protos/chorus").rglob("*.proto")}
    assert {f"chorus_client/protos/{each}" for each in protos} <= found
    assert {f"chorus/{each}/py.typed" for each in ("model", "feedback", "classroom")} <= found


def test_the_source_distribution_builds_the_same_wheel(built: Path, wheel: Path, folder: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder / "source", filter="data")
    again = build(folder / "source" / f"chorus_client-{VERSION}", folder / "again")
    (rebuilt,) = again.glob("*.whl")
    assert names(rebuilt) == names(wheel)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_program_reviews_a_text(library_alone: Path, reached: dict[str, str]) -> None:
    assert await ran(library_alone, "-c", PROGRAM, **reached) == (0, "accepted response (20, 27)\nTrue\n", "")


@pytest.mark.asyncio(loop_scope="module")
async def test_a_package_called_chorus_by_others_takes_nothing_away(
    folder: Path, wheel: Path, reached: dict[str, str]
) -> None:
    python = installed(folder / "crowded", wheel)
    (site,) = (folder / "crowded").glob("lib/python*/site-packages")
    (site / "chorus" / "__init__.py").write_text('"""Models molecules."""\n', "utf-8")
    assert (await ran(python, "-c", PROGRAM, **reached))[::2] == (0, "")


def test_type_checkers_know_its_types(folder: Path, library_alone: Path) -> None:
    file = folder / "typed.py"
    file.write_text(TYPED, "utf-8")
    options = ("--strict", f"--cache-dir={folder / 'mypy'}", "--config-file=", "--no-error-summary")
    found = (sys.executable, "-m", "mypy", *options, "--python-executable", str(library_alone), str(file))
    done = subprocess.run(found, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603
    assert re.fullmatch(r'typed\.py:7: error: .*"str".*"int".*\[assignment\]\n', done.stdout), done.stdout


@pytest.mark.asyncio(loop_scope="module")
async def test_the_command_line_lists_models(with_command_line: Path, reached: dict[str, str]) -> None:
    code, output, errors = await ran(with_command_line.with_name("chorus"), "models", **reached)
    assert (code, errors) == (0, "")
    assert "chorus/proofreader-language" in output


@pytest.mark.asyncio(loop_scope="module")
async def test_an_assistant_starts_the_tools(with_command_line: Path, reached: dict[str, str]) -> None:
    # As docs/doors.md shows it.
    command = str(with_command_line.with_name("chorus"))
    started = StdioServerParameters(command=command, args=["mcp"], env=reached, cwd=with_command_line.parent)
    async with asyncio.timeout(PATIENCE), Client(started) as client:
        answer = await client.call_tool("review_text", {"text": "Dogs are loud. I recieve one."})
    assert not answer.is_error
    assert "recieve" in answer.content[0].text  # type: ignore[union-attr]
    assert answer.structured_content["merged"]["panel"]["answered"] == 2


@pytest.mark.asyncio(loop_scope="module")
async def test_a_certificate_that_is_not_believed_is_named(
    folder: Path, with_command_line: Path, reached: dict[str, str]
) -> None:
    stranger = folder / "stranger"
    Authority().issue(stranger, "tutor")
    tls = {"CHORUS_TLS_DIR": str(stranger)}
    code, output, errors = await ran(with_command_line.with_name("chorus"), "models", **reached | tls)
    assert (code, output) == (1, "")
    assert "certificate" in errors
    assert "CHORUS_TLS_DIR" in errors


@pytest.mark.asyncio(loop_scope="module")
async def test_without_the_extra_the_command_line_says_what_to_install(library_alone: Path) -> None:
    code, _, errors = await ran(library_alone.with_name("chorus"), "models")
    assert code == 1
    assert "pip install 'chorus-client[cli]'" in errors

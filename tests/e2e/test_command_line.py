import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.e2e.processes import ROOT, SERVICES, WEB, environment, run_to_end, serving, until
from tests.fakes.authority import Authority
from tests.patience import PATIENCE

CLIENT = "chorus_command_line"
RUBRIC = {
    "criteria": [{"id": "warmth", "title": "Warmth of the tone", "levels": [{"score": 1}, {"score": 2}]}]
}


@dataclass
class LocalChorus:
    """Holds the process of `deploy.local up`, and what it has printed."""

    process: asyncio.subprocess.Process
    printed: str = ""

    async def prints(self, text: str) -> None:
        """Reads on until the process has printed a text."""
        assert self.process.stdout is not None
        while text not in self.printed:
            async with asyncio.timeout(PATIENCE):
                line = await self.process.stdout.readline()
            assert line, self.printed
            self.printed += line.decode()

    async def ends(self) -> int:
        """Waits until the process has ended and returns its exit code."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@asynccontextmanager
async def up(folder: Path, **variables: str) -> AsyncIterator[tuple[LocalChorus, str]]:
    """Runs `deploy.local up` on free ports; yields it and the orchestrator's address."""
    with ExitStack() as stack:
        variables_of_ports = [*(program.port_variable for program in SERVICES), "WEB_PORT"]
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in variables_of_ports]
        ports = {
            variable: str(each.getsockname()[1])
            for variable, each in zip(variables_of_ports, held, strict=True)
        }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local", "up"),
        cwd=ROOT,
        env=environment(folder, **ports | variables),
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        yield LocalChorus(process), f"127.0.0.1:{ports['ORCHESTRATOR_PORT']}"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def left_behind(folder: Path) -> dict[int, str]:
    """Finds the processes whose home is a folder; returns their command lines by process id."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"HOME={folder}\0".encode() in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_text("utf-8")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            # The process has ended, or belongs to somebody else.
            continue
    return found


def served_at(folder: Path, service: str) -> str:
    """Returns when a service began to serve, according to its log."""
    (log,) = folder.rglob(f"{service}.log")
    lines = map(json.loads, log.read_text("utf-8").splitlines())
    return next(str(line["at"]) for line in lines if line["event"] == "serving")


def logged(folder: Path) -> list[str]:
    """Returns what each service has logged."""
    return [log.read_text("utf-8") for log in folder.rglob("*.log")]


async def test_a_text_of_ones_own_is_reviewed_in_plain_lines(tmp_path: Path) -> None:
    essay, rubric = tmp_path / "essay.txt", tmp_path / "rubric.json"
    essay.write_text("Our school needs a garden. We would recieve beans.\n\nIt definately helps.", "utf-8")
    rubric.write_text(json.dumps(RUBRIC), "utf-8")
    settings = {"FILE": str(essay), "TASK": "Write about your school.", "RUBRIC": str(rubric)}
    code, output, errors = await run_to_end(tmp_path, "deploy.local", "run", **settings)
    assert (code, errors) == (0, "")
    assert "\x1b" not in output
    assert f"{essay} · " in output
    lines = [line.strip() for line in output.splitlines()]
    assert "Asked: chorus/proofreader-language, chorus/proofreader-structure" in lines
    assert "“recieve”  (line 1, character 37)" in lines
    assert "“definately”  (line 3, character 4)" in lines
    assert "one family only: language rules" in lines
    assert "No reviewer gave a score." in lines
    assert not [line for line in lines if line.startswith("not scored")]
    who = lines.index(
        "Read by rule (spelling, spacing, register, structure), without a language model."
        " One family's opinion, not a panel's."
    )
    assert who < lines.index("In short")
    for needed in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "HF_TOKEN", "GEMMA_MODEL"):
        assert any(line.startswith(f"set {needed}") for line in lines)
    assert left_behind(tmp_path) == {}


@pytest.mark.parametrize(
    ("variable", "content", "wrong"),
    [
        ("FILE", None, "{path}: No such file or directory"),
        ("FILE", b"{\\rtf1 We need beans.}", "{path} is RTF; save it as docx or as plain text"),
        ("RUBRIC", b'{"criteria": [{"name": "warmth"}]}', "{path}: Failed to parse criteria field"),
    ],
)
async def test_what_cannot_be_read_is_refused_as_by_the_client_before_anything_starts(
    tmp_path: Path, variable: str, content: bytes | None, wrong: str
) -> None:
    path = tmp_path / "한글.txt"
    if content is not None:
        path.write_bytes(content)
    code, output, errors = await run_to_end(tmp_path, "deploy.local", "run", **{variable: str(path)})
    assert (code, output) == (2, "")
    assert errors.startswith(f"{variable}: {wrong.format(path=path)}")
    assert logged(tmp_path) == []
    essay = tmp_path / "essay.txt"
    essay.write_text("We need beans.", "utf-8")
    handed = [str(path)] if variable == "FILE" else [f"--rubric={path}", str(essay)]
    code, _, of_client = await run_to_end(tmp_path, CLIENT, "review", *handed)
    assert code == 2
    assert errors.removeprefix(f"{variable}: ") in of_client


async def test_a_task_without_a_text_is_refused(tmp_path: Path) -> None:
    code, output, errors = await run_to_end(tmp_path, "deploy.local", "run", TASK="Write about dogs.")
    assert (code, output) == (2, "")
    assert errors.startswith("TASK: is of a text of your own")


async def test_the_services_stay_up_until_they_are_told_to_stop(tmp_path: Path) -> None:
    page_folder = tmp_path / "page"
    page_folder.mkdir()
    (page_folder / "index.html").touch()
    async with up(tmp_path, WEB_PAGE_DIR=str(page_folder)) as (running, address):
        for program in SERVICES:
            await running.prints(f"{program.arguments[0].removeprefix('services.')}  ")
        code, table, errors = await run_to_end(tmp_path, CLIENT, "models", "--server", address)
        assert (code, errors) == (0, "")
        assert "\x1b" not in table
        rows = {line.split()[0]: line.split() for line in table.split("\n\n")[0].splitlines()}
        assert rows["chorus/proofreader-language"][1] == "ready"
        assert rows["openai/gpt-4o"][1] == "off"
        assert rows["google/gemini-1.5-flash"][1] == "retired"
        assert "set OPENAI_API_KEY" in table

        proofreader = next(line for line in running.printed.splitlines() if line.startswith("proofreader "))
        model_server = proofreader.split()[1]
        code, _, errors = await run_to_end(tmp_path, CLIENT, "models", "--server", model_server)
        assert code == 1
        assert f"{model_server} is no orchestrator of Chorus" in errors
        code, _, errors = await run_to_end(tmp_path, CLIENT, "student", "Dogs", "--server", address)
        assert (code, errors) == (1, "no key, or the provider rejected it: set GOOGLE_API_KEY\n")

        await running.prints("page  ")
        url = running.printed.splitlines()[-1].split()[1]
        page = await asyncio.to_thread(urlopen, f"{url}/healthz", timeout=PATIENCE)
        with page:
            assert page.status == 200

        assert "ready" in running.printed
        running.process.send_signal(signal.SIGTERM)
        await running.prints("Stopping: what runs is answered first; again to kill\n")
        assert await running.ends() == 0
    code, _, errors = await run_to_end(tmp_path, CLIENT, "models", "--server", address)
    assert code == 1
    assert f"Does Chorus run at {address}?" in errors
    assert left_behind(tmp_path) == {}
    logs = logged(tmp_path)
    assert len(logs) == len(SERVICES) + 1
    assert all('"draining"' in log for log in logs)


async def test_a_page_that_is_not_built_or_was_killed_says_what_brings_it(
    tmp_path: Path,
) -> None:
    async with up(tmp_path, WEB_PAGE_DIR=str(tmp_path / "nothing")) as (running, address):
        await running.prints("page  ")
        said = running.printed.splitlines()[-1]
        assert "not built: `make page-build`, which needs Node.js 20.19, 22.12 or newer, " in said
        (killed,) = (number for number, line in left_behind(tmp_path).items() if "web.server" in line)
        os.kill(killed, signal.SIGKILL)
        await running.prints("web was killed by signal 9; the rest goes on, and `")
        assert f"python -m {WEB.arguments[0]}` in another terminal" in running.printed
        async with serving(WEB, tmp_path, CHORUS_SERVER=address):
            code, _, errors = await run_to_end(tmp_path, CLIENT, "models", "--server", address)
        assert (code, errors) == (0, "")
        running.process.send_signal(signal.SIGTERM)
        assert await running.ends() == 0


async def test_where_its_port_is_taken_the_page_is_missed_and_the_rest_serves(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with up(tmp_path, WEB_PORT=port) as (running, _):
            await running.prints(f"WEB_PORT: cannot listen on 127.0.0.1:{port}")
            for program in SERVICES:
                await running.prints(f"{program.arguments[0].removeprefix('services.')}  ")
            running.process.send_signal(signal.SIGTERM)
            assert await running.ends() == 0
    assert left_behind(tmp_path) == {}


async def test_gemma_counts_the_memory_that_the_others_leave_and_is_named_when_it_is_killed(
    tmp_path: Path,
) -> None:
    async with up(tmp_path, GEMMA_MODEL=str(tmp_path / "nothing")) as (running, _):
        await running.prints("gemma  ")
        others = [served_at(tmp_path, each) for each in ("orchestrator", "cloud_proxy", "proofreader")]
        assert served_at(tmp_path, "gemma") > max(others)
        (killed,) = (number for number, line in left_behind(tmp_path).items() if "services.gemma" in line)
        os.kill(killed, signal.SIGKILL)
        await running.prints("gemma was killed by signal 9; stopping the others; log: ")
        assert await running.ends() == 1
    assert left_behind(tmp_path) == {}


async def test_the_services_are_ready_for_those_who_have_a_certificate(tmp_path: Path) -> None:
    folder = str(Authority().issue(tmp_path / "certificates", "chorus"))
    async with up(tmp_path, CHORUS_TLS_DIR=folder) as (running, address):
        for program in SERVICES:
            await running.prints(f"{program.arguments[0].removeprefix('services.')}  ")
        asked = (tmp_path, CLIENT, "models", "--server", address)
        assert (await run_to_end(*asked))[0] == 1
        code, table, errors = await run_to_end(*asked, CHORUS_TLS_DIR=folder)
        assert (code, errors) == (0, "")
        assert "chorus/proofreader-language" in table
        running.process.send_signal(signal.SIGTERM)
        assert await running.ends() == 0


async def test_a_text_is_reviewed_by_services_that_ask_for_certificates(tmp_path: Path) -> None:
    essay = tmp_path / "essay.txt"
    essay.write_text("We would recieve beans.", "utf-8")
    folder = str(Authority().issue(tmp_path / "certificates", "chorus"))
    # Tokens are for another port than the one that is called here.
    settings = {"FILE": str(essay), "CHORUS_TLS_DIR": folder, "CHORUS_TOKEN": "nobody-s"}
    code, output, errors = await run_to_end(tmp_path, "deploy.local", "run", **settings)
    assert (code, errors) == (0, "")
    assert "“recieve”" in output
    assert left_behind(tmp_path) == {}


async def test_a_folder_without_certificates_stops_the_start(tmp_path: Path) -> None:
    code, _, errors = await run_to_end(tmp_path, "deploy.local", "up", CHORUS_TLS_DIR=str(tmp_path))
    assert code == 2
    assert errors.startswith("CHORUS_TLS_DIR: ")
    assert logged(tmp_path) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 0), (signal.SIGKILL, -signal.SIGKILL)])
async def test_who_stops_while_it_starts_leaves_nobody_behind(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    async with up(tmp_path) as (running, _):
        await running.prints("cloud_proxy")
        assert len(left_behind(tmp_path)) == 1 + len(SERVICES) + 1
        running.process.send_signal(number)
        assert await running.ends() == code
    # A child whose parent was killed ends by itself.
    await until(lambda: left_behind(tmp_path) == {})


SECRETS = {
    "OPENAI_API_KEY": {"cloud_proxy"},
    "GEMINI_API_KEY": {"cloud_proxy"},
    "HUGGINGFACE_API_KEY": {"cloud_proxy"},
    "AWS_SECRET_ACCESS_KEY": {"cloud_proxy"},
    "ANY_NAME_THAT_A_CATALOG_GIVES_A_KEY": {"cloud_proxy"},
    "HF_TOKEN": {"cloud_proxy", "gemma"},
    "CHORUS_REDIS_URL": {"orchestrator"},
    "CHORUS_CALLER_TOKENS": {"orchestrator"},
    "CHORUS_TOKEN": {"clients.web.server"},
}


async def test_each_process_sees_its_own_secrets_alone(tmp_path: Path) -> None:
    variables = dict.fromkeys(SECRETS, "planted") | {"CHORUS_PANEL": "a/b", "GRPC_VERBOSITY": "ERROR"}
    async with up(tmp_path, **variables) as (running, _):
        await running.prints("Starting")
        await until(lambda: len(environments(tmp_path)) == len(SERVICES) + 1)
        seen = environments(tmp_path)
    assert {
        secret: {service for service, found in seen.items() if secret in found} for secret in SECRETS
    } == SECRETS
    assert all({"HOME", "GRPC_VERBOSITY", "CHORUS_PANEL"} <= found.keys() for found in seen.values())


def environments(folder: Path) -> dict[str, dict[str, str]]:
    """Finds the services whose home is a folder; returns the environment of each by its name."""
    found = {}
    for process, command in left_behind(folder).items():
        if "deploy.local.child" in command:
            pairs = Path(f"/proc/{process}/environ").read_text("utf-8").split("\0")
            name = command.rstrip("\0").rpartition("\0")[2].removeprefix("services.")
            found[name] = dict(each.split("=", 1) for each in pairs if each)
    return found

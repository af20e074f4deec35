"""Generates, builds and runs the client of each language as its README says, against live servers."""

import asyncio
import re
import signal
import sys
import unicodedata
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.e2e.events import Events
from tests.e2e.language_clients import ClientRunner, LanguageClient
from tests.e2e.processes import (
    FAKE,
    ORCHESTRATOR,
    PROOFREADER,
    ROOT,
    environment,
    run_to_end,
    running,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

# The text has characters past U+FFFF, ZWJ sequences, modifiers, flags, and decomposed letters.
TEXT = (
    "학교 도서관 📚을 우리 👩‍👩‍👧‍👦에게 열어야 한다\n\n"
    "우리 학교 도서관은 네 시 반이면 문을 닫는다 🇰🇷. 집에는 동생이 있어서 집중이 않 된다 👨🏽‍💻.\n"
    + unicodedata.normalize("NFD", "자리가 금새 차서 café에 간다. 어떻해 할지 모르겠다 🤷🏽‍♀️.")
)
PANEL = "chorus/proofreader-language,fake/good,fake/second,fake/third"


@dataclass(frozen=True)
class ServedChorus:
    """Holds the address of an orchestrator that takes one call at a time, and the events of the fakes."""

    address: str
    events: Events


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chorus(folder: Path) -> AsyncIterator[ServedChorus]:
    events = folder / "events"
    async with (
        running(FAKE, folder, FAKE_EVENTS=str(events)) as fake,
        running(PROOFREADER, folder) as proofreader,
        running(
            ORCHESTRATOR,
            folder,
            CHORUS_MODEL_SERVERS=f"{fake.address},{proofreader.address}",
            CHORUS_PANEL="fake/good,fake/second",
            ORCHESTRATOR_MAX_IN_FLIGHT="1",
            ORCHESTRATOR_MAX_QUEUED="0",
        ) as orchestrator,
    ):
        yield ServedChorus(orchestrator.address, Events(events))


@pytest.fixture(scope="module")
def essay(folder: Path) -> Path:
    file = folder / "essay.txt"
    file.write_bytes(TEXT.encode())
    return file


@pytest.fixture
def review(client: LanguageClient, chorus: ServedChorus, tool_environment: dict[str, str]) -> ClientRunner:
    return ClientRunner(client, chorus.address, tool_environment)


async def test_the_stream_comes_in_its_order(review: ClientRunner, essay: Path) -> None:
    code, output, errors = await review.to_end(essay, models=PANEL)
    assert (code, errors) == (0, "")
    events = re.findall(r"^(accepted|delta|result|merged|response): (\S+)", output, re.MULTILINE)
    kinds = [kind for kind, _ in events]
    assert kinds[0] == "accepted"
    assert kinds[-1] == "response"
    assert kinds.count("accepted") == kinds.count("response") == 1
    assert "merged" in kinds
    for model in PANEL.split(","):
        of_model = [kind for kind, named in events if named == f"{model}:"]
        assert of_model[:-1] == ["delta"] * (len(of_model) - 1) != []
        assert of_model[-1] == "result"
    assert re.search(r"AGREEMENT_CONSENSUS: fake/\w+, fake/\w+, fake/\w+\)", output)
    assert re.search(r"^score: claim: \d\.\d, \d\.\d to \d\.\d$", output, re.MULTILINE)


async def test_anchors_keep_their_place_in_the_language_own_strings(
    review: ClientRunner, essay: Path
) -> None:
    _, output, _ = await review.to_end(essay, models=PANEL)
    places = re.findall(r'at (\d+)\.\.(\d+) \((\S+) (\d+)\.\.(\d+)\) as quoted: "(.*)"', output)
    assert {quote for *_, quote in places} >= {
        "학교 도서관 📚을 우리 👩‍👩‍👧‍👦에게 열어야 한다",
        unicodedata.normalize("NFD", "금새"),
        unicodedata.normalize("NFD", "어떻해"),
    }
    for start, end, unit, from_, to, quote in places:
        assert TEXT[int(start) : int(end)] == quote
        assert unit == review.client.counts
        encoding, width = ("utf-16-le", 2) if unit == "UTF-16" else ("utf-8", 1)
        counted = [len(TEXT[: int(each)].encode(encoding)) // width for each in (start, end)]
        assert [int(from_), int(to)] == counted


async def test_a_bad_request_names_its_field(review: ClientRunner, essay: Path) -> None:
    code, output, errors = await review.to_end(essay, models="fake/good,fake/good")
    assert (code, output) == (1, "")
    assert "\nreason: INVALID_REQUEST (chorus)\n" in errors
    assert re.search(r"^field: models\[1\]: \S", errors, re.MULTILINE)


async def test_a_deadline_that_is_too_short_passes(review: ClientRunner, essay: Path) -> None:
    code, output, errors = await review.to_end(essay, models="fake/hangs", deadline="0.01")
    assert (code, output) == (1, "")
    assert re.match(r"failed: .*deadline.?exceeded", errors, re.IGNORECASE)


async def test_a_server_that_is_busy_says_when_to_come_back_and_ctrl_c_cancels(
    review: ClientRunner, chorus: ServedChorus, essay: Path
) -> None:
    def seen(kind: str) -> int:
        return chorus.events.seen("fake/hangs", kind)

    started, cancelled = seen("started"), seen("cancelled")
    async with review.started(essay, models="fake/hangs") as hanging:
        assert hanging.stdout is not None
        assert await hanging.stdout.readline() == b"accepted: fake/hangs\n"
        code, _, errors = await review.to_end(essay, models="fake/good")
        assert code == 1
        assert "\nreason: RATE_LIMITED (chorus)\n" in errors
        assert re.search(r"^retry after: \d+(\.\d+)? s$", errors, re.MULTILINE)
        # The fake reports a cancellation only of a call that has reached it.
        await until(lambda: seen("started") > started)
        hanging.send_signal(signal.SIGINT)
        _, told = await hanging.communicate()
    assert re.match(rb"failed: .*cancell?ed", told, re.IGNORECASE)
    assert hanging.returncode != 0
    # The model stops, too.
    await until(lambda: seen("cancelled") > cancelled)


@pytest.mark.parametrize(
    ("ending", "said"), [(".html", '<html lang="ko">'), (".md", "# 피드백: essay.txt\n")]
)
async def test_the_python_client_writes_a_report(
    folder: Path, chorus: ServedChorus, essay: Path, ending: str, said: str
) -> None:
    out = folder / f"report{ending}"
    arguments = ("review", str(essay), "--models", PANEL, "--out", str(out), "--server", chorus.address)
    code, _, errors = await run_to_end(folder, "chorus_command_line", *arguments)
    assert (code, errors) == (0, f"wrote {out}\n")
    report = out.read_text("utf-8")
    assert said in report
    assert unicodedata.normalize("NFD", "금새") in report


def readme_program(folder: Path, number: int) -> Path:
    readme = (ROOT / "clients" / "python" / "README.md").read_text("utf-8")
    program = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[number]
    file = folder / f"readme_program_{number}.py"
    file.write_text(program, encoding="utf-8")
    return file


async def test_the_python_program_of_the_readme_that_blocks_runs(folder: Path, chorus: ServedChorus) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(readme_program(folder, 0))),
        env=environment(folder, CHORUS_SERVER=chorus.address),
        stdout=PIPE,
        stderr=PIPE,
    )
    output, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    assert output.startswith(b"- ")


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (1, "failed: InvalidRequestError {'submission.text': '"),
        (2, "failed: INVALID_ARGUMENT\n"),
    ],
    ids=["with the library", "without it"],
)
async def test_the_python_programs_of_the_readme_run(
    number: int, refusal: str, folder: Path, chorus: ServedChorus, essay: Path
) -> None:
    file = readme_program(folder, number)
    empty = folder / "empty.txt"
    empty.write_bytes(b"")
    outputs = []
    for text in (essay, empty):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(file), chorus.address, str(text)), stdout=PIPE, stderr=PIPE
        )
        output, errors = await process.communicate()
        assert (process.returncode, errors) == (0, b"")
        outputs.append(output.decode())
    reviewed, refused = outputs
    assert re.match(r"accepted\n(?:(?:delta|result|merged)\n)+response\n- \S", reviewed)
    assert refused.startswith(refusal)
    assert "submission.text" in refused

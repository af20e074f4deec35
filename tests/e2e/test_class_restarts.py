"""A class of thirty through the whole of Chorus, its servers killed in the middle: nothing is bought twice.

Then what was decided is given back, with comments and memos on exactly their words.
"""

import asyncio
import collections
import http.client
import io
import json
import re
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.e2e.processes import (
    CATALOG,
    CLOUD_PROXY,
    ORCHESTRATOR,
    WEB,
    Program,
    ServerProcess,
    running,
    serving,
)
from tests.e2e.whole_chorus import ReviewedEssay, answer_to
from tests.fakes.postgresql import postgresql
from tests.fakes.providers.emulator import Emulator, Received
from tests.fakes.providers.emulator import running as emulating
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.reply import SILENT, Output, Reply
from tests.patience import PATIENCE
from tests.unit.documents.commented_words import commented_words
from tests.unit.documents.memo_words import memo_words
from tests.unit.documents.written_files import archive, docx, hwpx

MODEL = "openai/talker"


class _Page:
    """Asks the page's server as a browser does."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._headers: dict[str, str] = {}

    @classmethod
    async def open(cls, address: str) -> "_Page":
        page = cls(address)
        connection = http.client.HTTPConnection(address, timeout=PATIENCE)
        await asyncio.to_thread(connection.request, "GET", "/api/session")
        response = await asyncio.to_thread(connection.getresponse)
        cookie = response.getheader("set-cookie", "").partition(";")[0]
        page._headers = {"cookie": cookie, "x-chorus-csrf": json.loads(response.read())["csrf"]}
        connection.close()
        return page

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> Any:
        """Returns what the answer's JSON holds."""
        said = await self.get(method, path, body, kind)
        return json.loads(said) if said else None

    async def get(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> bytes:
        """Returns the answer."""
        status, said = await asyncio.to_thread(self._ask, method, path, body, kind)
        assert status < 300, said
        return said

    def _ask(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self._address, timeout=PATIENCE)
        try:
            connection.request(method, path, body, self._headers | {"content-type": kind})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@asynccontextmanager
async def _killable(program: Program, folder: Path, **variables: str) -> AsyncIterator[ServerProcess]:
    """Runs a program that the block kills, as a machine that loses its power does."""
    async with serving(program, folder, **variables) as server:
        yield server
        assert await server.end(signal.SIGKILL) == -signal.SIGKILL


@pytest.mark.parametrize(("kept_in", "works"), [("sqlite", 30), ("postgresql", 6)])
async def test_nothing_is_bought_twice_whatever_is_killed(tmp_path: Path, kept_in: str, works: int) -> None:
    names = [f"Rex{number:02}" for number in range(1, works + 1)]
    # These are answered before everything is killed, and of the others some are being waited for.
    early = frozenset(names[: works // 3])
    answered = collections.Counter[str]()
    is_silent = True

    def reply(received: Received) -> Reply:
        found = re.search(r"is called (\w+)\.", json.dumps(received.body))
        assert found
        if is_silent and found[1] not in early:
            return SILENT
        answered[found[1]] += 1
        said = answer_to(ReviewedEssay(_text(found[1]), _quote(found[1]), "content"))
        return Output(pieces=(said,))

    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        provider: Emulator = await enter(emulating(ChatCompletions()))
        provider.choose = reply
        proxy = await enter(
            running(
                CLOUD_PROXY,
                tmp_path,
                CLOUD_PROXY_CATALOG=str(CATALOG),
                OPENAI_BASE_URL=f"{provider.address}/v1",
                OPENAI_API_KEY="not-a-key",
            )
        )
        port = await _free_port()
        orchestrator = {"CHORUS_MODEL_SERVERS": proxy.address, "ORCHESTRATOR_PORT": port}
        web = {"CHORUS_SERVER": f"127.0.0.1:{port}", "WEB_CLASS_CALLS": "3"}
        if kept_in == "postgresql":
            web["WEB_DATABASE_URL"] = stack.enter_context(postgresql())

        async with (
            _killable(ORCHESTRATOR, tmp_path, **orchestrator),
            _killable(WEB, tmp_path, **web) as first,
        ):
            page = await _Page.open(first.address)
            path = await _class(page, names)
            await page.ask("POST", f"{path}/start")
            await _until_states(
                page, path, lambda found: found["to_review"] == len(early) and found["running"] == 3
            )
            before = await page.ask("GET", path)
            assert before["cost"]["spent_usd_nanos"] > 0
        is_silent = False
        async with running(ORCHESTRATOR, tmp_path, **orchestrator), serving(WEB, tmp_path, **web) as second:
            page = await _Page.open(second.address)
            # Nobody has to start it again.
            await _until_states(page, path, lambda found: found["to_review"] == len(names))
            after = await page.ask("GET", path)
            assert after["works"][: len(early)] == before["works"][: len(early)]
            assert len({each["feedback_id"] for each in after["works"]}) == len(names)
            # One had its answer before the kill, the other after it.
            for work in (after["works"][0], after["works"][-1]):
                await _decide(page, f"{path}/works/{work['id']}")
            wanted = json.dumps({"format": "files", "language": "en"}).encode()
            given = ZipFile(io.BytesIO(await page.get("POST", f"{path}/give-back", wanted)))
            commented = commented_words(given.read(f"{names[0]} (Feedback).docx"))
            noted = memo_words(given.read(f"{names[-1]} (Feedback).hwpx"))
            assert (_quote(names[0]) in commented, _quote(names[-1]) in noted.values()) == (True, True)
            await page.ask("DELETE", path)
            assert await page.ask("GET", "/api/classes") == {"classes": []}
    assert answered == dict.fromkeys(names, 1)


def _quote(name: str) -> str:
    return f"My dog is called {name}."


def _text(name: str) -> str:
    return f"{_quote(name)} I walk with it every day."


async def _class(page: _Page, names: Sequence[str]) -> str:
    """Makes a class of a docx, of texts and a hwpx; returns its path."""
    first, *others, last = names
    files: dict[str, str | bytes] = {
        f"{first}.docx": docx(f"<w:p><w:r><w:t>{_text(first)}</w:t></w:r></w:p>"),
        **{f"{each}.txt": _text(each) for each in others},
        f"{last}.hwpx": hwpx(f"<hp:p><hp:run><hp:t>{_text(last)}</hp:t></hp:run></hp:p>"),
    }
    fields = {"title": "Dogs", "text_language": "en", "feedback_language": "", "models": [MODEL]}
    made = await page.ask("POST", "/api/classes", json.dumps(fields).encode())
    path = f"/api/classes/{made['id']}"
    head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="works.zip"\r\n\r\n'
    body = head + archive(files) + b"\r\n--b--\r\n"
    sent = await page.ask("POST", f"{path}/works", body, "multipart/form-data; boundary=b")
    assert len(sent["taken"]) == len(names)
    return path


async def _decide(page: _Page, path: str) -> None:
    """Keeps every point of a work, and says that this is what the author gets."""
    opened = await page.ask("GET", path)
    assert opened["feedback"]["results"][0]["model"] == MODEL
    points = [
        {"pointId": each["id"], "decision": "DECISION_KEPT"}
        for each in opened["feedback"]["merged"]["points"]
    ]
    decisions = {"rater": "teacher", "final": True, "points": points}
    await page.ask("PUT", f"{path}/decisions", json.dumps({"decisions": decisions}).encode())


async def _until_states(page: _Page, path: str, holds: Callable[[collections.Counter[str]], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            shown = await page.ask("GET", path)
            if holds(collections.Counter(each["state"] for each in shown["works"])):
                return
            await asyncio.sleep(0.1)


async def _free_port() -> str:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        return str(server.sockets[0].getsockname()[1])

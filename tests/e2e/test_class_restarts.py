"""A class of five through the whole of Chorus, its servers killed in the middle: nothing is bought twice."""

import asyncio
import collections
import http.client
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

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

MODEL = "openai/talker"
WORKS = {f"{name}.txt": f"My dog is called {name}. I walk with it every day." for name in "abcde"}


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
        status, said = await asyncio.to_thread(self._ask, method, path, body, kind)
        assert status < 300, said
        return json.loads(said) if said else None

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


@pytest.mark.parametrize("kept_in", ["sqlite", "postgresql"])
async def test_nothing_is_bought_twice_whatever_is_killed(tmp_path: Path, kept_in: str) -> None:
    answered = collections.Counter[str]()
    is_silent = True

    def reply(received: Received) -> Reply:
        text = json.dumps(received.body)
        name = f"{text.partition('is called ')[2][:1]}.txt"
        # Two works are answered before everything is killed, the others are being waited for.
        if is_silent and name > "b.txt":
            return SILENT
        answered[name] += 1
        said = answer_to(ReviewedEssay(WORKS[name], f"My dog is called {name[0]}.", "content"))
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
            path = await _class(page)
            await page.ask("POST", f"{path}/start")
            await _until_states(page, path, lambda found: found["to_review"] == 2 and found["running"] == 3)
            before = await page.ask("GET", path)
            assert before["cost"]["spent_usd_nanos"] > 0
        is_silent = False
        async with running(ORCHESTRATOR, tmp_path, **orchestrator), serving(WEB, tmp_path, **web) as second:
            page = await _Page.open(second.address)
            # Nobody has to start it again.
            await _until_states(page, path, lambda found: found["to_review"] == 5)
            after = await page.ask("GET", path)
            assert [each["state"] for each in after["works"]] == ["to_review"] * 5
            assert after["works"][:2] == before["works"][:2]
            assert len({each["feedback_id"] for each in after["works"]}) == 5
            opened = await page.ask("GET", f"{path}/works/{after['works'][4]['id']}")
            assert opened["feedback"]["results"][0]["model"] == MODEL
            await page.ask("DELETE", path)
            assert await page.ask("GET", "/api/classes") == {"classes": []}
    assert answered == dict.fromkeys(WORKS, 1)


async def _class(page: _Page) -> str:
    """Makes a class with five works; returns its path."""
    fields = {"title": "Dogs", "text_language": "en", "feedback_language": "", "models": [MODEL]}
    made = await page.ask("POST", "/api/classes", json.dumps(fields).encode())
    path = f"/api/classes/{made['id']}"
    for name, text in WORKS.items():
        head = f'--b\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = f"{head}{text}\r\n--b--\r\n".encode()
        sent = await page.ask("POST", f"{path}/works", body, "multipart/form-data; boundary=b")
        assert len(sent["taken"]) == 1
    return path


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

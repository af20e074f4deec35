"""The page's server as a process, before an orchestrator, a cloud proxy and an emulated provider."""

import asyncio
import http.client
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.e2e.processes import CATALOG, CLOUD_PROXY, ORCHESTRATOR, PROOFREADER, WEB, running, serving
from tests.e2e.whole_chorus import PROOFREADERS
from tests.fakes.providers.emulator import Emulator
from tests.fakes.providers.emulator import running as emulating
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.reply import SILENT
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
FEEDBACK = "/chorus.feedback.v1.FeedbackService"
TEXT = "Dogs are loud. I recieve one."


@dataclass
class Page:
    """Asks the page's server as a browser does, over HTTP."""

    address: str
    provider: Emulator
    headers: dict[str, str]

    @classmethod
    async def open(cls, address: str, provider: Emulator) -> "Page":
        page = cls(address, provider, {})
        response, body = await asyncio.to_thread(page.ask, "GET", "/api/session", b"")
        cookie = response.getheader("set-cookie", "").partition(";")[0]
        page.headers = {"cookie": cookie, "x-chorus-csrf": json.loads(body)["csrf"]}
        return page

    def ask(
        self, method: str, path: str, body: bytes, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        try:
            connection.request(method, path, body, self.headers | headers)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    async def call(self, name: str, message: Mapping[str, Any], seconds: float = PATIENCE) -> tuple[int, Any]:
        sent = {"content-type": "application/json", "connect-timeout-ms": str(round(seconds * 1000))}
        body = json.dumps(message).encode()
        response, answer = await asyncio.to_thread(self.ask, "POST", f"{FEEDBACK}/{name}", body, **sent)
        return response.status, json.loads(answer)

    def begin(self, name: str, kind: str, body: bytes) -> socket.socket:
        """Sends a call and leaves its answer on the connection."""
        host, _, port = self.address.partition(":")
        sent = self.headers | {
            "host": self.address,
            "content-type": kind,
            "content-length": str(len(body)),
            "connect-timeout-ms": str(round(PATIENCE * 1000)),
        }
        lines = [f"POST {FEEDBACK}/{name} HTTP/1.1", *(f"{key}: {value}" for key, value in sent.items())]
        connection = socket.create_connection((host, int(port)), timeout=PATIENCE)
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        return connection


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(folder: Path) -> AsyncIterator[Page]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        provider = await enter(emulating(ChatCompletions()))
        settings = {
            "CLOUD_PROXY_CATALOG": str(CATALOG),
            "OPENAI_BASE_URL": f"{provider.address}/v1",
            "OPENAI_API_KEY": "not-a-key",
        }
        proxy = await enter(running(CLOUD_PROXY, folder, **settings))
        proofreader = await enter(running(PROOFREADER, folder))
        servers = f"{proxy.address},{proofreader.address}"
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=servers))
        web = await enter(serving(WEB, folder, CHORUS_SERVER=orchestrator.address))
        yield await Page.open(web.address, provider)


async def test_a_text_is_reviewed_decided_on_and_given_back(page: Page) -> None:
    asked = {"submission": {"text": TEXT}, "models": PROOFREADERS}
    status, feedback = await page.call("GetFeedback", asked)
    assert status == 200
    first = feedback["merged"]["points"][0]
    decisions = {"rater": "teacher", "points": [{"pointId": first["id"], "decision": "DECISION_KEPT"}]}
    recorded = {"feedbackId": feedback["feedbackId"], "decisions": decisions}
    assert await page.call("RecordDecisions", recorded) == (200, {})
    _, stored = await page.call("GetStoredFeedback", {"feedbackId": feedback["feedbackId"]})
    assert stored["decisions"][0]["points"] == decisions["points"]

    wanted = {"format": "html", "language": "en", "text": TEXT, "title": "Dogs"}
    body = json.dumps(wanted | {"feedback": stored["response"], "decisions": stored["decisions"][0]}).encode()
    sent = {"content-type": "application/json"}
    response, written = await asyncio.to_thread(page.ask, "POST", "/api/give-back", body, **sent)
    assert response.status == 200
    assert b"<mark>" in written


async def test_what_is_wrong_with_a_field_reaches_the_page(page: Page) -> None:
    status, error = await page.call("GetFeedback", {"submission": {"text": ""}})
    assert (status, error["code"]) == (400, "invalid_argument")
    assert {each["type"] for each in error["details"]} == {"google.rpc.ErrorInfo", "google.rpc.BadRequest"}


def _unary(page: Page) -> socket.socket:
    asked = {"submission": {"text": TEXT}, "models": ["openai/talker"]}
    return page.begin("GetFeedback", "application/json", json.dumps(asked).encode())


def _stream(page: Page) -> socket.socket:
    asked = json.dumps({"request": {"submission": {"text": TEXT}, "models": ["openai/talker"]}}).encode()
    envelope = b"\0" + len(asked).to_bytes(4, "big") + asked
    return page.begin("StreamFeedback", "application/connect+json", envelope)


@pytest.mark.parametrize("begin", [_unary, _stream])
async def test_who_closes_the_page_stops_the_provider(page: Page, begin: Any) -> None:
    provider = page.provider
    provider.script.append(SILENT)
    provider.reached.clear()
    provider.hung_up.clear()
    async with asyncio.timeout(PATIENCE):
        connection = await asyncio.to_thread(begin, page)
        await provider.reached.wait()
        assert not provider.hung_up.is_set()
        connection.close()
        await provider.hung_up.wait()

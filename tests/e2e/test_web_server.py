"""The page's server as a process, its doors open, before an orchestrator, a cloud proxy and a provider."""

import asyncio
import http.client
import json
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
import pytest_asyncio
from mcp import Client

from clients.packages import contract
from tests.e2e.processes import CATALOG, CLOUD_PROXY, ORCHESTRATOR, PROOFREADER, WEB, running, serving
from tests.e2e.whole_chorus import ENGLISH, PROOFREADERS, answer_to
from tests.fakes.providers.anthropic import Messages
from tests.fakes.providers.emulator import Emulator
from tests.fakes.providers.emulator import running as emulating
from tests.fakes.providers.gemini import GenerateContent
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.reply import DROPPED, SILENT, Output
from tests.patience import PATIENCE, with_growing_deadline

pytestmark = pytest.mark.asyncio(loop_scope="module")
FEEDBACK = "/chorus.feedback.v1.FeedbackService"
TEXT = "Dogs are loud. I recieve one."


@dataclass
class Page:
    """Asks the page's server as a browser does, over HTTP."""

    address: str
    provider: Emulator
    others: tuple[Emulator, Emulator]
    headers: dict[str, str]

    @classmethod
    async def open(cls, address: str, provider: Emulator, *others: Emulator) -> "Page":
        first, second = others
        page = cls(address, provider, (first, second), {})
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
        others = [await enter(emulating(each)) for each in (Messages(), GenerateContent())]
        settings = {
            "CLOUD_PROXY_CATALOG": str(CATALOG),
            "OPENAI_BASE_URL": f"{provider.address}/v1",
            "OPENAI_API_KEY": "not-a-key",
            "ANTHROPIC_BASE_URL": others[0].address,
            "ANTHROPIC_API_KEY": "not-a-key",
            "GEMINI_BASE_URL": others[1].address,
            "GEMINI_API_KEY": "not-a-key",
        }
        proxy = await enter(running(CLOUD_PROXY, folder, **settings))
        proofreader = await enter(running(PROOFREADER, folder))
        servers = f"{proxy.address},{proofreader.address}"
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=servers))
        web = await enter(
            serving(WEB, folder, CHORUS_SERVER=orchestrator.address, WEB_DOORS="chat,mcp,connect")
        )
        yield await Page.open(web.address, provider, *others)


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


async def test_a_browser_is_held_by_no_model_that_is_slow_or_dies(
    page: Page, tool_environment: dict[str, str]
) -> None:
    from tests.e2e.browsing import browsing, build  # noqa: PLC0415 - the others need no Playwright

    build(tool_environment)
    slow, dying = page.others
    page.provider.script.append(Output(pieces=(answer_to(ENGLISH),)))
    slow.script.append(SILENT)
    slow.hung_up.clear()
    dying.choose = lambda _: DROPPED
    async with browsing(f"http://{page.address}") as browser, browser.visit() as visit:
        await visit.open()
        await visit.page.wait_for_selector(".picks")
        for pick in await visit.page.locator(".pick").all():
            await pick.locator("input").set_checked("talker" in await pick.inner_text())
        await visit.page.locator("form.review-form .drop textarea").fill(ENGLISH.text)
        await visit.page.locator("button[type=submit]").click()
        await visit.page.locator(".seat.answered").wait_for()
        await visit.page.locator(".seat.failed").wait_for()
        assert await visit.page.locator(".seat.reading").count() == 1
        await visit.page.locator("mark.improvement", has_text=ENGLISH.quote).wait_for()
        await visit.page.get_by_role("button", name="Stop", exact=True).click()
        async with asyncio.timeout(PATIENCE):
            await slow.hung_up.wait()
    dying.choose = lambda _: None


async def test_a_chat_client_asks_the_panel(page: Page) -> None:
    messages: Any = [{"role": "user", "content": TEXT}]
    more = {"chorus": {"models": PROOFREADERS}}
    async with openai.AsyncOpenAI(api_key="any", base_url=f"http://{page.address}/v1") as client:
        assert "chorus/panel" in [each.id async for each in client.models.list()]
        stream = await client.chat.completions.create(
            model="chorus/panel", messages=messages, stream=True, extra_body=more
        )
        chunks = [each async for each in stream]
    written = "".join(each.choices[0].delta.content or "" for each in chunks)
    assert "> recieve" in written
    assert (chunks[-1].model_extra or {})["chorus"]["merged"]["panel"]["answered"] == len(PROOFREADERS)


async def test_curl_needs_no_session(page: Page) -> None:
    asked = json.dumps({"submission": {"text": TEXT}, "models": PROOFREADERS})
    process = await asyncio.create_subprocess_exec(
        "curl",
        *("--silent", "--fail", "--header", "content-type: application/json"),
        *("--header", f"connect-timeout-ms: {round(PATIENCE * 1000)}", "--data", asked),
        f"http://{page.address}{FEEDBACK}/GetFeedback",
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate()
    assert json.loads(answer)["merged"]["points"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_agent_calls_the_tools(page: Page, mode: str) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))

    models = [*PROOFREADERS, "openai/talker"]
    async with Client(f"http://{page.address}/mcp", mode=mode) as client:
        assert {each.name for each in (await client.list_tools()).tools} == {"review_text", "list_models"}
        listed = await client.call_tool("list_models")
        assert "openai/talker" in {each["name"] for each in listed.structured_content["models"]}
        asked = {"text": TEXT, "models": models, "max_cost_usd": 1, "seconds": 60}
        answer = await client.call_tool("review_text", asked, progress_callback=tell)
        refused = await client.call_tool("review_text", {"text": TEXT, "models": ["no/such"]})
    assert not answer.is_error
    # One of them writes no feedback; what the others say is there, and who is missing is said.
    assert answer.structured_content["merged"]["panel"]["missing"] == ["openai/talker"]
    assert "> recieve" in answer.content[0].text  # type: ignore[union-attr]
    assert told[0][:2] == (0, len(models))
    assert len(told) == len(models) + 1
    assert refused.is_error
    assert "INVALID_REQUEST" in refused.content[0].text  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def connect_web(folder: Path) -> Path:
    """The folder of a program that has connect-web, and what it is generated by."""
    program = folder / "connect-web"
    program.mkdir()
    installed = contract.ROOT / "clients/web/page/node_modules"
    try:
        contract.require(
            "node", "buf", "protoc-gen-es", str(installed / "@connectrpc/connect-web/package.json")
        )
    except contract.ToolchainError as missing:
        pytest.skip(str(missing))
    contract.generate("typescript", program, "buf.gen.connect.yaml")
    (program / "node_modules").symlink_to(installed)
    (program / "package.json").write_text('{"type": "module"}', "utf-8")
    shutil.copy(Path(__file__).with_name("connect_web.mjs"), program)
    return program


async def by_connect_web(
    program: Path, protocol: str, page: Page, text: str, models: str, seconds: float = PATIENCE
) -> Any:
    process = await asyncio.create_subprocess_exec(
        *("node", "connect_web.mjs", protocol, f"http://{page.address}", text, models),
        str(round(seconds * 1000)),
        cwd=program,
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(2 * PATIENCE):
        output, _ = await process.communicate()
    return json.loads(output)


@pytest.mark.parametrize("protocol", ["connect", "grpc-web"])
async def test_connect_web_streams_and_reads_what_is_wrong(
    page: Page, connect_web: Path, protocol: str
) -> None:
    models = ",".join(PROOFREADERS)
    told = await by_connect_web(connect_web, protocol, page, TEXT, models)
    assert told["events"][0] == "accepted"
    assert told["events"].count("result") == len(PROOFREADERS)
    assert told["events"][-1] == "response"
    assert "recieve" in told["quotes"]
    assert told["answered"] == len(PROOFREADERS)
    wrong = await by_connect_web(connect_web, protocol, page, "", models)
    assert wrong["code"] == "InvalidArgument"
    assert (wrong["reason"], wrong["fields"]) == ("INVALID_REQUEST", ["submission.text"])


@pytest.mark.parametrize("protocol", ["connect", "grpc-web"])
async def test_a_deadline_of_connect_web_stops_the_provider(
    page: Page, connect_web: Path, protocol: str
) -> None:
    provider = page.provider
    provider.reached.clear()
    provider.hung_up.clear()

    async def attempt(seconds: float) -> Any:
        provider.script.clear()
        provider.script.append(SILENT)
        return await by_connect_web(connect_web, protocol, page, TEXT, "openai/talker", seconds)

    # The deadline goes on with the call: Chorus says why it has no answer before the client gives up.
    told = await with_growing_deadline(attempt, lambda told: "reason" in told, first_seconds=2)
    assert (told["code"], told["reason"]) == ("Aborted", "QUORUM_NOT_REACHED")
    async with asyncio.timeout(PATIENCE):
        await provider.hung_up.wait()

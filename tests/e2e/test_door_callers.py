"""Programs at the doors before an orchestrator that wants names: whose each feedback is."""

import asyncio
import hashlib
import http.client
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
import pytest_asyncio
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from tests.e2e.processes import (
    FAKE,
    FEEDBACK_SERVICE,
    ORCHESTRATOR,
    WEB,
    environment,
    running,
    serving,
)
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "A garden would help us learn."
MODEL = "fake/good"


def tokens(file: Path, *names: str) -> str:
    """Writes a file of callers, each of whom has its own name as its token."""
    lines = (f"{each}:{hashlib.sha256(each.encode()).hexdigest()}\n" for each in names)
    file.write_text("".join(lines), "utf-8")
    return str(file)


@dataclass(frozen=True)
class Doors:
    """The page's server, and the orchestrator behind it."""

    web: str
    orchestrator: str

    async def chat(self, token: str) -> dict[str, Any]:
        """Returns the field `chorus` of what a chat client gets. All of them use one key for repeats."""
        async with openai.AsyncOpenAI(api_key=token, base_url=f"http://{self.web}/v1") as client:
            answer = await client.chat.completions.create(
                model=f"chorus/{MODEL}",
                messages=[{"role": "user", "content": TEXT}],
                extra_headers={"Idempotency-Key": "essay-1"},
            )
        found: dict[str, Any] = (answer.model_extra or {})["chorus"]
        return found

    async def ask(self, token: str, method: str, feedback_id: str) -> tuple[int, Any]:
        """Asks about a feedback, at the door for Connect."""
        body = json.dumps({"feedbackId": feedback_id}).encode()
        headers = {
            "content-type": "application/json",
            "connect-timeout-ms": str(round(PATIENCE * 1000)),
            "authorization": f"Bearer {token}",
        }

        def ask() -> tuple[int, Any]:
            connection = http.client.HTTPConnection(self.web, timeout=PATIENCE)
            try:
                connection.request("POST", f"/{FEEDBACK_SERVICE}/{method}", body, headers)
                response = connection.getresponse()
                return response.status, json.loads(response.read())
            finally:
                connection.close()

        return await asyncio.to_thread(ask)

    def command(self, folder: Path, token: str) -> StdioServerParameters:
        """Returns what an agent on a desk starts."""
        variables = environment(folder, CHORUS_SERVER=self.orchestrator, CHORUS_TOKEN=token)
        program = ["-m", "chorus_command_line", "mcp"]
        return StdioServerParameters(command=sys.executable, args=program, env=variables, cwd=folder)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(folder: Path) -> AsyncIterator[Doors]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        fake = await enter(running(FAKE, folder))
        settings = {
            "CHORUS_MODEL_SERVERS": fake.address,
            "CHORUS_CALLER_TOKENS": tokens(folder / "callers", "page", "desk"),
            "CHORUS_DELEGATES": "page",
        }
        orchestrator = await enter(running(ORCHESTRATOR, folder, **settings))
        settings = {
            "CHORUS_SERVER": orchestrator.address,
            "CHORUS_TOKEN": "page",
            "WEB_TOKENS": tokens(folder / "programs", "ann", "bob"),
            "WEB_DOORS": "chat,connect",
        }
        web = await enter(serving(WEB, folder, **settings))
        yield Doors(web.address, orchestrator.address)


async def test_neither_of_two_programs_sees_the_others_feedback(doors: Doors) -> None:
    anns, bobs = await doors.chat("ann"), await doors.chat("bob")
    assert anns["feedbackId"] != bobs["feedbackId"]
    assert not bobs.get("replayed")
    assert (await doors.chat("ann"))["replayed"]
    for method in ("GetStoredFeedback", "DeleteFeedback"):
        status, refused = await doors.ask("bob", method, anns["feedbackId"])
        assert (status, refused["code"]) == (404, "not_found")
        # As of an id that nobody has.
        assert refused["message"] == (await doors.ask("bob", method, "0" * 32))[1]["message"]
    for token, feedback in (("ann", anns), ("bob", bobs)):
        status, stored = await doors.ask(token, "GetStoredFeedback", feedback["feedbackId"])
        assert (status, stored["response"]["feedbackId"]) == (200, feedback["feedbackId"])
        # The orchestrator knows a person of the page's server, and not the name.
        page, _, person = stored["caller"].partition(":")
        assert page == "page"
        assert person
        assert token not in person


async def test_who_has_no_token_gets_in_by_no_door(doors: Doors) -> None:
    with pytest.raises(openai.AuthenticationError):
        await doors.chat("eve")
    assert (await doors.ask("eve", "GetStoredFeedback", "0" * 32))[0] == 401


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_agent_starts_the_tools_as_a_command(doors: Doors, folder: Path, mode: str) -> None:
    told: list[str | None] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        told.append(message)

    async with Client(doors.command(folder, "desk"), mode=mode) as client:
        assert {each.name for each in (await client.list_tools()).tools} == {"review_text", "list_models"}
        listed = await client.call_tool("list_models")
        assert MODEL in {each["name"] for each in listed.structured_content["models"]}
        asked = {"text": TEXT, "models": [MODEL, "fake/dead"], "seconds": PATIENCE}
        answer = await client.call_tool("review_text", asked, progress_callback=tell)
    assert not answer.is_error
    assert answer.structured_content["merged"]["panel"]["missing"] == ["fake/dead"]
    assert len(told) > 2
    # What an agent asks is its caller's, not that of the page's server.
    feedback_id = answer.structured_content["feedbackId"]
    assert (await doors.ask("ann", "GetStoredFeedback", feedback_id))[0] == 404


async def test_an_agent_is_told_what_is_wrong_with_its_command(doors: Doors, folder: Path) -> None:
    async with Client(doors.command(folder, "nobody")) as client:
        answer = await client.call_tool("list_models")
    assert answer.is_error
    assert answer.content[0].text.startswith("UNAUTHENTICATED: ")  # type: ignore[union-attr]

"""What a teacher's page asks of a class, as tests ask it."""

import asyncio
import io
import json
import zipfile
from typing import Any

from tests.fakes.browser import Answer, Browser
from tests.patience import PATIENCE
from tests.unit.documents.written_files import docx

CLASS = {
    "title": "Our school garden",
    "task": "Do we need one?",
    "notes": "Only for the models.",
    "level": "grade 8",
    "text_language": "en",
    "feedback_language": "",
    "models": ["a/1", "b/1"],
    "limit_usd_nanos": None,
}
WORD = docx("<w:p><w:r><w:t>We need it and it is good for us.</w:t></w:r></w:p>")


async def send(browser: Browser, method: str, path: str, body: Any = None) -> Answer:
    headers = {"content-type": "application/json"}
    return await browser.ask(method, path, headers, json.dumps(body).encode() if body is not None else b"")


async def new_class(browser: Browser, **changes: Any) -> str:
    answer = await send(browser, "POST", "/api/classes", CLASS | changes)
    assert answer.status == 201, answer.body
    return f"/api/classes/{answer.json()['id']}"


async def shown_of(browser: Browser, path: str) -> Any:
    answer = await browser.ask("GET", path)
    assert answer.status == 200, answer.body
    return answer.json()


async def until(browser: Browser, path: str, *states: str) -> Any:
    """Returns a class once all its works are in one of the states."""
    async with asyncio.timeout(PATIENCE):
        while True:
            shown = await shown_of(browser, path)
            if {each["state"] for each in shown["works"]} <= set(states):
                return shown
            await asyncio.sleep(0.02)


async def started(browser: Browser, path: str) -> None:
    assert (await send(browser, "POST", f"{path}/start")).status == 200


def packed(files: dict[str, bytes]) -> bytes:
    """Returns a zip archive of the files."""
    archived = io.BytesIO()
    with zipfile.ZipFile(archived, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return archived.getvalue()

"""What people do on the page, again and again."""

import asyncio
from pathlib import Path

from chorus.feedback.v1.feedback_service_pb2 import StreamFeedbackRequest
from rpckit.errors import Unavailable
from tests.e2e.browsing import Visit
from tests.fakes.page_orchestrator import PageOrchestrator
from tests.fakes.page_words import Words as Essay


async def ask(
    visit: Visit,
    essay: Essay,
    *,
    start: bool = True,
    fails: Exception | None = None,
    orchestrator: PageOrchestrator | None = None,
) -> None:
    """Fills in the form; `fails` is what the review ends with."""
    await visit.open()
    await visit.page.wait_for_selector(".picks")
    boxes = visit.page.locator("form.review-form .field input, form.review-form .field textarea")
    title, task, level, limit = (boxes.nth(at) for at in range(4))
    await visit.page.locator("form.review-form .drop textarea").fill(essay.text)
    await title.fill("")
    await task.fill(essay.task)
    await level.fill(essay.level)
    await limit.fill("0.25")
    if orchestrator and isinstance(fails, Unavailable):
        orchestrator.failures.append(fails)
    if start:
        await visit.page.locator("button[type=submit]").click()


async def tab_to(visit: Visit, condition: str) -> None:
    """Presses Tab until the focus is there."""
    for _ in range(120):
        await visit.page.keyboard.press("Tab")
        if await visit.page.evaluate(condition):
            return
    raise AssertionError(f"Tab does not lead there: {condition}")


async def download(visit: Visit, button: str) -> bytes:
    """Presses a button that gives a file, and returns what that holds."""
    async with visit.page.expect_download() as coming:
        await visit.page.get_by_role("button", name=button).click()
    path: Path = await (await coming.value).path()
    return await asyncio.to_thread(path.read_bytes)


def reviews(orchestrator: PageOrchestrator) -> list[StreamFeedbackRequest]:
    """Returns the requests for streamed reviews that came."""
    return [each for each in orchestrator.requests if isinstance(each, StreamFeedbackRequest)]

"""What others wrote is shown as text, what is loaded is little, and each teacher has what is theirs."""

from pathlib import Path

import pytest

from tests.e2e.browsing import Browsing, page_server
from tests.e2e.page.steps import reviews
from tests.fakes.page_orchestrator import PageOrchestrator
from tests.fakes.page_words import ENGLISH

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_what_others_wrote_is_text_and_nothing_else(
    system: Browsing, orchestrator: PageOrchestrator
) -> None:
    markup = '<img src=x onerror="window.hit=1">\u202e"><script>window.hit=2</script>'
    orchestrator.aside = markup
    async with system.visit() as visit:
        page = visit.page
        await visit.open()
        await page.wait_for_selector(".picks")
        file = {
            "name": f"{markup[:34]}.txt",
            "mimeType": "text/plain",
            "buffer": (ENGLISH.text + markup).encode(),
        }
        await page.locator("input[type=file]").first.set_input_files(file)
        await page.get_by_text("was read").wait_for()
        await page.locator("button[type=submit]").click()
        await page.wait_for_selector(".decision-bar")
        assert "[U+202E]" in await page.inner_text(".work-text")
        assert "<script>window.hit=2</script>" in await page.inner_text(".work-text")
        assert "[U+202E]" in await page.inner_text("#point-1")
        assert "<img src=x" in await page.inner_text("#point-1")
        assert await page.evaluate("window.hit") is None
        assert await page.locator("main img").count() == 0
    (request,) = reviews(orchestrator)
    assert request.request.submission.text == ENGLISH.text + markup
    assert markup[:34] not in str(request).replace(request.request.submission.text, "")


async def test_the_first_load_is_small(system: Browsing) -> None:
    async with system.visit() as visit:
        await visit.open()
        await visit.page.wait_for_selector(".picks")
        entries = (
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        )
        sizes = await visit.page.evaluate(f"{entries}.map((each) => each.transferSize)")
    # The document, a script, styles, and what the API says.
    assert len(sizes) >= 5
    assert 100_000 < sum(sizes) <= 200_000


async def test_each_teacher_sees_their_own_classes(
    system: Browsing, orchestrator_address: str, folder: Path
) -> None:
    settings = {"WEB_IDENTITY_HEADER": "x-forwarded-email", "WEB_IDENTITY_PROXIES": "127.0.0.1"}
    async with page_server(orchestrator_address, folder, **settings) as address:
        behind_proxy = Browsing(system.browser, address)
        kim, lee = ({"x-forwarded-email": f"{name}@school.example"} for name in ("kim", "lee"))
        async with (
            behind_proxy.visit(extra_http_headers=kim) as first,
            behind_proxy.visit(extra_http_headers=lee) as second,
        ):
            await first.open("#/classes")
            await first.page.wait_for_selector(".class-form .picks")
            await first.page.locator("form.class-form .field input").first.fill("Of Kim")
            await first.page.locator(".class-form button[type=submit]").click()
            await first.page.get_by_role("heading", level=1, name="Of Kim").wait_for()
            of_kim = first.page.url.rpartition("#")[2]
            await first.go_to("classes")
            await first.page.get_by_role("link", name="Of Kim").wait_for()

            await second.open("#/classes")
            await second.page.wait_for_selector(".class-form .picks")
            assert await second.page.get_by_role("link", name="Of Kim").count() == 0
            await second.open(f"#{of_kim}")
            await second.page.get_by_role("alert").wait_for()
            assert await second.page.get_by_text("Of Kim").count() == 0
            # The browser reports each answer that is an error.
            assert all("404" in each for each in second.complaints)
            second.complaints.clear()

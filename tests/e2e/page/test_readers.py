"""The page for whoever reads it: by keyboard, on a phone, in the dark, on paper, in Korean and English."""

import pytest

from tests.e2e.browsing import PHONE, WIDE, Browsing
from tests.e2e.page.steps import ask, tab_to
from tests.e2e.screenshots import SCREENSHOTS, screenshot
from tests.fakes.page_feedback import FEEDBACK_ID
from tests.fakes.page_orchestrator import PageOrchestrator
from tests.fakes.page_words import ENGLISH, KOREAN
from tests.fakes.page_words import Words as Essay

pytestmark = pytest.mark.asyncio(loop_scope="package")

VIEWS = ("review", "classes", "models", "rubrics", "student", "picture")


async def test_everything_can_be_done_by_keyboard_in_korean(
    system: Browsing, orchestrator: PageOrchestrator
) -> None:
    async with system.visit("ko-KR") as visit:
        page = visit.page
        await visit.open()
        await page.wait_for_selector(".picks")
        assert await page.evaluate("document.documentElement.lang") == "ko"
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.textContent") == "본문으로 건너뛰기"
        await page.keyboard.press("Enter")
        await tab_to(visit, "document.activeElement.tagName === 'TEXTAREA'")
        await page.keyboard.insert_text(KOREAN.text)
        await tab_to(visit, "document.activeElement.type === 'submit'")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".decision-bar")
        assert "의견이 갈리는 곳" in await page.inner_text(".point-list")

        await tab_to(visit, "document.activeElement.dataset.ids === '1'")
        assert KOREAN.evidence[0] in await page.locator("mark.improvement").all_inner_texts()
        await page.keyboard.press("Enter")
        assert await page.evaluate("document.activeElement.id") == "point-1"
        await tab_to(visit, "document.activeElement.textContent === '그대로'")
        await page.keyboard.press("Space")
        await tab_to(visit, "document.activeElement.textContent.startsWith('의견이 갈리지 않는')")
        await page.keyboard.press("Enter")
        # What the models disagree about is left open, and its number leads there.
        for number in (2, 3):
            await tab_to(
                visit, f"document.activeElement.matches('.decision-bar [aria-label=\"의견 {number}\"]')"
            )
            await page.keyboard.press("Enter")
            assert await page.evaluate("document.activeElement.id") == f"point-{number}"
            await tab_to(visit, "document.activeElement.textContent === '그대로'")
            await page.keyboard.press("Space")
        await tab_to(visit, "document.activeElement.textContent.endsWith('확정')")
        await page.keyboard.press("Enter")
        await page.get_by_text("저장했어요").wait_for()
    assert orchestrator.decisions[FEEDBACK_ID].final


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(system: Browsing, scheme: str) -> None:
    # The schemes differ in their colours alone.
    is_dark = scheme == "dark"
    async with system.visit(color_scheme=scheme) as visit:
        await visit.open()
        for view in VIEWS:
            await visit.go_to(view)
            if view == "rubrics":
                await visit.page.get_by_role("button", name="Begin with the default one (English)").click()
            assert await visit.faults(of_colours_alone=is_dark) == [], view
        await ask(visit, ENGLISH)
        await visit.page.wait_for_selector(".decision-bar")
        await visit.page.locator("#point-1").get_by_role("button", name="Edit").click()
        await visit.page.get_by_role("button", name="Show side by side").click()
        assert await visit.faults(of_colours_alone=is_dark) == []


@pytest.mark.parametrize(("language", "essay"), [("en-GB", ENGLISH), ("ko-KR", KOREAN)])
async def test_a_phone_shows_it_all_and_so_do_the_pictures_of_the_page(
    system: Browsing, language: str, essay: Essay
) -> None:
    async with system.visit(language, viewport=PHONE) as visit:
        await visit.open()
        for view in VIEWS:
            await visit.go_to(view)
            assert await visit.overflow() <= 0, view
        await ask(visit, essay)
        await visit.page.wait_for_selector(".decision-bar")
        assert await visit.overflow() <= 0
        text = await visit.page.locator(".work-text").bounding_box()
        points = await visit.page.locator(".point-list").bounding_box()
        assert points["y"] >= text["y"] + text["height"]
        assert min(text["width"], points["width"]) > PHONE["width"] * 3 / 4
        await screenshot(visit, f"phone-{language[:2]}")
    if SCREENSHOTS:
        async with system.visit(language) as visit:
            await ask(visit, essay, start=False)
            await screenshot(visit, f"form-{language[:2]}")
            await visit.page.locator("button[type=submit]").click()
            await visit.page.wait_for_selector(".decision-bar")
            await screenshot(visit, f"review-{language[:2]}", is_whole=True)


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
async def test_nothing_moves_as_a_view_comes(system: Browsing, viewport: dict[str, int]) -> None:
    async with system.visit("ko-KR", viewport=viewport) as visit:
        await visit.page.add_init_script(
            "window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach("
            "(each) => (window.moved += each.value))).observe({ type: 'layout-shift', buffered: true })"
        )
        for view in VIEWS:
            await visit.open(f"#/{view}")
            await visit.page.wait_for_selector("h1:visible")
            await visit.page.wait_for_load_state("networkidle")
            # Two frames: what has come is drawn, and what moved is told.
            await visit.page.evaluate(
                "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
            )
            assert await visit.page.evaluate("window.moved") < 0.01, view


async def test_paper_has_the_work_and_the_feedback_alone(system: Browsing) -> None:
    async with system.visit(color_scheme="dark") as visit:
        await ask(visit, ENGLISH)
        await visit.page.wait_for_selector(".decision-bar")
        await visit.page.emulate_media(media="print")
        await visit.page.locator(".print-only").wait_for()  # that it is a draft
        for tool in (".masthead", ".decision-bar", ".give-back", ".points select"):
            assert not await visit.page.locator(tool).first.is_visible(), tool
        panel = "getComputedStyle(document.documentElement).getPropertyValue('--strength-panel')"
        assert await visit.page.evaluate(panel) == "#dff2e5"


async def test_what_is_printed_is_what_is_given_back(system: Browsing) -> None:
    async with system.visit() as visit:
        page = visit.page
        # Playwright has no dialog for a printer.
        await page.add_init_script("window.print = () => { window.printed = true }")
        await ask(visit, ENGLISH)
        await page.wait_for_selector(".decision-bar")
        printing = page.get_by_role("button", name="Print, or save as PDF")
        assert await printing.is_disabled()
        models = await page.locator("#point-1 > .row").inner_text()
        rejected = await page.locator("#point-2 > p:nth-of-type(2)").inner_text()
        await page.locator("#point-2").get_by_role("button", name="Reject").click()
        await page.get_by_role("button", name="Keep the other").click()
        await page.get_by_role("button", name="This is what the author gets").click()
        await printing.click()
        await page.locator(".sheet").wait_for(state="attached")
        assert await page.evaluate("window.printed")
        await page.emulate_media(media="print")
        paper = await page.inner_text("body")
        assert ENGLISH.text.splitlines()[0][:20] in paper
        assert rejected not in paper
        assert "Quick" in models
        assert not any(name in paper for name in ("Quick", "Other", "Slow"))
        assert not await page.locator("#root").is_visible()
        await page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert await page.locator(".sheet").count() == 0

"""A class as a teacher meets it in the browser: works, states, decisions, and what is given back."""

import asyncio
import io
import re
import zipfile
from typing import Any

import pytest

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from tests.e2e.browsing import PHONE, Browsing, Visit
from tests.e2e.page.steps import download, tab_to
from tests.e2e.screenshots import screenshot
from tests.fakes.page_orchestrator import PageOrchestrator
from tests.fakes.page_words import ENGLISH, KOREAN
from tests.fakes.page_words import Words as Essay
from tests.patience import PATIENCE
from tests.unit.documents.written_files import docx

pytestmark = pytest.mark.asyncio(loop_scope="package")

NOTES = "A survey among the class counts as evidence."


async def test_works_come_from_a_zip_and_are_reviewed(
    system: Browsing, orchestrator: PageOrchestrator
) -> None:
    orchestrator.slow_may_answer.clear()
    orchestrator.refuses.add("refused")
    async with system.visit() as visit:
        page = visit.page
        await _new_class(visit, limit="5")
        await _add(visit, _works(ENGLISH))
        await page.get_by_text("Taken: 4. Not taken: 1; the others are there.").wait_for()
        await page.locator(".missing-files", has_text="scan.rtf: This file is RTF").wait_for()
        roster = {
            "name": "r.csv",
            "mimeType": "text/csv",
            "buffer": b"file,pseudonym\na,Moon\nb,Star\nz,Sun\n",
        }
        await page.locator(".roster-chooser").set_input_files(roster)
        await page.get_by_text("z: the roster names it, and no such file has come").wait_for()
        unnamed = page.locator("table.works tr", has_text="not in the roster").locator("a")
        assert await unnamed.all_inner_texts() == ["c.txt", "d.txt"]
        # Whoever opens the class later hears of it, too, until it is dismissed.
        await page.reload()
        await page.get_by_role("button", name=re.compile(r"Dismiss.*\bz$")).click()
        await page.get_by_role("heading", name="1 file is not there yet").wait_for()
        assert "scan.rtf" in await page.inner_text(".missing-files")

        # Until a work is asked for the assignment can be edited.
        await page.locator(".class summary").click()
        await page.get_by_role("button", name="Edit the assignment").click()
        await page.get_by_label("Task that the authors were given").fill(ENGLISH.task)
        await page.get_by_role("button", name="Save").click()
        await page.locator("dd", has_text=ENGLISH.task).wait_for(state="attached")

        # Nothing was asked for so far, and what it may cost is said.
        assert not _asked(orchestrator)
        await page.get_by_text("What has no feedback yet: at most $0.").wait_for()
        await page.get_by_role("button", name="Ask for feedback on 4 works").click()
        await page.locator(".work-state.is-running").first.wait_for()
        orchestrator.slow_may_answer.set()
        await page.locator(".work-state.is-failed").wait_for()
        assert "the content was refused" in await page.inner_text(".work-failed")
        await page.get_by_role("button", name=re.compile("Again.*d.txt")).click()
        await _until_count(visit, ".work-state.is-to_review", 4)
        await page.get_by_text("4 of 4 works have feedback.").wait_for()

        # The title alone can be changed now, and the page says why.
        await page.locator(".class summary").click()
        await page.get_by_text("only its title can be changed").wait_for()
        await page.get_by_role("button", name="Change the title").click()
        await page.locator("details form input").fill("A garden")
        await page.get_by_role("button", name="Save").click()
        await page.get_by_role("heading", level=1, name="A garden").wait_for()

        # Where the models disagree stands first; one of them is calm about it.
        names = await page.locator("table.works tbody th a").all_inner_texts()
        assert (names[-1], set(names[:3])) == ("c.txt", {"Moon", "Star", "d.txt"})
        await page.get_by_label("Order").select_option("position")
        names = await page.locator("table.works tbody th a").all_inner_texts()
        assert names == ["Moon", "Star", "c.txt", "d.txt"]
    asked = _asked(orchestrator)
    assert len({each.request_id for each in asked}) == 5  # one work had to be asked for again
    for each in asked:
        assert each.submission.reference_answer == NOTES
        assert each.submission.task == ENGLISH.task
        assert each.policy.max_cost_usd_nanos > 0
        assert "Moon" not in str(each)


async def test_decisions_are_kept_and_given_back(system: Browsing, orchestrator: PageOrchestrator) -> None:
    async with system.visit() as visit:
        page = visit.page
        await _new_class(visit, title="To be deleted")
        await _add(
            visit, {name: data for name, data in _works(ENGLISH).items() if name in {"a.docx", "b.txt"}}
        )
        await page.get_by_role("button", name="Ask for feedback on 2 works").click()
        await _until_count(visit, ".work-state.is-to_review", 2)

        await page.get_by_role("link", name="a.docx").click()
        await page.wait_for_selector(".decision-bar")
        assert ENGLISH.evidence[0] in await page.locator("mark.improvement").all_inner_texts()
        await page.locator("#point-2").get_by_role("button", name="Reject").click()
        await page.get_by_role("button", name="Keep the other").click()
        await page.get_by_role("button", name="This is what the author gets").click()
        await page.get_by_text("Saved", exact=True).wait_for()
        await page.get_by_text("decided", exact=True).wait_for()
        one = await download(visit, "Word, as comments")
        assert ENGLISH.evidence[1].encode() in _part(one, "word/comments.xml")
        await page.get_by_text("given back", exact=True).wait_for()

        # Decisions are there when the work is opened again, and on the next one nothing is decided.
        await page.get_by_role("link", name="Next to review").click()
        await page.get_by_role("heading", level=1, name="b.txt").wait_for()
        await page.get_by_text("Nothing here is final before you say so.").wait_for()
        await page.go_back()
        await page.get_by_text("This is what the author gets.").wait_for()
        assert "is-rejected" in str(await page.locator("#point-2").get_attribute("class"))

        await page.get_by_role("link", name="To be deleted").click()
        await page.get_by_text("1 work is decided").wait_for()
        archive = zipfile.ZipFile(io.BytesIO(await download(visit, "Word comments and Hangul memos (zip)")))
        assert archive.namelist() == ["a (Feedback).docx", "Scores.csv"]
        given = archive.read("a (Feedback).docx")
        assert ENGLISH.evidence[1].encode() in _part(given, "word/comments.xml")
        assert NOTES.encode() not in _part(given, "word/comments.xml") + _part(given, "word/document.xml")
        assert "a.docx" in archive.read("Scores.csv").decode("utf-8-sig")

        page.on("dialog", lambda dialog: dialog.accept())
        await page.get_by_role("button", name="Delete this class").click()
        await page.get_by_role("heading", level=1, name="Classes").wait_for()
        await page.get_by_role("heading", name="Your classes").wait_for()
        assert await page.get_by_role("link", name="To be deleted").count() == 0
    assert orchestrator.stored == {}
    (decided, *_) = orchestrator.decisions.values()
    assert decided.final


async def test_the_limit_stops_the_class(system: Browsing, orchestrator: PageOrchestrator) -> None:
    async with system.visit() as visit:
        page = visit.page
        await _new_class(visit, limit="0.04")
        await _add(visit, _works(ENGLISH))
        await page.get_by_role("button", name="Ask for feedback on 4 works").click()
        await page.get_by_text("Stopped: the next review could cost more").wait_for()
        box = page.get_by_label("Cost limit for the whole class, in dollars")
        await box.fill("nothing")
        assert await page.get_by_role("button", name="Set the limit").is_disabled()
        await box.fill("0.01")
        await page.get_by_text("The limit lets no review be asked for: one more may come to $0.0").wait_for()
        assert await page.get_by_role("button", name="Set the limit").is_disabled()
        await box.fill("4")
        await page.get_by_role("button", name="Set the limit").click()
        await page.get_by_text("Limit for the whole: $4.00.").wait_for()
        await page.locator("section button.primary").click()
        await _until_count(visit, ".work-state.is-to_review", 4)
    assert len({each.request_id for each in _asked(orchestrator)}) == 4


@pytest.mark.parametrize(("language", "essay"), [("en-GB", ENGLISH), ("ko-KR", KOREAN)])
async def test_axe_finds_nothing_and_a_phone_shows_it_all(
    system: Browsing, orchestrator: PageOrchestrator, language: str, essay: Essay
) -> None:
    is_korean = language == "ko-KR"
    async with system.visit(language, viewport=PHONE) as visit:
        page = visit.page
        await visit.open("#/classes")
        await page.wait_for_selector(".class-form .picks")
        assert await visit.overflow() <= 0
        assert await visit.faults() == []
        orchestrator.refuses.add("refused")
        await _new_class(visit, in_korean=is_korean)
        await _add(visit, _works(essay))
        await page.wait_for_selector(".missing-files")
        await page.locator("section button.primary").click()
        await _until_count(visit, ".work-state.is-to_review", 3)
        await page.locator(".work-state.is-failed").wait_for()
        assert await visit.overflow() <= 0
        await page.locator(".class summary").click()
        assert await visit.faults() == []
        await page.set_viewport_size({"width": 1280, "height": 1400})
        assert await visit.faults() == []
        await screenshot(visit, f"class-{language[:2]}")
        await page.set_viewport_size(PHONE)
        await page.locator("table.works tbody th a").first.click()
        await page.wait_for_selector(".decision-bar")
        assert await visit.overflow() <= 0
        assert await visit.faults() == []


async def test_dark_colours_are_told_apart(system: Browsing) -> None:
    async with system.visit(color_scheme="dark") as visit:
        await _new_class(visit)
        await _add(visit, _works(ENGLISH))
        await visit.page.wait_for_selector(".missing-files")
        # Two works of one pseudonym may be a slip.
        roster = {"name": "r.csv", "mimeType": "text/csv", "buffer": b"file,pseudonym\na,Moon\nc,Moon\n"}
        await visit.page.locator(".roster-chooser").set_input_files(roster)
        await visit.page.get_by_text("Moon: a.docx, c.txt").wait_for()
        assert await visit.faults(of_colours_alone=True) == []


async def test_a_class_is_run_by_keyboard(system: Browsing) -> None:
    choosers: asyncio.Queue[Any] = asyncio.Queue()
    async with system.visit() as visit:
        page = visit.page
        # From the start: a chooser that opens before anybody listens is the system's.
        page.on("filechooser", choosers.put_nowait)
        await visit.open("#/classes")
        await page.wait_for_selector(".class-form .picks")
        await tab_to(visit, "document.activeElement.labels?.[0]?.textContent === 'Title'")
        await page.keyboard.insert_text("By keyboard")
        await tab_to(visit, "document.activeElement.type === 'submit'")
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", level=1, name="By keyboard").wait_for()
        await tab_to(visit, "document.activeElement.textContent === 'Choose files'")
        await page.keyboard.press("Enter")
        async with asyncio.timeout(PATIENCE):
            chooser = await choosers.get()
        await chooser.set_files({"name": "a.txt", "mimeType": "text/plain", "buffer": ENGLISH.text.encode()})
        await page.get_by_text("Taken: 1.").wait_for()
        await tab_to(visit, "document.activeElement.textContent === 'Ask for feedback on 1 work'")
        await page.keyboard.press("Enter")
        await _until_count(visit, ".work-state.is-to_review", 1)
        await tab_to(visit, "document.activeElement.textContent === 'a.txt'")
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".decision-bar")


async def test_names_and_texts_of_others_are_text_and_nothing_else(system: Browsing) -> None:
    markup = '<img src=x onerror="window.hit=1">'
    async with system.visit() as visit:
        page = visit.page
        await _new_class(visit, title=f"{markup}\u202e", notes=markup)
        await _add(visit, {f"{markup}\u202e.txt": (ENGLISH.text + markup).encode()})
        await page.locator("table.works tbody th a").wait_for()
        await page.locator(".class summary").click()
        assert "[U+202E]" in await page.inner_text(".class h1")
        assert "<img src=x" in await page.inner_text("dl")
        await page.locator("section button.primary").click()
        await _until_count(visit, ".work-state.is-to_review", 1)
        await page.locator("table.works tbody th a").click()
        await page.wait_for_selector(".decision-bar")
        assert await page.evaluate("window.hit") is None
        assert await page.locator("main img").count() == 0


def _works(essay: Essay) -> dict[str, bytes]:
    """Four works, and a file that cannot be read."""
    paragraphs = "".join(
        f"<w:p><w:r><w:t>{each}</w:t></w:r></w:p>" for each in essay.text.split("\n") if each
    )
    return {
        "a.docx": docx(paragraphs),
        "b.txt": essay.text.encode(),
        "c.txt": f"{essay.text} calm".encode(),
        "scan.rtf": b"{\\rtf1 x}",
        "d.txt": f"{essay.text} refused".encode(),
    }


async def _new_class(
    visit: Visit,
    *,
    title: str = "Our school garden",
    notes: str = NOTES,
    limit: str = "",
    in_korean: bool = False,
) -> None:
    await visit.open("#/classes")
    page = visit.page
    await page.wait_for_selector(".class-form .picks")
    boxes = page.locator("form.class-form .field input, form.class-form .field textarea")
    given = ("학교 정원" if in_korean else title, "", notes, "", limit)
    for at, text in enumerate(given):
        await boxes.nth(at).fill(text)
    await page.locator(".class-form button[type=submit]").click()
    await page.wait_for_selector(".works-chooser", state="attached")


async def _add(visit: Visit, files: dict[str, bytes]) -> None:
    """Chooses a zip with all of them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"works/{name}".replace('"', ""), data)
    chosen = {"name": "works.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    await visit.page.locator(".works-chooser").set_input_files(chosen)


async def _until_count(visit: Visit, selector: str, count: int) -> None:
    there = "([selector, count]) => document.querySelectorAll(selector).length === count"
    await visit.page.wait_for_function(there, arg=[selector, count])


def _part(data: bytes, name: str) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read(name)


def _asked(orchestrator: PageOrchestrator) -> list[Any]:
    return [each for each in orchestrator.requests if isinstance(each, GetFeedbackRequest)]

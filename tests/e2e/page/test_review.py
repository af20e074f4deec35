"""The page as teachers meet it: a review live, their decisions, and what comes of them."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from chorus.classroom.v1.classroom_service_pb2 import SimulateStudentRequest
from chorus.feedback.v1.decision_pb2 import (
    DECISION_ADDED,
    DECISION_EDITED,
    DECISION_KEPT,
    DECISION_REJECTED,
)
from chorus.feedback.v1.feedback_service_pb2 import RecordScoresRequest
from rpckit.errors import Unavailable
from tests.e2e.browsing import PAGE, Browsing
from tests.e2e.page.steps import ask, reviews
from tests.e2e.screenshots import screenshot
from tests.fakes.page_feedback import DYING, FEEDBACK_ID, PANEL, QUICK, anchor
from tests.fakes.page_orchestrator import PageOrchestrator
from tests.fakes.page_words import ENGLISH
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_units_of_the_page(system: Browsing, tool_environment: dict[str, str]) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        ["npm", "test"],
        cwd=PAGE,
        env=tool_environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_a_slow_and_a_dying_model_hold_nobody(system: Browsing, orchestrator: PageOrchestrator) -> None:
    orchestrator.slow_may_answer.clear()
    async with system.visit() as visit:
        page = visit.page
        await ask(visit, ENGLISH)
        await page.wait_for_selector("article.point")

        # What the others say is there, merged and at its place, while one reads and one has died.
        assert "Slow, on our own machine" in await page.inner_text(".seat.reading")
        assert "the connection broke off" in await page.inner_text(".seat.failed")
        await page.wait_for_selector(".opposite")
        assert "Provisional" in await page.inner_text(".note")
        assert ENGLISH.evidence[0] in await page.locator("mark.improvement").all_inner_texts()
        assert await page.locator(".decision-bar").count() == 0
        # The point of the slow model is no part of the merge, and stands beside it.
        assert ENGLISH.question[1] in await page.inner_text(".point-list")
        await screenshot(visit, "live")

        orchestrator.slow_may_answer.set()
        await page.wait_for_selector(".decision-bar")
        assert await page.locator(".seat.answered").count() == 3
        assert await page.locator(".note", has_text="Provisional").count() == 0
        assert page.url.endswith(f"#/review/{FEEDBACK_ID}")

    (request,) = reviews(orchestrator)
    assert list(request.request.models) == list(PANEL)
    assert request.request.submission.author_level == ENGLISH.level
    assert request.request.policy.max_cost_usd_nanos == 250_000_000


async def test_a_review_that_is_stopped_stops_at_the_orchestrator(
    system: Browsing, orchestrator: PageOrchestrator
) -> None:
    orchestrator.slow_may_answer.clear()
    async with system.visit() as visit:
        await ask(visit, ENGLISH)
        await visit.page.wait_for_selector(".opposite")
        await visit.page.get_by_role("button", name="Stop", exact=True).click()
        await visit.page.get_by_text("Stopped.").first.wait_for()
        async with asyncio.timeout(PATIENCE):
            await orchestrator.cancelled.wait()
        # What had come stays, and nothing can be decided on it.
        assert await visit.page.locator("article.point").count() > 0
        assert await visit.page.locator(".decision").count() == 0
        # What was written is there for another try.
        await visit.page.get_by_role("button", name="Back to the form").click()
        assert await visit.page.locator(".drop textarea").input_value() == ENGLISH.text


async def test_a_failure_is_explained_and_asking_again_buys_nothing_twice(
    system: Browsing, orchestrator: PageOrchestrator
) -> None:
    async with system.visit() as visit:
        await ask(visit, ENGLISH, fails=Unavailable("draining", retry_delay=3), orchestrator=orchestrator)
        await visit.page.get_by_text("not available: draining; try again in 3.0 s").wait_for()
        await visit.page.get_by_role("button", name="Ask again").click()
        await visit.page.wait_for_selector(".decision-bar")
        # The browser reports each answer that is an error.
        visit.complaints.clear()
    first, second = reviews(orchestrator)
    assert first.request.request_id == second.request.request_id != ""


async def test_decisions_are_recorded_and_shown_when_the_page_is_opened_again(
    system: Browsing, orchestrator: PageOrchestrator
) -> None:
    async with system.visit() as visit:
        page = visit.page
        await ask(visit, ENGLISH)
        await page.wait_for_selector(".decision-bar")
        finish = page.get_by_role("button", name="This is what the author gets")
        assert await finish.is_disabled()

        await page.locator("#point-1").get_by_role("button", name="Keep", exact=True).click()
        await page.locator("#point-2").get_by_role("button", name="Reject").click()
        await page.locator("#point-3").get_by_role("button", name="Edit").click()
        await page.locator("#point-3 form textarea").first.fill("Choose a word of written language.")
        await page.locator("#point-3 form").get_by_role("button", name="Save").click()
        await page.get_by_role("button", name="Add a point").click()
        form = page.locator(".point-list > form")
        await form.get_by_label("Place in the text").fill("seeds and old tools")
        await form.get_by_label("What you noticed").fill("A practical idea.")
        await form.get_by_role("button", name="Save").click()
        style = page.get_by_role("group", name="Your decision on the score for Style")
        await style.get_by_label("Own score").fill("9")
        await page.get_by_role("alert").filter(has_text="Not taken: the scale goes from 1 to 5.").wait_for()
        await style.get_by_label("Own score").fill("3.5")
        assert await page.get_by_role("alert").count() == 0
        # Without the models' total, the teacher's own score makes one.
        assert "(the models alone: 51 of 100)" in await page.locator(".scores > p").last.inner_text()
        await page.get_by_role("button", name="Keep the other").click()
        await finish.click()
        await page.get_by_text("This is what the author gets.").wait_for()
        await page.get_by_text("Saved", exact=True).wait_for()

        await visit.open(f"#/review/{FEEDBACK_ID}")
        await page.get_by_text("This is what the author gets.").wait_for()
        assert await page.locator(".work-text").count() == 1
        assert "Choose a word of written language." in await page.inner_text("#point-3")
        assert "A practical idea." in await page.inner_text(".point.mine")
        assert await style.get_by_label("Own score").input_value() == "3.5"
        assert await page.locator("#point-2").get_attribute("class") == "point strength is-rejected"

    decided = orchestrator.decisions[FEEDBACK_ID]
    assert decided.final
    assert decided.rater == "teacher"
    assert {each.point_id: each.decision for each in decided.points} == {
        "evidence": DECISION_KEPT,
        "good": DECISION_REJECTED,
        "bad": DECISION_EDITED,
        "strength": DECISION_KEPT,
        "question": DECISION_KEPT,
        "": DECISION_ADDED,
    }
    (own,) = (each.point for each in decided.points if not each.point_id)
    assert own.anchor.quote == "seeds and old tools"
    # In code points, past two emoji, one of them of three.
    assert own.anchor.start == anchor(ENGLISH, "seeds and old tools").start
    assert {each.criterion_id: each.decision for each in decided.scores}["style"] == DECISION_ADDED
    # What was only kept is not taken for the teacher's own score.
    recorded = [each for each in orchestrator.requests if isinstance(each, RecordScoresRequest)]
    assert [(each.criterion_id, each.score) for each in recorded[-1].scores] == [("style", 3.5)]


async def test_what_is_given_back_is_a_file(system: Browsing) -> None:
    async with system.visit() as visit:
        page = visit.page
        await ask(visit, ENGLISH)
        await page.wait_for_selector(".decision-bar")
        assert await page.get_by_role("button", name="Markdown").is_disabled()
        # Of what the models disagree about a person decides, and the criterion without a score is named.
        bar = page.locator(".decision-bar")
        await bar.get_by_text("left to you").get_by_role("button", name="Point 2").wait_for()
        await page.get_by_role("button", name="Keep the 5 that are not disputed").click()
        await bar.get_by_text("2 points and scores are undecided.").wait_for()
        await bar.get_by_text("For one criterion the author gets no score: Style.").wait_for()
        assert await bar.get_by_role("button", name="This is what the author gets").is_disabled()
        for side in ("#point-2", "#point-3"):
            await page.locator(side).get_by_role("button", name="Keep", exact=True).click()
        await bar.get_by_text("These two say the opposite").get_by_role("button", name="Point 3").wait_for()
        await page.get_by_role("button", name="This is what the author gets").click()
        async with page.expect_download() as coming:
            await page.get_by_role("button", name="Markdown").click()
        given = await asyncio.to_thread(_read, await (await coming.value).path())
        assert ENGLISH.evidence[1] in given
        async with page.expect_download() as coming:
            await page.get_by_role("button", name="Word, as comments").click()
        assert (await coming.value).suggested_filename.endswith(".docx")
        # Memos go into the file that came, and none did.
        memos = page.get_by_role("button", name="Hangul, as memos")
        assert await memos.is_disabled()
        why = await memos.get_attribute("aria-describedby")
        assert "the very hwpx file that came" in await page.inner_text(f"#{why}")

        # The next work has nothing of this one but how it is read.
        await page.get_by_role("button", name="New review").click()
        await page.get_by_text("Chosen last time, and still so").wait_for()
        for label in ("Text", "Title, for yourself", "Task the author was given", "Whom the feedback is for"):
            assert await page.get_by_label(label, exact=True).input_value() == "", label
        assert await page.get_by_label("Cost limit in dollars").input_value() == "0.25"


async def test_the_last_choice_is_there_after_a_reload(system: Browsing) -> None:
    async with system.visit() as visit:
        page = visit.page
        await visit.open()
        await page.get_by_label("Quick").uncheck()
        await page.get_by_label("Cost limit in dollars").fill("0.5")
        kept = "JSON.parse(localStorage.getItem('chorus.choice'))"
        chosen = await page.evaluate(f"{kept}.models")
        # One of them went away since.
        went = f"{{...{kept}, models: ['gone/away', ...{kept}.models]}}"
        await page.evaluate(f"localStorage.setItem('chorus.choice', JSON.stringify({went}))")
        await page.reload()
        await page.get_by_text("Chosen before, and cannot take part now: gone/away").wait_for()
        assert not await page.get_by_label("Quick").is_checked()
        assert await page.get_by_label("Other").is_checked()
        assert await page.get_by_label("Cost limit in dollars").input_value() == "0.5"
        await page.get_by_text("Chosen last time, and still so").wait_for()
        # What is chosen now takes the place of it.
        await page.get_by_label("Other").uncheck()
        await page.reload()
        await page.get_by_label("Other").wait_for()
        assert await page.get_by_text("gone/away").count() == 0
        assert await page.evaluate(f"{kept}.models") == [each for each in chosen if "other" not in each]


async def test_the_text_is_asked_for_where_this_browser_does_not_have_it(
    system: Browsing, orchestrator: PageOrchestrator
) -> None:
    async with system.visit() as visit:
        await ask(visit, ENGLISH)
        await visit.page.wait_for_selector(".decision-bar")
    async with system.visit() as elsewhere:
        await elsewhere.open(f"#/review/{FEEDBACK_ID}")
        box = elsewhere.page.locator(".missing-text")
        await box.locator("textarea").fill("Another text.")
        await box.get_by_role("button", name="Show the text").click()
        await elsewhere.page.get_by_text("This is another text").wait_for()
        assert await elsewhere.faults() == []
        await box.locator("textarea").fill(ENGLISH.text)
        await box.get_by_role("button", name="Show the text").click()
        await elsewhere.page.wait_for_selector("mark.improvement")

        elsewhere.page.on("dialog", lambda dialog: dialog.accept())
        await elsewhere.page.get_by_role("button", name="Delete this feedback").click()
        await elsewhere.page.wait_for_selector("form.review-form")
    assert not orchestrator.stored


async def test_text_and_points_lead_to_each_other_by_mouse(system: Browsing) -> None:
    async with system.visit() as visit:
        page = visit.page
        await ask(visit, ENGLISH)
        await page.wait_for_selector(".decision-bar")
        await page.locator("mark.improvement").first.click()
        assert await page.evaluate("document.activeElement.id") == "point-1"
        assert await page.locator("mark.active").inner_text() == ENGLISH.evidence[0]
        await page.locator("#point-4").get_by_role("button", name="Show in the text").click()
        assert await page.evaluate("document.activeElement.dataset.ids") == "4"
        assert await page.locator("mark.active").inner_text() == ENGLISH.strength[0]


async def test_words_that_stand_twice_need_their_place(system: Browsing) -> None:
    async with system.visit() as visit:
        page = visit.page
        await ask(visit, ENGLISH)
        await page.wait_for_selector(".decision-bar")
        await page.get_by_role("button", name="Add a point").click()
        form = page.locator(".point-list > form")
        await form.get_by_label("What you noticed").fill("Which one?")
        await form.get_by_label("Place in the text").fill("the")
        await form.get_by_role("button", name="Save").click()
        await form.get_by_text("more than once").wait_for()
        assert await page.locator(".point.mine").count() == 0


async def test_a_rubric_is_made_and_used(system: Browsing, orchestrator: PageOrchestrator) -> None:
    async with system.visit() as visit:
        page = visit.page
        await visit.open("#/rubrics")
        await page.get_by_role("button", name="Begin with the default one (English)").click()
        await page.get_by_label("Name of the rubric").fill("Ours")
        await page.locator(".rubric-editor").get_by_label("Title").first.fill("What it says")
        async with page.expect_download() as coming:
            await page.get_by_role("button", name="Export as CSV").click()
        exported = await (await coming.value).path()
        await page.locator(".rubric-editor").get_by_role("button", name="Save").click()
        await page.locator("input[type=file]").last.set_input_files(exported)
        await page.locator(".rubric-editor").get_by_label("Title").first.wait_for()
        assert (
            await page.locator(".rubric-editor").get_by_label("Title").first.input_value() == "What it says"
        )
        await ask(visit, ENGLISH, start=False)
        await page.get_by_label("Rubric").select_option("Ours")
        await page.locator("button[type=submit]").click()
        await page.wait_for_selector(".decision-bar")
    (request,) = reviews(orchestrator)
    assert request.request.rubric.criteria[0].title == "What it says"


async def test_a_simulated_student_is_labelled_and_can_be_reviewed(
    system: Browsing, orchestrator: PageOrchestrator
) -> None:
    async with system.visit() as visit:
        page = visit.page
        await visit.open("#/student")
        await page.get_by_label("Task that the student answers").fill("A garden?")
        # Whoever writes is named, and asked by that name.
        assert await page.get_by_label("Model", exact=True).input_value() == DYING
        await page.get_by_label("Model", exact=True).select_option(QUICK)
        await page.get_by_text("read by OpenAI").locator("visible=true").wait_for()
        await page.get_by_role("button", name="Write", exact=True).click()
        await page.locator(".simulated-label").wait_for()
        assert await visit.faults() == []
        await page.get_by_role("button", name="Review this text").click()
        assert await page.get_by_label("Text", exact=True).input_value() == "A garden is good becos plants."
    (student,) = (each for each in orchestrator.requests if isinstance(each, SimulateStudentRequest))
    assert student.model == QUICK


def _read(path: Path) -> str:
    return path.read_text("utf-8")

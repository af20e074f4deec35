"""The page's server with a class, before an orchestrator that counts what is bought."""

import asyncio
import csv
import io
import zipfile

import pytest

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from rpckit.errors import BudgetExceeded, Unavailable
from tests.fakes.browser import Browser
from tests.fakes.buying_orchestrator import BuyingOrchestrator
from tests.patience import PATIENCE
from tests.unit.web_classes.class_calls import WORD, new_class, packed, send, shown_of, started, until

PROXY = {"WEB_IDENTITY_HEADER": "x-email", "WEB_IDENTITY_PROXIES": "127.0.0.1"}


async def test_a_class_from_a_zip_to_what_is_given_back(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await new_class(browser)
    works = packed({"반/lee.docx": WORD, "반/kim.txt": b"Yes.", "반/=cmd.txt": b"No.", "__MACOSX/x": b"1"})
    sent = (await browser.upload(works, "works.zip", f"{path}/works")).json()
    assert [each["name"] for each in sent["taken"]] == ["lee.docx", "kim.txt", "=cmd.txt"]
    assert sent["refused"] == []

    roster = "이름,파일,가명\r\n이하나,LEE,달\r\n김둘,kim.txt,별\r\n박셋,park.txt,해\r\n".encode("cp949")
    said = (await browser.upload(roster, "roster.csv", f"{path}/roster")).json()
    assert said == {"without_file": ["park.txt"], "without_line": ["=cmd.txt"]}
    # The roster holds for what comes later.
    await browser.upload(b"Perhaps.", "park.txt", f"{path}/works")

    before = await shown_of(browser, path)
    assert before["has_roster"]
    assert not before["was_asked_for"]
    assert before["cost"] == {
        "limit_usd_nanos": None,
        "spent_usd_nanos": 0,
        "is_whole": True,
        "most_usd_nanos": 4 * 200,
        "least_limit_usd_nanos": 200,
        "unknown": [],
    }
    assert not orchestrator.asked

    await started(browser, path)
    shown = await until(browser, path, "to_review")
    assert shown["cost"]["spent_usd_nanos"] == 4 * 70
    assert shown["cost"]["most_usd_nanos"] == 0
    assert [each["pseudonym"] for each in shown["works"]] == ["달", "별", "", "해"]
    # More words are more contested.
    assert [each["contested"] for each in shown["works"]] == [2, 0, 0, 0]
    sent_texts = str([each for each in orchestrator.requests if isinstance(each, GetFeedbackRequest)])
    for name in ("이하나", "달", "lee", "kim"):
        assert name not in sent_texts

    lee, kim = (f"{path}/works/{each['id']}" for each in shown["works"][:2])
    opened = await shown_of(browser, lee)
    assert opened["has_file"]
    assert opened["feedback"]["merged"]["points"][0]["id"] == "p1"
    as_files = {"format": "files", "language": "ko"}
    as_page = {"format": "html", "language": "en"}
    assert (await send(browser, "POST", f"{path}/give-back", as_files)).status == 409
    point = {"pointId": "p1", "decision": "DECISION_KEPT"}
    score = {"criterionId": "content", "decision": "DECISION_EDITED", "score": 4.5}
    decided = {"rater": "teacher", "points": [point], "scores": [score], "final": True}
    for each in (lee, kim):
        assert (await send(browser, "PUT", f"{each}/decisions", {"decisions": decided})).status == 204

    given = await send(browser, "POST", f"{path}/give-back", as_files)
    assert "Our%20school%20garden" in given.headers["content-disposition"]
    assert "web%20pages" in str((await send(browser, "POST", f"{path}/give-back", as_page)).headers)
    archive = zipfile.ZipFile(io.BytesIO(given.body))
    assert archive.namelist() == ["lee (Feedback).docx", "kim (Feedback).docx", "점수.csv"]
    comments = zipfile.ZipFile(io.BytesIO(archive.read("lee (Feedback).docx"))).read("word/comments.xml")
    assert b"9 words are few." in comments
    assert b"Only for the models" not in given.body
    table = list(csv.reader(io.StringIO(archive.read("점수.csv").decode("utf-8-sig"))))
    assert table == [
        ["파일", "가명", "상태", "Content", "총점 (100점 만점)"],
        # As it is for whoever reads the table.
        ["lee.docx", "달", "돌려줌", "4.5", "88"],
        ["kim.txt", "별", "돌려줌", "4.5", "88"],
        ["'=cmd.txt", "", "확인할 차례", "", ""],
        ["park.txt", "해", "확인할 차례", "", ""],
    ]
    shown = await shown_of(browser, path)
    states = [each["state"] for each in shown["works"]]
    assert states == ["given_back", "given_back", "to_review", "to_review"]
    assert b"1 words are few." in (await send(browser, "POST", f"{kim}/give-back", as_page)).body
    reopened = {"decisions": decided | {"final": False}}
    assert (await send(browser, "PUT", f"{kim}/decisions", reopened)).status == 204
    assert (await send(browser, "POST", f"{kim}/give-back", as_page)).status == 409


async def test_what_could_not_be_written_is_told_in_the_page_s_language(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await new_class(browser)
    await browser.upload(b"A text.", "a.txt", f"{path}/works")
    await started(browser, path)
    shown = await until(browser, path, "to_review")
    nothing = {"decisions": {"final": True}}
    work = f"{path}/works/{shown['works'][0]['id']}"
    assert (await send(browser, "PUT", f"{work}/decisions", nothing)).status == 204
    given = await send(browser, "POST", f"{path}/give-back", {"format": "files", "language": "ko"})
    archive = zipfile.ZipFile(io.BytesIO(given.body))
    said = archive.read("만들지 못한 파일.txt").decode()
    assert said == "a.txt: 그대로 두거나 고치거나 더한 의견과 점수가 없어요.\n"


@pytest.mark.parametrize("variables", [PROXY])
async def test_a_class_is_its_owners_alone(browser: Browser) -> None:
    path = await new_class(browser)
    sent = (await browser.upload(b"A text.", "a.txt", f"{path}/works")).json()
    work = f"{path}/works/{sent['taken'][0]['id']}"
    browser.headers["x-email"] = "lee@school.example"
    assert (await shown_of(browser, "/api/classes")) == {"classes": []}
    tried = [
        ("GET", path),
        ("PATCH", path),
        ("DELETE", path),
        ("POST", f"{path}/missing"),
        ("DELETE", f"{path}/missing"),
        ("POST", f"{path}/start"),
        ("POST", f"{path}/stop"),
        ("GET", work),
        ("DELETE", work),
        ("POST", f"{work}/again"),
        ("PUT", f"{work}/decisions"),
    ]
    for method, where in tried:
        answer = await send(browser, method, where, {"limit_usd_nanos": None} if method != "GET" else None)
        assert answer.status == 404, (method, where)
    for where in (f"{path}/give-back", f"{work}/give-back"):
        body = {"format": "html", "language": "en"}
        assert (await send(browser, "POST", where, body)).status == 404
    for where in (f"{path}/works", f"{path}/roster"):
        assert (await browser.upload(b"x", path=where)).status == 404
    browser.headers["x-email"] = "kim@school.example"
    assert [each["states"] for each in (await shown_of(browser, "/api/classes"))["classes"]] == [{"new": 1}]


async def test_a_failure_says_why_and_can_be_asked_again(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await new_class(browser)
    sent = (await browser.upload(b"A text.", "a.txt", f"{path}/works")).json()
    work = f"{path}/works/{sent['taken'][0]['id']}"
    assert (await send(browser, "POST", f"{work}/again")).status == 409
    assert (await send(browser, "PUT", f"{work}/decisions", {"decisions": {}})).status == 409
    metadata = {"limit_usd_nanos": "1", "needed_usd_nanos": "2"}
    orchestrator.fails["A text."] = [BudgetExceeded("no", metadata=metadata)]
    await started(browser, path)
    shown = await until(browser, path, "failed")
    (failure,) = shown["works"][0]["failures"]
    assert failure["reason"] == "ERROR_REASON_BUDGET_EXCEEDED"
    assert failure["metadata"] == metadata
    assert (await send(browser, "POST", f"{work}/again")).status == 204
    await until(browser, path, "to_review")


async def test_deleting_a_class_deletes_its_feedback_at_the_orchestrator(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await new_class(browser)
    for name in ("a", "b", "c"):
        await browser.upload(f"Text {name}.".encode(), f"{name}.txt", f"{path}/works")
    await started(browser, path)
    shown = await until(browser, path, "to_review")
    names = [each["feedback_id"] for each in shown["works"]]
    work = f"{path}/works/{shown['works'][0]['id']}"
    assert (await browser.ask("DELETE", work)).status == 204
    assert orchestrator.deleted == names[:1]
    # Where the orchestrator does not, nothing is lost here.
    orchestrator.failures += [Unavailable("away")] * 10
    answer = await browser.ask("DELETE", path)
    assert (answer.status, answer.json()["error"]["reason"]) == (503, "NOT_DELETED")
    assert len((await shown_of(browser, path))["works"]) == 2
    orchestrator.failures.clear()
    assert (await browser.ask("DELETE", path)).status == 204
    assert sorted(orchestrator.deleted) == sorted(names)
    assert (await browser.ask("GET", path)).status == 404


async def test_a_class_that_runs_is_stopped_and_deleted(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await new_class(browser)
    orchestrator.may_answer.clear()
    sent = (await browser.upload(b"A text.", "a.txt", f"{path}/works")).json()
    await started(browser, path)
    async with asyncio.timeout(PATIENCE):
        await orchestrator.begun.wait()
    await until(browser, path, "running")
    assert (await send(browser, "POST", f"{path}/stop")).status == 204
    shown = await shown_of(browser, path)
    assert (shown["works"][0]["state"], shown["stop_reason"]) == ("new", "teacher")
    await started(browser, path)
    await until(browser, path, "running")
    assert (await browser.ask("DELETE", f"{path}/works/{sent['taken'][0]['id']}")).status == 204
    assert (await browser.ask("DELETE", path)).status == 204

"""What a class takes before its start: its assignment, its limit and its files."""

from typing import Any

import pytest

from tests.fakes.browser import Browser
from tests.fakes.buying_orchestrator import BuyingOrchestrator
from tests.fakes.locked_zip import locked_zip
from tests.unit.web_classes.class_calls import CLASS, WORD, new_class, packed, send, shown_of, started, until


async def test_a_bad_file_is_told_and_the_others_are_taken(browser: Browser) -> None:
    path = await new_class(browser)
    files = {
        "../../etc/passwd": b"A text.",
        "a.rtf": b"{\\rtf1 x}",
        "empty.txt": b" ",
        "inner.zip": packed({"b.txt": b"B"}),
        "good.txt": b"Good.",
        "broken.docx": b"PK\3\4 broken",
    }
    sent = (await browser.upload(packed(files), "w.zip", f"{path}/works")).json()
    assert [each["name"] for each in sent["taken"]] == ["passwd", "good.txt"]
    refused = {each["name"]: each["reason"] for each in sent["refused"]}
    assert refused == {
        "a.rtf": "RTF",
        "empty.txt": "NO_TEXT",
        "inner.zip": "ARCHIVE",
        "broken.docx": "BROKEN",
    }
    # Whoever opens the class later still hears of them, in the language of that page.
    missing = (await shown_of(browser, f"{path}?language=ko"))["missing"]
    assert {each["name"]: each["reason"] for each in missing} == refused
    assert missing[0]["message"].startswith("RTF 파일이에요")
    locked = locked_zip({"secret.txt": b"Secret."}, b"1234")
    sent = (await browser.upload(locked, "l.zip", f"{path}/works?language=ko")).json()
    assert (sent["taken"], sent["refused"][0]["reason"]) == ([], "PROTECTED")
    assert "암호" in sent["refused"][0]["message"]


async def test_the_same_file_again_is_no_second_work(browser: Browser) -> None:
    path = await new_class(browser)
    await browser.upload(packed({"반/kim.txt": b"Yes.", "lee.docx": WORD}), "w.zip", f"{path}/works")
    # It is there whatever else came under its name.
    await browser.upload(b" ", "kim.txt", f"{path}/works")
    again = packed({"kim.txt": b"Yes.", "lee.docx": WORD, "park.txt": b"Yes."})
    sent = (await browser.upload(again, "w.zip", f"{path}/works")).json()
    assert [each["name"] for each in sent["taken"]] == ["park.txt"]
    assert [each["reason"] for each in sent["refused"]] == ["ALREADY_THERE"] * 2
    assert (await shown_of(browser, path))["missing"] == []
    # What a pupil has changed is another work.
    assert (await browser.upload(b"No.", "kim.txt", f"{path}/works")).json()["taken"]


async def test_what_a_class_lacks_is_kept_until_it_is_there_or_dismissed(browser: Browser) -> None:
    path = await new_class(browser)

    async def missing() -> dict[str, str]:
        return {each["name"]: each["reason"] for each in (await shown_of(browser, path))["missing"]}

    await browser.upload(b"{\\rtf1 x}", "lee.rtf", f"{path}/works")
    await browser.upload(b"PK\5\6", "all.zip", f"{path}/works")
    assert (await send(browser, "POST", f"{path}/missing", {"name": "C:\\big.pdf"})).status == 204
    assert (await send(browser, "POST", f"{path}/missing", {"name": " "})).status == 400
    roster = "파일,가명\nlee,달\nkim.txt,별\n박셋,해\n".encode()
    await browser.upload(roster, "r.csv", f"{path}/roster")
    # Of a file that was refused the reason says more than the roster.
    refused = {"lee.rtf": "RTF", "all.zip": "BROKEN", "big.pdf": "TOO_LARGE"}
    assert await missing() == refused | {"kim.txt": "NAMED_BY_ROSTER", "박셋": "NAMED_BY_ROSTER"}

    await browser.upload(b"Yes.", "kim.docx.txt", f"{path}/works")
    await browser.upload(b"Yes.", "Kim.txt", f"{path}/works")
    await browser.upload(WORD, "LEE.docx", f"{path}/works")
    del refused["lee.rtf"]
    assert await missing() == refused | {"박셋": "NAMED_BY_ROSTER"}
    # The next roster stands in the place of the last.
    await browser.upload("파일,가명\n최넷,달\n".encode(), "r.csv", f"{path}/roster")
    assert await missing() == refused | {"최넷": "NAMED_BY_ROSTER"}
    first, *_ = (await shown_of(browser, path))["missing"]
    assert (await browser.ask("DELETE", f"{path}/missing/{first['id']}")).status == 204
    assert first["name"] not in await missing()
    assert (await browser.ask("DELETE", f"{path}/missing")).status == 204
    assert await missing() == {}


@pytest.mark.parametrize("roster", [WORD, packed({"xl/workbook.xml": b"<x/>"}), b"\0\1\2\xff", b"%PDF-1.7"])
async def test_a_roster_that_is_no_csv_is_told_what_one_is(browser: Browser, roster: bytes) -> None:
    path = await new_class(browser)
    answer = await browser.upload(roster, "roster.docx", f"{path}/roster")
    assert (answer.status, answer.json()["error"]["reason"]) == (422, "ROSTER_FORMAT")


@pytest.mark.parametrize(
    ("data", "reason"), [(b"PK\5\6", "BROKEN"), (packed({}), "NO_TEXT"), (b"\0\1\2\xff", "NOT_TEXT")]
)
async def test_a_set_without_any_file_is_refused(browser: Browser, data: bytes, reason: str) -> None:
    path = await new_class(browser)
    said = (await browser.upload(data, "w.zip", f"{path}/works")).json()
    assert [each["reason"] for each in said["refused"]] == [reason]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": 7}, "title"),
        ({"task": "x" * 20_001}, "task"),
        ({"notes": "x" * 20_001}, "notes"),
        ({"models": []}, "models"),
        ({"models": ["a", "a"]}, "models"),
        ({"models": [7]}, "models"),
        ({"models": None}, "models"),
        ({"text_language": "xx"}, "text_language"),
        ({"limit_usd_nanos": -1}, "limit_usd_nanos"),
        ({"limit_usd_nanos": True}, "limit_usd_nanos"),
        ({"limit_usd_nanos": 1e9}, "limit_usd_nanos"),
        ({"rubric": {"criteria": 7}}, "rubric"),
    ],
)
async def test_a_wrong_field_is_named(browser: Browser, changes: dict[str, Any], field: str) -> None:
    answer = await send(browser, "POST", "/api/classes", CLASS | changes)
    assert (answer.status, answer.json()["error"]["field"]) == (400, field)


async def test_the_limit_is_kept_and_can_be_raised(browser: Browser) -> None:
    path = await new_class(browser, limit_usd_nanos=250)
    for name in ("a.txt", "b.txt"):
        await browser.upload(b"A text.", name, f"{path}/works")
    await started(browser, path)
    shown = await until(browser, path, "to_review", "new")
    assert (shown["stop_reason"], shown["cost"]["spent_usd_nanos"]) == ("limit", 70)
    assert (await send(browser, "PATCH", path, {"limit_usd_nanos": 1000})).status == 204
    assert (await shown_of(browser, path))["stop_reason"] == ""
    await started(browser, path)
    shown = await until(browser, path, "to_review")
    assert shown["stop_reason"] == ""


@pytest.mark.parametrize("limit", [0, 199])
async def test_a_limit_below_what_one_review_may_cost_is_refused_at_once(
    browser: Browser, limit: int
) -> None:
    answer = await send(browser, "POST", "/api/classes", CLASS | {"limit_usd_nanos": limit})
    error = answer.json()["error"]
    assert (answer.status, error["reason"], error["field"]) == (422, "LIMIT_TOO_LOW", "limit_usd_nanos")
    assert error["metadata"] == {"least_limit_usd_nanos": 200}
    path = await new_class(browser)
    for name in ("a.txt", "b.txt"):
        await browser.upload(b"A text.", name, f"{path}/works")
    assert (await send(browser, "PATCH", path, {"limit_usd_nanos": limit})).status == 422
    assert (await send(browser, "PATCH", path, {"limit_usd_nanos": 200})).status == 204
    # A second model would cost more than the limit is.
    assert (await send(browser, "PATCH", path, {"models": ["a/1"]})).status == 204
    assert (await send(browser, "PATCH", path, {"limit_usd_nanos": 100})).status == 204
    answer = await send(browser, "PATCH", path, {"models": ["a/1", "b/1"]})
    assert answer.json()["error"]["reason"] == "LIMIT_TOO_LOW"
    await started(browser, path)
    shown = await until(browser, path, "to_review", "new")
    # What it has cost counts, too, and without works to ask for any limit will do.
    assert (shown["stop_reason"], shown["cost"]["least_limit_usd_nanos"]) == ("limit", 170)
    assert (await send(browser, "PATCH", path, {"limit_usd_nanos": 170})).status == 204
    await started(browser, path)
    shown = await until(browser, path, "to_review")
    assert (await send(browser, "PATCH", path, {"limit_usd_nanos": limit})).status == 204


async def test_an_assignment_is_edited_before_its_start(
    browser: Browser, orchestrator: BuyingOrchestrator
) -> None:
    path = await new_class(browser)
    await browser.upload(b"A text.", "a.txt", f"{path}/works")
    criterion = {"id": "claim", "levels": [{"score": 1}, {"score": 2}]}
    changes = {
        "title": "A garden",
        "task": "Why?",
        "notes": "Other notes.",
        "level": "grade 9",
        "text_language": "",
        "feedback_language": "ko",
        "rubric": {"criteria": [criterion]},
        "models": ["b/1"],
    }
    assert (await send(browser, "PATCH", path, changes)).status == 204
    shown = await shown_of(browser, path)
    assert {each: shown[each] for each in changes} == changes
    assert (await send(browser, "PATCH", path, {"title": ""})).status == 400
    await started(browser, path)
    shown = await until(browser, path, "to_review")
    assert shown["was_asked_for"]
    (asked,) = orchestrator.asked.values()
    assert (asked.submission.task, list(asked.models), asked.rubric.criteria[0].id) == (
        "Why?",
        ["b/1"],
        "claim",
    )
    for field in changes.keys() - {"title"}:
        answer = await send(browser, "PATCH", path, {"title": "No", field: CLASS.get(field)})
        error = answer.json()["error"]
        assert (answer.status, error["reason"], error["field"]) == (409, "ALREADY_ASKED", field)
    assert (await send(browser, "PATCH", path, {"title": "Our garden", "task": "Why?"})).status == 204
    assert (await shown_of(browser, path))["title"] == "Our garden"
